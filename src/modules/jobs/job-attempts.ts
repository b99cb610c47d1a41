import type { StoredError } from '../../engine/runner/index.js';
import type { AttemptOutcome, Job, StoredAttempt } from './job.entity.js';

/** Older attempts are forgotten. */
const KEPT_ATTEMPTS = 20;

/** How the job's present run ends. */
export interface AttemptEnd {
  outcome: AttemptOutcome;
  /** The stage that failed or was cut off; null = none, or none is known. */
  stage: string | null;
  error: StoredError | null;
}

/** Adds the run that is over to the job's attempts. */
export function addAttempt(job: Job, startedAt: Date | null, end: AttemptEnd, now = new Date()): void {
  const attempt: StoredAttempt = {
    number: job.attempt,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: now.toISOString(),
    ...end,
  };
  job.attempts = [...job.attempts, attempt].slice(-KEPT_ATTEMPTS);
}

/** The stages that are running, as the row says. */
export function runningStages(job: Job): string | null {
  const names = job.stages.filter(({ status }) => status === 'running').map(({ name }) => name);
  return names.length === 0 ? null : names.join(', ');
}
