import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import {
  accountOf,
  endWithTest,
  GiveUp,
  findProgram,
  freePort,
  isRoot,
  makeScratch,
  stopChild,
  until,
} from './scratch.js';

const run = promisify(execFile);

export interface MariaDbOptions {
  /** Also listen on 127.0.0.1 (a free port); else on the socket only. */
  tcp?: boolean;
  /** More `mariadbd` options, e.g. `--lower-case-table-names=1`, `--event-scheduler=ON`. */
  args?: string[];
}

/** One account that may do everything on one database. */
export interface MariaDbAccount {
  database: string;
  user: string;
  password: string;
  socket: string;
}

/** A real MariaDB server of a test's own, in a scratch folder. `root` has no password over the socket. */
export class MariaDbServer {
  private constructor(
    readonly folder: string,
    readonly socket: string,
    readonly port: number | null,
    private readonly child: ChildProcess,
    private readonly removeFolder: () => void,
  ) {}

  /** Starts a server and waits until it answers (about a second). */
  static async start(options: MariaDbOptions = {}): Promise<MariaDbServer> {
    const server = findProgram('mariadbd', '/usr/sbin/mariadbd', 'mysqld');
    if (server === null) throw new Error('mariadbd is not installed: apt-get install mariadb-server');
    const template = await dataTemplate();
    const scratch = makeScratch('mariadb');
    const data = join(scratch.path, 'data');
    await run('cp', ['-a', template, data]);
    const socket = join(scratch.path, 's.sock');
    const port = options.tcp === true ? await freePort() : null;
    const asUser = serverUser();
    if (asUser !== null) await run('chown', ['-R', `${asUser}:`, scratch.path]);
    const child = spawn(
      server,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--pid-file=${join(scratch.path, 'pid')}`,
        `--tmpdir=${scratch.path}`,
        ...(port === null ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${port}`]),
        ...(isRoot ? [`--user=${asUser ?? 'root'}`] : []),
        ...FAST,
        ...(options.args ?? []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    endWithTest(child);
    let log = '';
    const keep = (chunk: Buffer): void => {
      log = (log + chunk.toString()).slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const result = new MariaDbServer(scratch.path, socket, port, child, scratch.remove);
    try {
      await until('mariadbd to answer', async () => {
        if (child.exitCode !== null) throw new GiveUp(`mariadbd ended with ${child.exitCode}`);
        await result.query('SELECT 1');
        return true;
      });
    } catch (error) {
      await result.stop();
      throw new Error(`mariadbd did not start:\n${log}`, { cause: error });
    }
    return result;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** A connection (mysql2, utf8mb4, many statements in one query allowed) as root or as the given account. The caller ends it. */
  connect(as: { database?: string; user?: string; password?: string } = {}): Promise<mysql.Connection> {
    return mysql.createConnection({
      socketPath: this.socket,
      user: as.user ?? 'root',
      password: as.password ?? '',
      ...(as.database === undefined ? {} : { database: as.database }),
      charset: 'utf8mb4',
      multipleStatements: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
    });
  }

  /** Runs SQL (one or more statements) as root; the rows of the last statement that gave rows. */
  async query(sql: string, database?: string): Promise<mysql.RowDataPacket[]> {
    const connection = await this.connect(database === undefined ? {} : { database });
    try {
      const [result] = await connection.query(sql);
      if (!Array.isArray(result)) return [];
      const last = result.toReversed().find((part) => Array.isArray(part)) as unknown;
      return (Array.isArray(last) ? last : result) as mysql.RowDataPacket[];
    } finally {
      await connection.end();
    }
  }

  /** Creates a database (utf8mb4) and an account with all rights on it (and, with `grants`, more). */
  async createDatabase(
    database: string,
    account: { user?: string; password?: string; charset?: string } = {},
  ): Promise<MariaDbAccount> {
    const user = account.user ?? database.slice(0, 60);
    const password = account.password ?? `pw'"\\ ${database}`;
    const name = mysql.escapeId(database, true);
    const who = `${mysql.escape(user)}@'localhost'`;
    await this.query(
      `CREATE DATABASE ${name} CHARACTER SET ${account.charset ?? 'utf8mb4'};
       CREATE USER IF NOT EXISTS ${who} IDENTIFIED BY ${mysql.escape(password)};
       GRANT ALL ON ${name.replaceAll('_', '\\_')}.* TO ${who};`,
    );
    return { database, user, password, socket: this.socket };
  }

  /** Pipes a SQL text through the stock client as root, as a person would. */
  async load(sql: string, database?: string): Promise<void> {
    const client = findProgram('mariadb', 'mysql') ?? 'mariadb';
    const args = ['--no-defaults', `--socket=${this.socket}`, '-uroot', '--default-character-set=utf8mb4'];
    const child = run(client, database === undefined ? args : [...args, database], { maxBuffer: 1 << 26 });
    child.child.stdin?.end(sql);
    await child;
  }

  /** Ends the server and removes its folder. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await stopChild(this.child, signal);
    this.removeFolder();
  }
}

const FAST = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=16M',
  '--sync-binlog=0',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--performance-schema=OFF',
  '--max-allowed-packet=64M',
  '--character-set-server=utf8mb4',
];

function serverUser(): string | null {
  return isRoot && accountOf('mysql') !== null ? 'mysql' : null;
}

/** A freshly installed data folder, made once per machine and server version; each server gets a copy. */
async function dataTemplate(): Promise<string> {
  const installer = findProgram('mariadb-install-db', 'mysql_install_db');
  if (installer === null) throw new Error('mariadb-install-db is not installed: apt-get install mariadb-server');
  const { stdout } = await run(findProgram('mariadbd', '/usr/sbin/mariadbd', 'mysqld') ?? 'mariadbd', ['--version']);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'unknown';
  const cache = join(tmpdir(), `backupd-test-cache-${process.getuid?.() ?? 0}`);
  const template = join(cache, `mariadb-${version}-v1`);
  if (await isThere(join(template, '.ready'))) return template;
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(cache, 'making-'));
  try {
    await run(installer, [
      '--no-defaults',
      `--datadir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      '--innodb-log-file-size=16M',
      ...(isRoot ? ['--user=root'] : []),
    ]);
    await writeFile(join(folder, '.ready'), await readFile('/proc/sys/kernel/random/uuid'));
    await rename(folder, template).catch(async (error: unknown) => {
      // Another worker was faster: its template is as good.
      if (!(await isThere(join(template, '.ready')))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return template;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
