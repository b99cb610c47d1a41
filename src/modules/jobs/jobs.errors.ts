import { AppError } from '../../common/errors/index.js';
import type { Job } from './job.entity.js';

export function jobNotFound(id: string): AppError {
  return new AppError({
    code: 'JOB_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no job with this id.',
    hint: '`GET /jobs` lists them.',
    retry: 'never',
    context: { jobId: id },
  });
}

export function jobActive(siteId: string, active: Pick<Job, 'id' | 'kind'> | null): AppError {
  return new AppError({
    code: 'JOB_ACTIVE',
    kind: 'conflict',
    message: `A job of this site (${active?.kind ?? 'just started'}) is waiting or running.`,
    hint: 'Wait for it to end, or cancel it.',
    retry: 'later',
    context: { siteId, ...(active === null ? {} : { jobId: active.id, kind: active.kind }) },
  });
}

export function jobNotActive(job: Pick<Job, 'id' | 'status'>): AppError {
  return new AppError({
    code: 'JOB_NOT_ACTIVE',
    kind: 'conflict',
    message: `The job has already ended (${job.status}).`,
    retry: 'never',
    context: { jobId: job.id, status: job.status },
  });
}

export function jobNotRetryable(job: Pick<Job, 'id' | 'status'>, why: string, hint: string): AppError {
  return new AppError({
    code: 'JOB_NOT_RETRYABLE',
    kind: 'conflict',
    message: `The job can't be run again: ${why}.`,
    hint,
    retry: 'never',
    context: { jobId: job.id, status: job.status },
  });
}

export function jobInterrupted(times: number): AppError {
  return new AppError({
    code: 'JOB_INTERRUPTED',
    kind: 'internal',
    message: `The job was cut off ${times} times by a crash or a kill of backupd, and is not tried again.`,
    hint: 'Look for the reason in the log of the system (out of memory, a kill, power), then run it again: `backupd jobs retry <job>`.',
    retry: 'maybe',
    context: { times },
  });
}

/** What comes before the stages of a job, in messages. */
export const preparation = 'The preparation';

/** A stage (null: what comes before them) was stopped and does not come to an end: its job ended without it. */
export function stageNotStopped(stage: string | null, why: AppError): AppError {
  return new AppError({
    code: 'STAGE_NOT_STOPPED',
    kind: 'source',
    message: `${stage ?? preparation} was told to stop and still runs. ${why.message}`,
    hint: 'It waits for something that never answers: look at the disk or the network mount of the site. The site can be backed up again; what the job left stays until the stage ends. A restart of backupd ends it.',
    retry: 'maybe',
    context: { stage, cause: why.code },
    cause: why,
  });
}

/** A restore is never taken up again half way. */
export function restoreInterrupted(): AppError {
  return new AppError({
    code: 'RESTORE_INTERRUPTED',
    kind: 'internal',
    message: 'The restore was cut off because backupd stopped. The site was brought back to what it was before.',
    hint: 'Start the restore again.',
    retry: 'maybe',
  });
}

export function rollbackFailed(cause: AppError): AppError {
  const again =
    'backupd tries again at its next start and every few minutes. The job’s work folder is kept until then.';
  return new AppError({
    code: 'ROLLBACK_FAILED',
    kind: 'internal',
    message: `What the job had changed could not be taken back: ${cause.message}`,
    hint: cause.code === 'WORK_ELSEWHERE' ? (cause.hint ?? again) : again,
    retry: 'later',
    context: { cause: cause.code },
    cause,
  });
}

/** What it takes to take the job back lies in the data folder of the master that ran it. */
export function workElsewhere(id: string): AppError {
  return new AppError({
    code: 'WORK_ELSEWHERE',
    kind: 'precondition',
    message: 'It ran on another backupd, and only that one has in its data folder what was changed.',
    hint: 'Start that backupd again: it takes back what the job had changed. Until then the site may be half changed.',
    retry: 'later',
    context: { jobId: id },
  });
}

/** The run no longer owns its job: another master took it over, or it was ended. */
export function jobLost(id: string): AppError {
  return new AppError({
    code: 'JOB_LOST',
    kind: 'conflict',
    message: 'The job was taken over by another backupd.',
    retry: 'never',
    context: { jobId: id },
  });
}
