import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '../../common/errors/index.js';
import { postgresAccount, type Account } from './account.js';
import { locateBinaries, type Binaries } from './binaries.js';
import { CLUSTER_USER as USER, HERE, prepareCluster, runAs, startFailed } from './cluster.js';
import { processesIn, signal, waitUntilEmpty } from './processes.js';

const DATABASE = 'backupd';
const SOCKET_NAME = '.s.PGSQL.5432';
/** Size of sockaddr_un.sun_path, less the closing zero. */
const MAX_SOCKET_PATH = 107;
/** Crash recovery of a big database takes a while; PostgreSQL says all the time that it is at it. */
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 30_000;

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

/** What it takes to start the server of one cluster. */
interface Cluster {
  binaries: Binaries;
  account: Account | null;
  folder: string;
  socketDir: string;
  logFile: string;
}

/**
 * backupd's own PostgreSQL: a cluster in one folder, reached only over a Unix socket by the account that runs backupd.
 * As root, the server runs under an account of its own. Should it end by itself it is started again. Its life ends with
 * `stop`; what a killed backupd left running is stopped by the next start, which must be the only one for this folder
 * (the data dir's lock sees to that).
 */
export class EmbeddedPostgres {
  private stopping = false;
  /** It has answered; an end from then on is not a failed start. */
  private ready = false;

  private constructor(
    private readonly cluster: Cluster,
    private server: ChildProcess,
    private readonly onTrouble: (message: string) => void,
  ) {
    this.watch();
  }

  /**
   * Starts the server of this cluster, making the cluster first when there is none.
   * Errors: DATABASE_UNAVAILABLE, DATABASE_START_FAILED. Later trouble (it died, it is back) is told to `onTrouble`.
   */
  static async start(folder: string, onTrouble: (message: string) => void = () => {}): Promise<EmbeddedPostgres> {
    const account = await postgresAccount(folder);
    const binaries = await locateBinaries(account, dirname(folder));
    await stopLeftOver(folder);
    await prepareCluster(binaries, folder, account);
    const socketDir = await chooseSocketDir(folder, account);
    const cluster = { binaries, account, folder, socketDir, logFile: `${folder}.log` };
    const instance = new EmbeddedPostgres(cluster, await launch(cluster), onTrouble);
    try {
      await waitUntilReady(instance.server, cluster);
      await makeDatabase(socketDir);
      instance.ready = true;
    } catch (error) {
      await instance.stop();
      throw error;
    }
    return instance;
  }

  /** Connection string of backupd's database. */
  get url(): string {
    return `postgresql://${USER}@localhost/${DATABASE}?host=${encodeURIComponent(this.cluster.socketDir)}`;
  }

  get pid(): number | undefined {
    return this.server.pid;
  }

  /** Ends the server: open transactions are rolled back, data is flushed. Idempotent. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { server, cluster } = this;
    if (isRunning(server)) {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      if ((await Promise.race([exited, sleep(STOP_TIMEOUT_MS, 'late', { ref: false })])) === 'late') {
        server.kill('SIGQUIT');
        await exited;
      }
    }
    if (cluster.socketDir !== cluster.folder) await rm(cluster.socketDir, { recursive: true, force: true });
  }

  private watch(): void {
    const { server } = this;
    server.once('exit', (code, killedBy) => {
      if (!this.stopping && this.ready) void this.revive(killedBy ?? `exit code ${code}`);
    });
  }

  private async revive(reason: string): Promise<void> {
    this.onTrouble(`the embedded PostgreSQL has ended by itself (${reason}); starting it again`);
    for (let attempt = 0; ; attempt += 1) {
      try {
        await sleep(Math.min(attempt, 30) * 1000);
        await stopLeftOver(this.cluster.folder, this.cluster.socketDir);
        if (this.stopping) return;
        this.ready = false;
        this.server = await launch(this.cluster);
        this.watch();
        await waitUntilReady(this.server, this.cluster);
        this.ready = true;
        this.onTrouble('the embedded PostgreSQL answers again');
        return;
      } catch (error) {
        if (this.stopping) return;
        this.onTrouble(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

function isRunning(server: ChildProcess): boolean {
  return server.exitCode === null && server.signalCode === null;
}

/** Stops what a killed backupd left running in this cluster, and clears a pid file that would block the start. */
async function stopLeftOver(folder: string, keepSocketDir?: string): Promise<void> {
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
  // No process works in the cluster now: whatever the lock files say (a number in use by a stranger, rubbish) is out of date.
  const socketFolder = keepSocketDir ?? folder;
  for (const file of [pidFile, join(socketFolder, SOCKET_NAME), join(socketFolder, `${SOCKET_NAME}.lock`)])
    await rm(file, { force: true });
  const socketDir = lines[4]?.trim() ?? '';
  if (isOwnSocketDir(socketDir) && socketDir !== keepSocketDir) await rm(socketDir, { recursive: true, force: true });
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

async function launch({ binaries, account, folder, socketDir, logFile }: Cluster): Promise<ChildProcess> {
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

async function waitUntilReady(server: ChildProcess, { socketDir, logFile }: Cluster): Promise<void> {
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

function stillRunning(folder: string, pids: readonly number[]): AppError {
  return new AppError({
    code: 'DATABASE_START_FAILED',
    kind: 'precondition',
    message: `An earlier PostgreSQL still runs in ${folder} and does not end (processes ${pids.join(', ')}).`,
    hint: 'End these processes, then start backupd again.',
    context: { folder, pids: pids.map(String) },
  });
}
