import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbeddedPostgres } from '../../../src/database/index.js';
import { runSql } from '../../support/postgres.js';
import { requires } from '../../../src/engine/testing/index.js';
import { endWithTest, makeScratch, stopChild, until } from '../../support/scratch.js';

/** Making a cluster writes and syncs a lot: slow on a busy disk. */
vi.setConfig({ testTimeout: 120_000 });

let scratch: ReturnType<typeof makeScratch>;
let folder: string;
const running: EmbeddedPostgres[] = [];

/** A cluster that was made and stopped: making one takes its time. */
const ready = makeScratch('embedded-ready');
beforeAll(async () => {
  await (await EmbeddedPostgres.start(join(ready.path, 'postgres'))).stop();
});
afterAll(() => ready.remove());

beforeEach(() => {
  scratch = makeScratch('embedded');
  folder = join(scratch.path, 'data/postgres');
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  scratch.remove();
});

async function start(at = folder): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start(at);
  running.push(server);
  return server;
}

/** Puts a ready cluster into the folder. */
function giveCluster(): void {
  mkdirSync(join(scratch.path, 'data'));
  spawnSync('cp', ['-a', join(ready.path, 'postgres'), folder]);
}

/** What a backupd that was killed with `kill -9` leaves: a server without a master. */
async function leaveOrphan(at = folder): Promise<{ pid: number; url: string }> {
  const script = join(import.meta.dirname, 'orphan-postgres.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, at], { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithTest(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  await stopChild(child, 'SIGKILL');
  return JSON.parse(line.toString()) as { pid: number; url: string };
}

/** Ended processes may stay as zombies where nobody collects orphans (in containers). */
function isAlive(pid: number | undefined): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

const pidFile = (): string => join(folder, 'postmaster.pid');
const socketFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('backupd-pg-'));

describe('the embedded PostgreSQL', () => {
  it('makes a cluster that is closed to others, answers on a socket only, keeps its data, stops at once', async () => {
    const first = await start();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    // PostgreSQL refuses to run as root, so it runs under an account of its own.
    expect(statSync(folder).uid === 0).toBe(false);
    expect(await runSql(first.url, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    await runSql(first.url, 'create table kept as select 42 as answer');
    const stopping = performance.now();
    await first.stop();
    await first.stop();
    expect(performance.now() - stopping).toBeLessThan(5_000);
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await runSql(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it.runIf(requires('root'))('lets nobody in but the account that runs backupd', async () => {
    giveCluster();
    const { url } = await start();
    const program = `import('pg').then(async ({ default: { Client } }) => {
      const client = new Client({ connectionString: process.argv[1] });
      await client.connect().then(() => console.log('in'), (error) => console.log('out', error.code));
      await client.end();
    })`;
    // Even where the folder is opened up, PostgreSQL asks the kernel who is calling.
    spawnSync('chmod', ['0777', folder, join(folder, '.s.PGSQL.5432')]);
    spawnSync('chmod', ['0755', join(scratch.path, 'data')]);
    const asNobody = spawnSync(process.execPath, ['-e', program, url], { uid: 65534, gid: 65534, encoding: 'utf8' });
    expect(asNobody.stdout.trim()).toBe('out 28000');
  });

  it('takes over from a backupd that was killed: its server is stopped, its data stays', async () => {
    giveCluster();
    const orphan = await leaveOrphan();
    await runSql(orphan.url, 'create table kept as select 1 as answer');
    const next = await start();
    expect(isAlive(orphan.pid)).toBe(false);
    expect(next.pid).not.toBe(orphan.pid);
    expect(await runSql(next.url, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it('recovers when the server itself was killed', async () => {
    giveCluster();
    const killed = await leaveOrphan();
    await runSql(killed.url, 'create table kept as select 1 as answer');
    process.kill(killed.pid, 'SIGKILL');
    await until('it to be gone', () => !isAlive(killed.pid));
    expect(existsSync(pidFile())).toBe(true);
    expect(await runSql((await start()).url, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it('comes back by itself when it is killed under a running backupd', async () => {
    giveCluster();
    const trouble: string[] = [];
    const server = await EmbeddedPostgres.start(folder, (message) => trouble.push(message));
    running.push(server);
    await runSql(server.url, 'create table kept as select 1 as answer');
    const killed = server.pid ?? 0;
    process.kill(killed, 'SIGKILL');
    await until('it to answer again', () => trouble.length === 2);
    expect(server.pid).not.toBe(killed);
    expect(await runSql(server.url, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it.each([
    ['of a stranger that is alive', () => `${process.pid}\n${folder}\n1\n5432\n\n`],
    ['of nobody', () => '999999\n'],
    ['with rubbish', () => 'rubbish\0'],
    ['that is empty', () => ''],
  ])('starts in spite of a pid file %s, and leaves strangers alone', async (_what, content) => {
    giveCluster();
    writeFileSync(pidFile(), content());
    writeFileSync(join(folder, '.s.PGSQL.5432.lock'), content());
    await start();
    expect(isAlive(process.pid)).toBe(true);
    expect(Number(readFileSync(pidFile(), 'utf8').split('\n')[0])).toBe(running.at(-1)?.pid);
  });

  it('starts over when the making of the cluster was interrupted', async () => {
    mkdirSync(`${folder}.new/base`, { recursive: true });
    writeFileSync(`${folder}.new/PG_VERSION`, '18\n');
    await start();
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  it('works in a folder too deep for a socket, and cleans up the short one', async () => {
    const before = socketFolders();
    const deep = join(scratch.path, 'd'.repeat(120), 'postgres');
    const orphan = await leaveOrphan(deep);
    expect(await runSql(orphan.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    const made = socketFolders().filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(0);
    const next = await start(deep);
    await next.stop();
    expect(socketFolders().filter((name) => made.includes(name))).toEqual([]);
  });

  it.runIf(requires('root'))('works below a folder that only root may enter', async () => {
    const closed = join(scratch.path, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const server = await start(join(closed, 'data/postgres'));
    expect(await runSql(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what is wrong when it can not start', async () => {
    giveCluster();
    writeFileSync(join(folder, 'postgresql.conf'), 'shared_buffers = nonsense\n');
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_START_FAILED',
      message: expect.stringContaining('shared_buffers') as string,
    });
    writeFileSync(join(folder, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
