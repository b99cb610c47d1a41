import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { withoutSettings } from './master.js';
import type { NetHost } from './net-hosts.js';
import { readIfThere } from './processes.js';
import { Program } from './program.js';
import { until } from './scratch.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface NodeOptions {
  dataDir: string;
  /** Runs in this host. */
  host?: NetHost;
  env?: Record<string, string>;
}

/** A real node process, from the build, on its own data dir. */
export class TestNode extends Program {
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
    const node = new TestNode(child);
    try {
      await until(
        'the node to say that it runs',
        () => {
          node.requireAlive();
          const status = JSON.parse(readIfThere(join(dataDir, 'node-status.json'))) as { pid: number };
          return status.pid === node.pid;
        },
        { timeoutMs: 60_000 },
      );
      return node;
    } catch (error) {
      await node.kill();
      throw new Error(`The node did not start:\n${node.log}`, { cause: error });
    }
  }
}
