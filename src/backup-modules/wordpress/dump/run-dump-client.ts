import { spawn } from 'node:child_process';
import { ChildOutput } from '../../../engine/native/pipe.js';
import { putInBackground } from '../../../engine/threads/background.js';
import { searchPath } from '../mysql/index.js';

/** How a dump program ended. */
export interface ClientEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What it wrote to standard error: bounded, secrets replaced. */
  complaint: string;
}

export interface RunningClient {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  /** Its output up to the end; each chunk is only valid until the next one is asked for. */
  chunks(): AsyncIterable<Buffer>;
  /** Resolves when the process has ended and its descriptors are closed. Never rejects. */
  ended: Promise<ClientEnd>;
  /** Ends the process and all it has started (SIGTERM, after two seconds SIGKILL) and waits until it is gone. Idempotent. */
  stop(): Promise<ClientEnd>;
}

export interface RunClientOptions {
  program: string;
  args: readonly string[];
  /** Handed to the child as descriptor 3. */
  fd: number;
  env: Readonly<Record<string, string>>;
  /** Texts that must not appear in `complaint`. */
  secrets: readonly string[];
}

const KEPT_COMPLAINT = 8 * 1024;
const KILL_AFTER_MS = 2_000;

/** The text with every secret replaced; empty secrets are ignored. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length > 0).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

/** Starts a client program with an environment of its own; nothing secret is in its arguments or environment. */
export function runDumpClient(options: RunClientOptions): RunningClient {
  const output = new ChildOutput();
  const child = spawn(options.program, options.args, {
    stdio: ['ignore', output.writeEnd, 'pipe', options.fd],
    env: { PATH: searchPath(), ...options.env },
    // A group of its own: stopping it also ends what a wrapper script has started; and no terminal to ask for a password.
    detached: true,
  });
  output.childHasIt();
  if (child.pid !== undefined) putInBackground(child.pid);
  let complaint = '';
  let isOver = false;
  let startFailure: string | null = null;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    // The last lines say why it ended.
    complaint = (complaint + text).slice(-KEPT_COMPLAINT);
  });
  child.on('error', (error) => {
    startFailure = error.message;
  });
  const ended = new Promise<ClientEnd>((resolve) => {
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      isOver = true;
      resolve({ code, signal, complaint: scrub(startFailure ?? complaint.trim(), options.secrets) });
    };
    child.on('close', finish);
    child.on('error', () => {
      if (child.pid === undefined) finish(null, null);
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (isOver || child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  };
  const stop = async (): Promise<ClientEnd> => {
    kill('SIGTERM');
    output.destroy();
    child.stderr?.destroy();
    const timer = setTimeout(kill, KILL_AFTER_MS, 'SIGKILL');
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  };
  return { pid: child.pid, chunks: () => output.chunks(), ended, stop };
}
