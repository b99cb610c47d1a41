import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetHost } from './net-hosts.js';
import { endWithTest } from './scratch.js';

const entry = join(dirname(fileURLToPath(import.meta.url)), '../../dist/src/cli.js');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the real command line, without a terminal, in a host of its own if one is given. */
export function startCli(
  args: string[],
  env: Record<string, string>,
  host?: NetHost,
): { child: ChildProcess; done: Promise<CliRun> } {
  const argv = [entry, ...args];
  const [program, all] = host?.command(process.execPath, argv) ?? [process.execPath, argv];
  const child = spawn(program, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      BACKUPD_CONFIG: '/dev/null',
      BACKUPD_MODE: 'master',
      ...env,
    },
  });
  endWithTest(child);
  const run: CliRun = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString()));
  const done = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...run, code }));
  });
  return { child, done };
}

/** Runs it to its end. */
export function runCli(args: string[], env: Record<string, string>, host?: NetHost): Promise<CliRun> {
  return startCli(args, env, host).done;
}
