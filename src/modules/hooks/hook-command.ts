import { type ChildProcess, spawn } from 'node:child_process';
import { errnoOf } from '../../common/errors/index.js';
import { keepDescriptors } from '../../engine/native/close-on-exec.js';
import { rememberChild } from '../../engine/runner/index.js';
import { LastText } from './last-text.js';
import { ownerOf } from './site-owner.js';

/** Between the request to end and the end. */
const GRACE_MS = 2000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface CommandOptions {
  /** Program and arguments; no shell sees them. */
  command: readonly string[];
  sitePath: string;
  /** Names and values of the documented environment. */
  env: Readonly<Record<string, string>>;
  timeLimitMs: number;
  /** Remembers the process, so that the next master can end it when this one is killed. */
  workDir: string;
  signal: AbortSignal;
}

/** How one try of a hook went. */
export interface HookTry {
  ok: boolean;
  /** One sentence: `exit code 3`, `HTTP 200`. */
  end: string;
  /** The end of what it said, bounded. */
  output: string;
}

/**
 * Runs a program as the owner of the site, never as root, in the site's folder, with nothing of this process but the environment that is
 * given. The program and all it started in its process group have ended when this settles. Errors: HOOK_OWNER_ROOT,
 * HOOK_OWNER_OTHER, HOOK_SITE_MISSING.
 */
export async function runCommand(options: CommandOptions): Promise<HookTry> {
  const { command, env, timeLimitMs, workDir, signal } = options;
  const owner = await ownerOf(options.sitePath);
  const [program = '', ...args] = command;
  keepDescriptors();
  const child = spawn(program, args, {
    cwd: owner.path,
    env: { PATH, HOME: owner.home, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session and process group of its own, so that it can be ended with all it started.
    detached: true,
    // Node drops the supplementary groups with it.
    ...owner.become,
  });
  const output = new LastText();
  child.stdout.on('data', (part: Buffer) => output.add(part));
  child.stderr.on('data', (part: Buffer) => output.add(part));
  const ended = endOf(child);
  const forget = child.pid === undefined ? null : await rememberChild(workDir, child.pid);
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), timeLimitMs);
  const either = AbortSignal.any([signal, stop.signal]);
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(child, 'SIGTERM');
    kill = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  };
  if (either.aborted) end();
  else either.addEventListener('abort', end, { once: true });
  try {
    const how = await ended;
    if (stop.signal.aborted)
      return { ok: false, end: `ended by its time limit of ${timeLimitMs / 1000} s`, output: output.text };
    return { ok: how === 'exit code 0', end: how, output: output.text };
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    either.removeEventListener('abort', end);
    await forget?.();
  }
}

/** Waits for the program, then ends what it left in the background, which would hold its output open. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started (${errnoOf(error) ?? error.message})`));
    child.once('exit', () => killGroup(child, 'SIGKILL'));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`));
  });
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
