import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { TestApi } from './api.js';
import { cloneDatabase } from './database.js';
import type { NetHost } from './net-hosts.js';
import { Program } from './program.js';
import { GiveUp, until } from './scratch.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface MasterOptions {
  dataDir: string;
  env?: Record<string, string>;
  /** Told as soon as the process exists. */
  onSpawn?: (child: ChildProcess) => void;
  /** Runs in this host, and listens on its address. */
  host?: NetHost;
  /** On a database of the run's PostgreSQL, the same for each start on this data dir, instead of one of its own: starts sooner. */
  isDatabaseShared?: boolean;
}

/** A real master process, from the build, on its own data dir and a free port. */
export class TestMaster {
  readonly api: TestApi;

  private constructor(
    readonly dataDir: string,
    readonly url: string,
    readonly token: string,
    private readonly program: Program,
  ) {
    this.api = new TestApi(url, token);
  }

  /** Starts it and waits until it answers. The data dir is made when it is missing, and may be one of an earlier (killed) master. */
  static async start(options: MasterOptions): Promise<TestMaster> {
    const { dataDir } = options;
    await mkdir(dataDir, { recursive: true });
    const args = [...nodeFlags, join(root, 'dist/src/main.js')];
    const [program, argv] = options.host?.command(process.execPath, args) ?? [process.execPath, args];
    const child = spawn(program, argv, {
      cwd: dirname(dataDir),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutSettings(process.env),
        BACKUPD_MODE: 'master',
        BACKUPD_CONFIG: '/dev/null',
        BACKUPD_DATA_DIR: dataDir,
        BACKUPD_HOST: options.host?.address ?? '127.0.0.1',
        BACKUPD_PORT: '0',
        BACKUPD_MAX_BANDWIDTH_MBPS: '0',
        BACKUPD_LOG_FORMAT: 'json',
        BACKUPD_STOP_GRACE_SECONDS: '0',
        ...(options.isDatabaseShared === true ? { BACKUPD_DATABASE_URL: await databaseOf(dataDir) } : {}),
        ...options.env,
      },
    });
    const running = new Program(child);
    options.onSpawn?.(child);
    try {
      const url = await until(
        'the master to announce itself',
        async () => {
          running.requireAlive();
          const info = JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')) as { pid: number; url: string };
          return info.pid === child.pid ? info.url : null;
        },
        { timeoutMs: 60_000 },
      );
      const token = (await readFile(join(dataDir, 'admin.token'), 'utf8')).trim();
      return new TestMaster(dataDir, url, token, running);
    } catch (error) {
      // One that ended by itself has cleaned up; what runs there now is another master's.
      if (!(error instanceof GiveUp)) {
        await running.kill();
        endPostgresOf(dataDir);
      }
      throw new Error(`The master did not start:\n${running.log}`, { cause: error });
    }
  }

  get pid(): number {
    return this.program.pid;
  }

  /** Everything it printed and logged so far. */
  get log(): string {
    return this.program.log;
  }

  /** Stops it as systemd would. */
  async stop(): Promise<void> {
    await this.program.stop();
    endPostgresOf(this.dataDir);
  }

  /** `kill -9`: nothing of it gets to clean up. Its PostgreSQL stays, as in life. */
  async kill(): Promise<void> {
    await this.program.kill();
  }

  /** Stops it and removes its data dir. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

const databases = new Map<string, Promise<{ url: string }>>();

async function databaseOf(dataDir: string): Promise<string> {
  const database = databases.get(dataDir) ?? cloneDatabase();
  databases.set(dataDir, database);
  return (await database).url;
}

/** Ends the PostgreSQL that a killed master left behind on this data dir. */
export function endPostgresOf(dataDir: string): void {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {
    // none runs
  }
}

/** The environment without what would configure a server, or what a test runner left in it. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('BACKUPD_') && !name.startsWith('VITEST')),
  );
}
