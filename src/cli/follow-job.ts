import { setTimeout as pause } from 'node:timers/promises';
import { asAppError } from '../common/errors/index.js';
import type { ApiClient } from './api-client.js';
import { isFinal, type JobDto } from './api-types.js';
import type { Output } from './output.js';
import { ProgressDisplay } from './progress-display.js';

const RECONNECT_MS = 500;
const GIVE_UP_AFTER = 60;

/** How far a job's events were shown; handed on, the next call goes on from there. */
export interface SeenEvents {
  lastEventId?: string;
}

/**
 * Shows a job until it has ended and returns it as it then is; a lost connection is taken up again where it broke.
 * When the signal is raised it returns the job as it is, running or not.
 */
export async function followJob(
  api: ApiClient,
  id: string,
  output: Output,
  signal: AbortSignal,
  seen: SeenEvents = {},
): Promise<JobDto> {
  const display = new ProgressDisplay(output);
  try {
    for (let failures = 0; ;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one connection after the other
        for await (const event of api.events(`/jobs/${id}/events`, {
          signal,
          ...seen,
        })) {
          failures = 0;
          if (event.id !== null) seen.lastEventId = event.id;
          display.show(event);
        }
        // oxlint-disable-next-line no-await-in-loop -- the stream has ended: has the job?
        const job = await api.get<JobDto>(`/jobs/${id}`);
        if (isFinal(job) || signal.aborted) return job;
      } catch (error) {
        if (signal.aborted) return await api.get<JobDto>(`/jobs/${id}`);
        failures += 1;
        if (failures > GIVE_UP_AFTER || !isTransient(error)) throw error;
      }
      // oxlint-disable-next-line no-await-in-loop -- not at once: the server may be starting
      await pause(RECONNECT_MS);
    }
  } finally {
    display.end();
  }
}

/** A broken connection, or an answer of a server that is just starting or stopping. */
function isTransient(error: unknown): boolean {
  const known = asAppError(error);
  return known.code === 'MASTER_UNREACHABLE' || known.code === 'INTERNAL' || known.retry === 'later';
}
