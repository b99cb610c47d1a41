import type { EventType, NewEvent } from '../events/index.js';
import type { Job } from './job.entity.js';

/** An event of a job's life as a whole. */
export function jobEvent(job: Job, type: EventType): NewEvent {
  return {
    jobId: job.id,
    siteId: job.siteId,
    type,
    data: {
      kind: job.kind,
      status: job.status,
      siteName: job.siteName,
      attempt: job.attempt,
      warningCount: job.warningCount,
      ...(job.error === null ? {} : { error: job.error }),
    },
  };
}

/** An event of one stage. */
export function stageEvent(job: Job, type: EventType, stage: string, data: Record<string, unknown> = {}): NewEvent {
  return { jobId: job.id, siteId: job.siteId, type, data: { stage, ...data } };
}
