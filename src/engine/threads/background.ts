import { setPriority } from 'node:os';
import { libc } from '../native/libc.js';

/** A tenth of a processor where somebody else wants it all; everything where nobody does. */
const BACKGROUND = 10;
const GETTID = process.arch === 'arm64' ? 178 : 186;

/**
 * Lets the calling thread go behind others: the API and the sites on the host come first. Linux gives each thread a priority of its
 * own. To be called in worker threads only; does nothing where the system does not let it.
 */
export function workInBackground(): void {
  try {
    setPriority(threadId(), BACKGROUND);
  } catch {
    // It only makes the host more pleasant.
  }
}

/** The same for a child process that was started just now. */
export function putInBackground(pid: number): void {
  try {
    setPriority(pid, BACKGROUND);
  } catch {
    // It may have ended.
  }
}

function threadId(): number {
  return Number(libc.func('int64_t syscall(int64_t call)')(GETTID));
}
