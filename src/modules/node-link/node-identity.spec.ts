import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppConfig, type AppConfigValues } from '../../config/index.js';
import { certificatesOf, type NodeIdentity, readIdentity, resolveIdentity, writeIdentity } from './node-identity.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'backupd-node-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const configOf = (values: Partial<AppConfigValues> = {}): AppConfig =>
  AppConfig.of({ dataDir, mode: 'node', ...values });

const joined: NodeIdentity = {
  master: { url: 'https://master', ca: 'PEM', fingerprint: null, allowHttp: false },
  key: 'bkn_1',
  nodeId: 'n1',
  name: 'web-1',
};

it('is stored for its user alone, and read again', async () => {
  const { paths } = configOf();
  expect(await readIdentity(paths)).toBeNull();
  await writeIdentity(paths, joined);
  expect(statSync(paths.node).mode & 0o777).toBe(0o600);
  expect(await readIdentity(paths)).toEqual(joined);
  expect(await resolveIdentity(configOf())).toEqual({ ...joined, isKeyConfigured: false });
});

it('a data dir of another user keeps it readable for that user', async (context) => {
  if (process.getuid?.() !== 0) context.skip();
  const { chownSync } = await import('node:fs');
  chownSync(dataDir, 1234, 1235);
  await writeIdentity(configOf().paths, joined);
  const { uid, gid, mode } = statSync(configOf().paths.node);
  expect([uid, gid, mode & 0o777]).toEqual([1234, 1235, 0o600]);
});

it('what the configuration says wins', async () => {
  await writeIdentity(configOf().paths, joined);
  const masterTrust = { caFile: null, fingerprint: 'ab'.repeat(32), allowHttp: false };
  expect(await resolveIdentity(configOf({ masterUrl: 'https://moved' }))).toEqual({
    ...joined,
    master: { ...joined.master, url: 'https://moved' },
    isKeyConfigured: false,
  });
  expect(await resolveIdentity(configOf({ apiKey: 'bkn_2', masterTrust }))).toEqual({
    master: { ...joined.master, ca: null, fingerprint: 'ab'.repeat(32) },
    key: 'bkn_2',
    nodeId: null,
    name: null,
    isKeyConfigured: true,
  });
});

it('without any it says which command to run; a damaged one is no missing one', async () => {
  await expect(resolveIdentity(configOf())).rejects.toMatchObject({
    code: 'NODE_NOT_JOINED',
    hint: `Run: backupd node join <url of the master> --data-dir ${dataDir}`,
  });
  for (const text of ['{"master":', '{}', '{"master":{"url":"https://x"},"key":""}']) {
    writeFileSync(configOf().paths.node, text);
    await expect(resolveIdentity(configOf())).rejects.toMatchObject({ code: 'NODE_IDENTITY_UNREADABLE' });
  }
  expect(await resolveIdentity(configOf({ masterUrl: 'https://m', apiKey: 'k' }))).toMatchObject({ key: 'k' });
});

it('an authority must be a certificate', async () => {
  const file = join(dataDir, 'ca.pem');
  await expect(certificatesOf(file)).rejects.toMatchObject({ code: 'MASTER_CA_INVALID' });
  for (const text of ['', 'x', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n']) {
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    await expect(certificatesOf(file)).rejects.toMatchObject({ code: 'MASTER_CA_INVALID' });
  }
  expect(await certificatesOf(null)).toBeNull();
});
