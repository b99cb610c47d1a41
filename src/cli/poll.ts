import { pause } from '../common/pause.js';

const EVERY_MS = 300;

/**
 * Asks again until what was begun has ended; what it then is. The first look is the caller's: `now`. Ctrl-C ends the waiting with
 * JOB_CANCELLED; what was begun goes on.
 */
export async function untilEnded<T>(
  now: T,
  isRunning: (state: T) => boolean,
  look: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let state = now;
  while (isRunning(state)) {
    // oxlint-disable-next-line no-await-in-loop -- waiting is the point
    await pause(EVERY_MS, signal);
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    state = await look();
  }
  return state;
}
