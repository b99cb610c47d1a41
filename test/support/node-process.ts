import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { withoutSettings } from './master.js';
import type { NetHost } from './net-hosts.js';
import { readIfThere } from './processes.js';
import { endWithTest, GiveUp, stopChild, until } from './scratch.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface NodeOptions {
  dataDir: string;
  /** Runs in this host. */
  host?: NetHost;
  env?: Record<string, string>;
}

/** A real node process, from the build, on its own data dir. */
export class TestNode {
  private constructor(
    readonly dataDir: string,
    private readonly child: ChildProcess,
    private readonly output: { text: string },
  ) {}

  /** Starts it and waits until it says in its status file that it runs. It must have joined, or be given its master and key in `env`. */
  static async start({ dataDir, host, env }: NodeOptions): Promise<TestNode> {
    await mkdir(dataDir, { recursive: true });
    const args = [...nodeFlags, join(root, 'dist/src/main.js')];
    const [program, argv] = host?.command(process.execPath, args) ?? [process.execPath, args];
    const child = spawn(program, argv, {
      cwd: dirname(dataDir),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutSettings(process.env),
        BACKUPD_MODE: 'node',
        BACKUPD_CONFIG: '/dev/null',
        BACKUPD_DATA_DIR: dataDir,
        BACKUPD_MAX_BANDWIDTH_MBPS: '0',
        BACKUPD_LOG_FORMAT: 'json',
        BACKUPD_STOP_GRACE_SECONDS: '0',
        ...env,
      },
    });
    endWithTest(child);
    const output = { text: '' };
    const keep = (chunk: Buffer): void => {
      output.text = (output.text + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    try {
      await until(
        'the node to say that it runs',
        () => {
          if (child.exitCode !== null || child.signalCode !== null)
            throw new GiveUp(`it ended with ${child.exitCode ?? child.signalCode}`);
          const status = JSON.parse(readIfThere(join(dataDir, 'node-status.json'))) as { pid: number };
          return status.pid === child.pid;
        },
        { timeoutMs: 60_000 },
      );
      return new TestNode(dataDir, child, output);
    } catch (error) {
      await stopChild(child, 'SIGKILL');
      throw new Error(`The node did not start:\n${output.text}`, { cause: error });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Everything it printed and logged so far. */
  get log(): string {
    return this.output.text;
  }

  /** Stops it as systemd would. */
  async stop(): Promise<void> {
    await stopChild(this.child, 'SIGTERM', 30_000);
  }

  /** `kill -9`: nothing of it gets to clean up. */
  async kill(): Promise<void> {
    await stopChild(this.child, 'SIGKILL');
  }
}
