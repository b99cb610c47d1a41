import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endPostgresOf, TestMaster } from '../../support/master.js';
import { endWithTest, makeScratch } from '../../support/scratch.js';

const main = join(import.meta.dirname, '../../../dist/src/main.js');

/** Whole processes on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

let scratch: ReturnType<typeof makeScratch>;
beforeEach(() => {
  scratch = makeScratch('process');
});
afterEach(() => {
  endPostgresOf(join(scratch.path, 'data'));
  scratch.remove();
});

/** Runs the server process to its end. */
async function run(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { PATH: '/usr/bin:/bin', HOME: scratch.path, BACKUPD_CONFIG: '/dev/null', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  endWithTest(child);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

it('refuses a wrong configuration with exit code 2 and every fault', async () => {
  const { code, stderr } = await run({ BACKUPD_MODE: 'master', BACKUPD_PORT: 'x', BACKUPD_MAX_IO: '0' });
  expect(code).toBe(2);
  expect(stderr).toContain('BACKUPD_PORT must be a whole number');
  expect(stderr).toContain('BACKUPD_MAX_IO must be a whole number');
  expect(stderr).toContain('[CONFIG_INVALID]');
});

it('says what to do when it is not configured', async () => {
  const { code, stderr } = await run({});
  expect(code).toBe(2);
  expect(stderr).toContain('BACKUPD_MODE=master');
});

it('says how to join when it is to be a node and belongs to no master', async () => {
  const { code, stderr } = await run({ BACKUPD_MODE: 'node', BACKUPD_DATA_DIR: join(scratch.path, 'node') });
  expect(code).toBe(2);
  expect(stderr).toContain('backupd node join <url of the master>');
  expect(stderr).toContain('NODE_NOT_JOINED');
});

it('a second process on the data dir is refused and told of the first; after kill -9 the next start works at once', async () => {
  const dataDir = join(scratch.path, 'data');
  const first = await TestMaster.start({ dataDir });
  const { code, stderr } = await run({ BACKUPD_MODE: 'master', BACKUPD_DATA_DIR: dataDir, BACKUPD_PORT: '0' });
  expect(code).toBe(1);
  expect(stderr).toContain(`process ${first.pid}, ${first.url}`);
  expect(stderr).toContain('ALREADY_RUNNING');
  await first.kill();
  const second = await TestMaster.start({ dataDir });
  expect(second.token).toBe(first.token);
  expect((await second.api.call('GET', '/sites')).status).toBe(200);
  await second.stop();
});

it('stops quickly on SIGTERM, with an event stream open, and leaves no process behind', async () => {
  const dataDir = join(scratch.path, 'data');
  const master = await TestMaster.start({ dataDir });
  const stream = await fetch(`${master.url}/events`, {
    headers: { authorization: `Bearer ${master.token}`, accept: 'text/event-stream' },
  });
  expect(stream.status).toBe(200);
  const drained = stream.text().catch(() => 'cut');
  const started = performance.now();
  await master.stop();
  expect(performance.now() - started).toBeLessThan(15_000);
  await drained;
});

it('prints the admin token once, and never logs it', async () => {
  const dataDir = join(scratch.path, 'data');
  const first = await TestMaster.start({ dataDir });
  expect(first.log.split(first.token)).toHaveLength(2);
  await first.stop();
  const second = await TestMaster.start({ dataDir });
  await second.api.call('GET', '/tokens');
  await second.stop();
  expect(second.log).not.toContain(first.token);
});

it('reads its settings from a file', async () => {
  const dataDir = join(scratch.path, 'data');
  const file = join(scratch.path, 'config');
  writeFileSync(file, 'BACKUPD_MODE=master\nBACKUPD_MAX_IO=7\n');
  const master = await TestMaster.start({ dataDir, env: { BACKUPD_CONFIG: file } });
  expect((await master.api.call('GET', '/resources')).body).toMatchObject({ io: { capacity: 7 } });
  await master.stop();
});
