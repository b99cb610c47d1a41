import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '../../common/errors/index.js';
import { postgresAccount, type Account } from './account.js';
import { locateBinaries, type Binaries } from './binaries.js';
import { processesIn, signal, waitUntilEmpty } from './processes.js';

const MAJOR = '18';
const USER = 'backupd';
const DATABASE = 'backupd';
const SOCKET_NAME = '.s.PGSQL.5432';
/** Size of sockaddr_un.sun_path, less the closing zero. */
const MAX_SOCKET_PATH = 107;
/** Crash recovery of a big database takes a while; PostgreSQL says all the time that it is at it. */
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 30_000;
/** PostgreSQL is told its folder by this name: it stays right below folders that its account can't pass through. */
const HERE = '/proc/self/cwd';

/** What the server runs with, besides its folder and socket. */
const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '64MB',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/**
 * backupd's own PostgreSQL: a cluster in one folder, reached only over a Unix socket by the account that runs backupd.
 * As root, the server runs under an account of its own. Its life ends with `stop`; what a killed backupd left running is
 * stopped by the next start, which must be the only one for this folder (the data dir's lock sees to that).
 */
export class EmbeddedPostgres {
  private constructor(
    private readonly folder: string,
    private readonly socketDir: string,
    private readonly server: ChildProcess,
  ) {}

  /** Starts the server of this cluster, making the cluster first when there is none. Errors: DATABASE_UNAVAILABLE, DATABASE_START_FAILED. */
  static async start(folder: string): Promise<EmbeddedPostgres> {
    const account = await postgresAccount(folder);
    const binaries = await locateBinaries(account, dirname(folder));
    await stopLeftOver(folder);
    if (!(await exists(join(folder, 'PG_VERSION')))) await makeCluster(binaries, folder, account);
    await checkVersion(folder);
    await writeAccessRules(folder, account);
    const socketDir = await chooseSocketDir(folder, account);
    const logFile = `${folder}.log`;
    const server = await launch(binaries, folder, socketDir, logFile, account);
    const instance = new EmbeddedPostgres(folder, socketDir, server);
    try {
      await waitUntilReady(server, socketDir, logFile);
      await makeDatabase(socketDir);
    } catch (error) {
      await instance.stop();
      throw error;
    }
    return instance;
  }

  /** Connection string of backupd's database. */
  get url(): string {
    return `postgresql://${USER}@localhost/${DATABASE}?host=${encodeURIComponent(this.socketDir)}`;
  }

  get pid(): number | undefined {
    return this.server.pid;
  }

  /** Ends the server: open transactions are rolled back, data is flushed. Idempotent. */
  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const exited = once(this.server, 'exit');
      this.server.kill('SIGINT');
      if ((await Promise.race([exited, sleep(STOP_TIMEOUT_MS, 'late', { ref: false })])) === 'late') {
        this.server.kill('SIGQUIT');
        await exited;
      }
    }
    if (this.socketDir !== this.folder) await rm(this.socketDir, { recursive: true, force: true });
  }
}

/** Stops what a killed backupd left running in this cluster, and clears a pid file that would block the start. */
async function stopLeftOver(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const left = await processesIn(folder);
  const postmaster = Number(lines[0]?.trim());
  if (left.length > 0) {
    if (left.includes(postmaster)) signal(postmaster, 'SIGINT');
    if (!(await waitUntilEmpty(folder, STOP_TIMEOUT_MS))) {
      for (const pid of await processesIn(folder)) signal(pid, 'SIGQUIT');
      if (!(await waitUntilEmpty(folder, STOP_TIMEOUT_MS))) throw stillRunning(folder, await processesIn(folder));
    }
  }
  // No process works in the cluster now: whatever the file says (a number in use by a stranger, rubbish) is out of date.
  await rm(pidFile, { force: true });
  const socketDir = lines[4]?.trim() ?? '';
  if (isOwnSocketDir(socketDir)) await rm(socketDir, { recursive: true, force: true });
}

async function makeCluster(binaries: Binaries, folder: string, account: Account | null): Promise<void> {
  const draft = `${folder}.new`;
  for (const pid of await processesIn(draft)) signal(pid, 'SIGKILL');
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await mkdir(draft, { mode: 0o700 });
  if (account !== null) await chown(draft, account.uid, account.gid);
  const options = ['--username', USER, '--auth=peer', '--encoding=UTF8', '--locale=C'];
  const initdb = spawn(
    binaries.initdb,
    ['-D', HERE, ...options, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    { ...runAs(account), cwd: draft, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  const outcome = await ended(initdb);
  if (outcome !== 'exit code 0') throw startFailed(`initdb ended with ${outcome}`, stderr);
  // An empty folder may stand there (a mount point is refused by rename, and said so).
  await rename(draft, folder);
}

async function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, killedBy) => resolve(code === null ? `signal ${killedBy ?? '?'}` : `exit code ${code}`));
  });
}

async function checkVersion(folder: string): Promise<void> {
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version === MAJOR) return;
  throw new AppError({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'precondition',
    message: `The database in ${folder} was made by PostgreSQL ${version}; this backupd brings PostgreSQL ${MAJOR}.`,
    hint: 'Run the backupd version that made it, or move the folder away and rebuild the catalogue from storage.',
    retry: 'never',
    context: { folder, version },
  });
}

/** Only the system account that runs backupd may log in, as the kernel vouches for it. No password exists. */
async function writeAccessRules(folder: string, account: Account | null): Promise<void> {
  const rules = {
    'pg_hba.conf': `local all ${USER} peer map=backupd\n`,
    'pg_ident.conf': `backupd "${userInfo().username}" ${USER}\n`,
  };
  for (const [name, text] of Object.entries(rules)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    if (account !== null) await chown(path, account.uid, account.gid);
  }
}

/** The cluster's own folder; for a path too long for a socket a short private one. */
async function chooseSocketDir(folder: string, account: Account | null): Promise<string> {
  if (Buffer.byteLength(join(folder, SOCKET_NAME)) <= MAX_SOCKET_PATH) return folder;
  const made = await mkdtemp(join(tmpdir(), 'backupd-pg-'));
  const short =
    Buffer.byteLength(join(made, SOCKET_NAME)) <= MAX_SOCKET_PATH ? made : await mkdtemp('/tmp/backupd-pg-');
  if (short !== made) await rm(made, { recursive: true });
  await chmod(short, 0o700);
  if (account !== null) await chown(short, account.uid, account.gid);
  return short;
}

function isOwnSocketDir(path: string): boolean {
  return /\/backupd-pg-[A-Za-z0-9]{6}$/.test(path);
}

async function launch(
  binaries: Binaries,
  folder: string,
  socketDir: string,
  logFile: string,
  account: Account | null,
): Promise<ChildProcess> {
  const settings = { ...SERVER_SETTINGS, unix_socket_directories: socketDir === folder ? '.' : socketDir };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'w', 0o600);
  try {
    return spawn(binaries.postgres, ['-D', HERE, ...args], {
      ...runAs(account),
      cwd: folder,
      // A group of its own: Ctrl-C on the terminal reaches backupd, which then ends the server in the right order.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}

function runAs(account: Account | null): { uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
  return account === null ? { env } : { env, uid: account.uid, gid: account.gid };
}

async function waitUntilReady(server: ChildProcess, socketDir: string, logFile: string): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  let failure: string | null = null;
  server.once('error', (error) => (failure = error.message));
  server.once('exit', (code, killedBy) => (failure = `it ended with ${killedBy ?? `exit code ${code}`}`));
  for (;;) {
    const problem = await tryConnect(socketDir);
    if (problem === null) return;
    if (failure !== null) throw startFailed(failure, await readFile(logFile, 'utf8').catch(() => ''));
    if (Date.now() > end) throw startFailed(problem, await readFile(logFile, 'utf8').catch(() => ''));
    await sleep(20);
  }
}

/** Null when the server answers, else why it does not. */
async function tryConnect(socketDir: string): Promise<string | null> {
  const client = new Client({ host: socketDir, user: USER, database: 'postgres' });
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeDatabase(socketDir: string): Promise<void> {
  const client = new Client({ host: socketDir, user: USER, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function startFailed(reason: string, log: string): AppError {
  const tail = log.trim().split('\n').slice(-8).join('\n');
  return new AppError({
    code: 'DATABASE_START_FAILED',
    kind: 'precondition',
    message: `The embedded PostgreSQL did not start: ${reason}.${tail === '' ? '' : `\n${tail}`}`,
    hint: 'Look for the cause in the lines above (space, permissions, a damaged cluster), or set BACKUPD_DATABASE_URL to another server.',
  });
}

function stillRunning(folder: string, pids: readonly number[]): AppError {
  return new AppError({
    code: 'DATABASE_START_FAILED',
    kind: 'precondition',
    message: `An earlier PostgreSQL still runs in ${folder} and does not end (processes ${pids.join(', ')}).`,
    hint: 'End these processes, then start backupd again.',
    context: { folder, pids: pids.map(String) },
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
