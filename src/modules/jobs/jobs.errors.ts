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

/** A node was given the restore and no longer knows of it. */
export function restoreForgotten(): AppError {
  return new AppError({
    code: 'RESTORE_INTERRUPTED',
    kind: 'internal',
    message: 'The restore was cut off, and its node no longer knows of it: it could not be taken back there.',
    hint: 'Look at the site on that node, then start the restore again.',
    retry: 'maybe',
  });
}

export function reportOutOfOrder(next: number, seq: number): AppError {
  return new AppError({
    code: 'REPORT_OUT_OF_ORDER',
    kind: 'conflict',
    message: `Report ${seq} of the run can't be taken in yet: number ${next} is the next one.`,
    hint: 'The node sends from that number on.',
    retry: 'later',
    context: { next, seq },
  });
}

export function reportRefused(why: string): AppError {
  return new AppError({
    code: 'REPORT_REFUSED',
    kind: 'usage',
    message: `The report was refused: ${why}.`,
    hint: 'The node and the master may not fit together: look at their versions.',
    retry: 'never',
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
