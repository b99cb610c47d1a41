import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { throwIfAborted } from '../../../common/errors/index.js';
import { rememberChild } from '../../../engine/runner/index.js';
import { copyFailed } from './errors.js';

/** What SQLite said of a finished copy. */
export interface SqliteCopy {
  /** The library's version. */
  version: string;
  encoding: string;
  tables: number;
  /** In all tables; null where a damaged one can't be counted. */
  rows: number | null;
  /** Findings of the integrity check; empty when all is well. */
  problems: readonly string[];
}

export interface RunCopyOptions {
  source: string;
  target: string;
  /** Device and inode of the source as it was looked at: `2049:131`. */
  identity: string;
  /** A write-ahead log lies beside the source. */
  hasWal: boolean;
  /** The job's folder: the next master ends the process there when this one is killed. */
  workDir: string;
  signal: AbortSignal;
  onProgress: (donePages: number, totalPages: number) => void;
}

type Message =
  | { type: 'progress'; total: number; remaining: number }
  | ({ type: 'done' } & SqliteCopy)
  | { type: 'failed'; errcode: number | null; message: string };

/** This module as Node runs it: the built `.js`, or the source, whose types Node strips. */
const program = fileURLToPath(
  new URL(`./copy-process${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/**
 * Copies a live database in a process of its own and checks the copy. Throws SQLITE_UNREADABLE, SQLITE_BUSY, DISK_FULL
 * or JOB_CANCELLED; the process has ended then.
 */
export async function runCopy(options: RunCopyOptions): Promise<SqliteCopy> {
  throwIfAborted(options.signal);
  const args = [
    '--no-warnings',
    program,
    options.source,
    options.target,
    options.hasWal ? 'wal' : '',
    options.identity,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: {}, detached: true });
  const remembered = child.pid === undefined ? null : rememberChild(options.workDir, child.pid);
  remembered?.catch(() => undefined);
  const kill = (): boolean => child.kill('SIGKILL');
  options.signal.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`));
  });
  let result: SqliteCopy | null = null;
  let failure: { errcode: number | null; message: string } | null = null;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is our own program
      const message = JSON.parse(line) as Message;
      if (message.type === 'progress') options.onProgress(message.total - message.remaining, message.total);
      else if (message.type === 'done') result = message;
      else if (message.type === 'failed') failure = message;
    }
    const end = await ended;
    throwIfAborted(options.signal);
    if (result !== null && failure === null) return result;
    throw copyFailed(options, failure ?? { errcode: null, message: complaint.trim() || `SQLite ended with ${end}` });
  } finally {
    options.signal.removeEventListener('abort', kill);
    kill();
    await ended;
    await remembered?.then((forget) => forget());
  }
}
