import { type ChildProcess, spawn } from 'node:child_process';
import { errnoOf } from '../../common/errors/index.js';
import { keepDescriptors } from '../../engine/native/close-on-exec.js';
import { rememberChild } from '../../engine/runner/index.js';
import { LastText } from './last-text.js';
import { ownerOf } from './site-owner.js';

/** Between the request to end and the end. */
const GRACE_MS = 2000;
/** What still holds the output open when the program is gone, or has not ended though it was killed, is not waited for any longer. */
const LINGER_MS = 1000;
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
 * given. The program and all it started in its process group have ended when this settles, which is some seconds after its time limit or
 * the signal at the latest, whatever the program does. Errors: HOOK_OWNER_ROOT, HOOK_OWNER_OTHER, HOOK_SITE_MISSING.
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
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), timeLimitMs);
  const either = AbortSignal.any([signal, stop.signal]);
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<null>();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(child, 'SIGTERM');
    timer = setTimeout(() => {
      killGroup(child, 'SIGKILL');
      timer = setTimeout(() => abandon(null), LINGER_MS);
    }, GRACE_MS);
  };
  let forget: (() => Promise<void>) | null = null;
  try {
    forget = child.pid === undefined ? null : await rememberChild(workDir, child.pid);
    if (either.aborted) end();
    else either.addEventListener('abort', end, { once: true });
    const how = await Promise.race([ended, abandoned]);
    if (how === null) return { ok: false, end: 'it could not be ended, and goes on by itself', output: output.text };
    if (stop.signal.aborted)
      return { ok: false, end: `ended by its time limit of ${timeLimitMs / 1000} s`, output: output.text };
    return { ok: how === 'exit code 0', end: how, output: output.text };
  } catch (error) {
    // Nobody would know of it any more.
    killGroup(child, 'SIGKILL');
    throw error;
  } finally {
    clearTimeout(limit);
    clearTimeout(timer);
    either.removeEventListener('abort', end);
    closeOutput(child);
    await forget?.();
  }
}

/** Waits for the program, then ends what it left in the background, which would hold its output open. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started (${errnoOf(error) ?? error.message})`));
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
      // What made a session of its own is not of the group.
      const linger = setTimeout(() => closeOutput(child), LINGER_MS);
      child.once('close', (code, signal) => {
        clearTimeout(linger);
        resolve(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`);
      });
    });
  });
}

function closeOutput({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

/** What is gone, or has become another user (`sudo`), can't be ended. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
  }
}
