import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { type CliOptions, cliAs } from '../core/cli.js';
import { useTestApp } from '../core/test-app.js';

const test = useTestApp();
let ceph: CephServer;
beforeAll(async () => {
  ceph = await sharedCeph();
});

/** As admin of the test's server. */
const storage = (args: string[], options: CliOptions = {}): ReturnType<typeof cliAs> =>
  cliAs(test.admin, ['storage', ...args], options);

it('adds, lists, shows, tests, changes and removes an S3 storage; secrets come by file, variable, pipe or a question', async () => {
  const bucket = await ceph.createBucket();
  const { accessKeyId, secretAccessKey } = ceph.keys;
  const settings = { endpoint: ceph.endpoint, bucket, accessKeyId, partSizeMiB: '8' };
  const given = Object.entries(settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`]);
  const file = join(test.folder, 'secret');
  writeFileSync(file, `${secretAccessKey}\n`, { mode: 0o600 });

  for (const [how, more] of [
    [['--secret-file', `secretAccessKey=${file}`], {}],
    [['--secret-file', 'secretAccessKey=-'], { input: `${secretAccessKey}\n` }],
    [['--secret-env', 'secretAccessKey=S3_SECRET'], { env: { S3_SECRET: secretAccessKey } }],
    [[], { type: secretAccessKey }],
  ] as const) {
    const tried = await storage(['test', '--kind', 's3', ...given, ...how], more);
    expect(tried, JSON.stringify(how)).toMatchObject({ code: 0 });
    expect(tried.stdout).toContain('✔ multipart upload');
  }

  const added = await storage([
    'add',
    'off site',
    '--kind',
    's3',
    ...given,
    '--secret-file',
    `secretAccessKey=${file}`,
  ]);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).not.toContain(secretAccessKey);
  expect((await storage(['list'])).stdout).toContain(bucket);
  const shown = JSON.parse((await storage(['show', 'off site', '--json'])).stdout) as { settings: object };
  expect(shown.settings).toEqual({ ...settings, partSizeMiB: 8 });
  const updated = await storage([
    'edit',
    'off site',
    '--setting',
    'concurrency=2',
    '--unset',
    'partSizeMiB',
    '--disable',
  ]);
  expect(updated.stdout).toMatch(/enabled +no/);
  expect(updated.stdout).toMatch(/concurrency +2/);
  expect(updated.stdout).not.toContain('partSizeMiB');
  expect((await storage(['test', 'OFF SITE'])).code).toBe(0);
  expect((await storage(['remove', 'off site'])).code).toBe(2);
  expect((await storage(['remove', 'off site', '--yes'])).code).toBe(0);
  expect(await storage(['show', 'off site'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('STORAGE_NOT_FOUND') as string,
  });
});

it('never takes a secret from the arguments, and says what is missing', async () => {
  const arg = await storage(['add', 'x', '--kind', 's3', '--setting', 'secretAccessKey=abc']);
  expect(arg).toMatchObject({ code: 2, stderr: expect.stringContaining('--secret-file') as string });
  const none = await storage(['add', 'x', '--kind', 's3', '--setting', 'bucket=abc']);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('secretAccessKey is missing') as string });
  expect((await storage(['kinds'])).stdout).toMatch(/secretAccessKey .*required, secret/);
});

it('a failed test says which permission is missing, and ends with 1', async () => {
  const bucket = await ceph.createBucket();
  const keys = await ceph.createUser(bucket, [
    's3:PutObject',
    's3:GetObject',
    's3:ListBucket',
    's3:GetBucketVersioning',
  ]);
  const settings = { endpoint: ceph.endpoint, bucket, accessKeyId: keys.accessKeyId };
  const given = Object.entries(settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`]);
  const tried = await storage(['test', '--kind', 's3', ...given, '--secret-env', 'secretAccessKey=S'], {
    env: { S: keys.secretAccessKey },
  });
  expect(tried.code).toBe(1);
  expect(tried.stdout).toContain('✔ list');
  expect(tried.stdout).toMatch(/✖ delete: .*lacks s3:DeleteObject/);
});
