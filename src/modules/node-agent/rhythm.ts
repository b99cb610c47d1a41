import { backoff } from '../../common/backoff.js';
import { asAppError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import type { AgentTimings } from './agent-timings.js';

/** Does the round, waits as long as it says, and again, until the signal is raised. Resolves then. */
export async function untilAborted(signal: AbortSignal, round: () => Promise<number>): Promise<void> {
  try {
    while (!signal.aborted) await pause(await round(), signal);
  } catch (error) {
    if (!signal.aborted || asAppError(error).kind !== 'cancelled') throw error;
  }
}

/** How long to wait after a failure: longer each time, and long at once where only a person can change it. */
export function waitAfter(isRefused: boolean, failures: number, { retry, refusedMs }: AgentTimings): number {
  return isRefused ? refusedMs * (0.9 + Math.random() / 5) : backoff(failures, retry);
}
