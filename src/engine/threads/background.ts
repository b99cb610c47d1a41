import { setPriority } from 'node:os';

/** A tenth of a processor where somebody else wants it all; everything where nobody does. */
const BACKGROUND = 10;
/** For setpriority(2) the calling thread, not its process: Linux gives each thread a priority of its own. */
const THIS_THREAD = 0;

/**
 * Lets the calling thread go behind others: the API and the sites on the host come first. To be called in worker threads only;
 * does nothing where the system does not let it.
 */
export function workInBackground(): void {
  putInBackground(THIS_THREAD);
}

/** The same for a child process that was started just now. */
export function putInBackground(pid: number): void {
  try {
    setPriority(pid, BACKGROUND);
  } catch {
    // It only makes the host more pleasant, and a child may have ended.
  }
}
