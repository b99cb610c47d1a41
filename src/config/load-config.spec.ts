import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../common/errors/index.js';
import type { AppConfig } from './app-config.js';
import { loadConfig } from './load-config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backupd-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (env: Record<string, string>): AppConfig =>
  loadConfig({
    env,
    home: join(folder, 'home'),
    defaultFile: join(folder, 'none'),
    defaultDataDir: join(folder, 'var/backupd'),
  });

function faultOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('no fault');
}

function fileWith(text: string): string {
  const path = join(folder, 'config');
  writeFileSync(path, text);
  return path;
}

describe('defaults', () => {
  it('runs as master and says so, when there is neither a mode nor a file', () => {
    const config = load({});
    expect(config).toMatchObject({
      mode: 'master',
      host: '0.0.0.0',
      port: 8000,
      databaseUrl: null,
      scanRoots: ['/var/www'],
      limits: { io: 2, network: 1, cpu: 4, bandwidthMbps: 50 },
      dataDir: join(folder, 'var/backupd'),
    });
    expect(config.notes.join()).toContain('running as master');
  });

  it('falls back to the home folder where the data dir can not be made', () => {
    writeFileSync(join(folder, 'var'), 'a file where a folder should be');
    const config = load({});
    expect(config.dataDir).toBe(join(folder, 'home/.local/state/backupd'));
    expect(config.notes.join()).toContain('not writable');
  });
});

describe('the file', () => {
  it('is read as NAME=value lines, with comments, quotes and export', () => {
    const BACKUPD_CONFIG = fileWith(
      '\uFEFF# a comment\r\n\r\nBACKUPD_MODE=master\r\nexport BACKUPD_PORT = "9000"\nBACKUPD_DATA_DIR=\'/srv/a b/\'\nBACKUPD_SCAN_ROOTS=/srv/www:/home/\n',
    );
    expect(load({ BACKUPD_CONFIG })).toMatchObject({
      port: 9000,
      dataDir: '/srv/a b',
      scanRoots: ['/srv/www', '/home'],
      configFile: BACKUPD_CONFIG,
    });
  });

  it('yields to the environment; an empty variable counts as unset', () => {
    const BACKUPD_CONFIG = fileWith('BACKUPD_MODE=master\nBACKUPD_PORT=9000\nBACKUPD_MAX_IO=7\n');
    expect(load({ BACKUPD_CONFIG, BACKUPD_PORT: '9001', BACKUPD_MAX_IO: '' })).toMatchObject({
      port: 9001,
      limits: { io: 7 },
    });
  });

  it('must name a mode', () => {
    const error = faultOf(() => load({ BACKUPD_CONFIG: fileWith('BACKUPD_PORT=9000\n') }));
    expect(error.code).toBe('MODE_UNCONFIGURED');
    expect(error.hint).toContain('BACKUPD_MODE=master');
  });

  it('must be there when it is named, and be a file', () => {
    expect(faultOf(() => load({ BACKUPD_CONFIG: join(folder, 'missing') })).message).toContain('ENOENT');
    mkdirSync(join(folder, 'dir'));
    expect(faultOf(() => load({ BACKUPD_CONFIG: join(folder, 'dir') })).message).toContain('EISDIR');
  });

  it('shows neither the text of a bad line nor unknown values', () => {
    const BACKUPD_CONFIG = fileWith('hunter2\nBACKUPD_PROT=s3cret\nBACKUPD_MODE=master\nBACKUPD_MODE=node\n');
    const { message } = faultOf(() => load({ BACKUPD_CONFIG }));
    expect(message).toContain('line 1: is not NAME=value');
    expect(message).toContain('line 2: BACKUPD_PROT is not a setting');
    expect(message).toContain('line 4: BACKUPD_MODE was already set in line 3');
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('s3cret');
  });
});

describe('faults', () => {
  it.each([
    ['BACKUPD_MODE', 'slave', 'must be one of: master, node'],
    ['BACKUPD_PORT', '80a', 'whole number from 0 to 65535'],
    ['BACKUPD_PORT', '70000', 'whole number from 0 to 65535'],
    ['BACKUPD_PORT', '-1', 'whole number'],
    ['BACKUPD_MAX_IO', '0', 'whole number from 1'],
    ['BACKUPD_MAX_CPU_WORKERS', '1.5', 'whole number'],
    ['BACKUPD_MAX_BANDWIDTH_MBPS', 'fast', 'number from 0'],
    ['BACKUPD_DATA_DIR', 'relative/path', 'absolute path'],
    ['BACKUPD_SCAN_ROOTS', '/a:b', '"b" is not one'],
    ['BACKUPD_HOST', 'a b', 'host name'],
    ['BACKUPD_DATABASE_URL', 'mysql://x/y', 'postgresql://'],
    ['BACKUPD_DATABASE_URL', 'postgresql://host', 'must name a database'],
    ['BACKUPD_MASTER_URL', 'not a url', 'https://'],
    ['BACKUPD_MASTER_CA', 'ca.pem', 'absolute path'],
    ['BACKUPD_MASTER_FINGERPRINT', 'ab:cd', 'SHA-256 of a certificate'],
    ['BACKUPD_MASTER_ALLOW_HTTP', 'true', 'yes, no'],
    ['BACKUPD_LOG_FORMAT', 'xml', 'auto, text, json'],
  ])('%s=%s', (name, value, expected) => {
    const error = faultOf(() => load({ [name]: value }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(name);
    expect(error.message).toContain(expected);
  });

  it('are all reported at once', () => {
    const error = faultOf(() =>
      load({ BACKUPD_MODE: 'node', BACKUPD_PORT: 'x', BACKUPD_MAX_IO: 'y', BACKUPD_DATA_DIR: 'z' }),
    );
    expect(error.context['faults']).toHaveLength(3);
    for (const name of ['PORT', 'MAX_IO', 'DATA_DIR']) expect(error.message).toContain(`BACKUPD_${name}`);
  });

  it('never show the password of the database', () => {
    const { message } = faultOf(() => load({ BACKUPD_DATABASE_URL: 'postgresql://me:hunter2@host' }));
    expect(message).not.toContain('hunter2');
  });

  it('a misspelt variable is no fault, but said', () => {
    expect(load({ BACKUPD_PROT: '1', BACKUPD_TOKEN: 'x' }).notes.join()).toContain('BACKUPD_PROT is not a setting');
  });
});

it('a node may name its master, its key and what it trusts, or nothing, as it was joined then', () => {
  const fingerprint = 'AB:'.repeat(31) + 'AB';
  const env = { BACKUPD_MODE: 'node', BACKUPD_MASTER_URL: 'https://master:8000', BACKUPD_API_KEY: 'k' };
  expect(load({ ...env, BACKUPD_MASTER_FINGERPRINT: fingerprint, BACKUPD_MASTER_ALLOW_HTTP: 'yes' })).toMatchObject({
    mode: 'node',
    masterUrl: 'https://master:8000',
    apiKey: 'k',
    masterTrust: { caFile: null, fingerprint: 'ab'.repeat(32), allowHttp: true },
  });
  expect(load({ BACKUPD_MODE: 'node' })).toMatchObject({ mode: 'node', masterUrl: null, apiKey: null });
  const both = { BACKUPD_MASTER_CA: '/ca.pem', BACKUPD_MASTER_FINGERPRINT: fingerprint };
  expect(faultOf(() => load({ ...env, ...both })).message).toContain(
    'BACKUPD_MASTER_CA and BACKUPD_MASTER_FINGERPRINT',
  );
});

it('takes the public URL without a slash at its end, and http(s) only', () => {
  expect(load({ BACKUPD_PUBLIC_URL: 'https://backup.example.com/' }).publicUrl).toBe('https://backup.example.com');
  expect(load({}).publicUrl).toBeNull();
  expect(faultOf(() => load({ BACKUPD_PUBLIC_URL: 'backup.example.com' })).message).toContain(
    'BACKUPD_PUBLIC_URL must be',
  );
});
