import { defineEntity, p } from '@mikro-orm/core';
import type { StoredError, StoredProgress, StoredStage, StoredWarning } from '../../engine/runner/index.js';

export const JobKind = { Backup: 'backup', Restore: 'restore', Verify: 'verify', Repair: 'repair' } as const;
export type JobKind = (typeof JobKind)[keyof typeof JobKind];

export const JobStatus = {
  Pending: 'pending',
  Running: 'running',
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
} as const;
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

/** How one run of a job ended. `postponed` = tried again later; `cut-off` = its process was killed; `interrupted` = backupd was stopped. */
export const AttemptOutcome = {
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
  Postponed: 'postponed',
  Interrupted: 'interrupted',
  CutOff: 'cut-off',
} as const;
export type AttemptOutcome = (typeof AttemptOutcome)[keyof typeof AttemptOutcome];

/** One run of a job that is over. */
export interface StoredAttempt {
  /** 1 is the first. */
  number: number;
  startedAt: string | null;
  endedAt: string;
  outcome: AttemptOutcome;
  /** The stage that failed. */
  stage: string | null;
  error: StoredError | null;
}

/** Who or what made a job. */
export const JobTrigger = { Manual: 'manual', Schedule: 'schedule', System: 'system' } as const;
export type JobTrigger = (typeof JobTrigger)[keyof typeof JobTrigger];

/**
 * One run of one site. pg-boss owns its delivery (`deliveryId`), this row owns what happened. The site is named by value:
 * a job outlives its site.
 */
export const JobSchema = defineEntity({
  name: 'Job',
  tableName: 'job',
  indexes: [
    { properties: ['siteId', 'createdAt'] },
    { properties: ['status', 'createdAt'] },
    { properties: ['createdAt'] },
    { properties: ['backupId'] },
    { properties: ['keptUntil'] },
    { properties: ['nodeId', 'status'] },
  ],
  uniques: [
    {
      name: 'job_one_active_per_site',
      expression: "create unique index job_one_active_per_site on job (site_id) where status in ('pending', 'running')",
    },
  ],
  properties: {
    id: p.uuid().primary(),
    siteId: p.uuid(),
    siteName: p.text(),
    module: p.text(),
    kind: p.enum(() => JobKind),
    status: p.enum(() => JobStatus),
    priority: p.integer().default(0),
    /** 0 until the job is run for the first time. */
    attempt: p.integer().default(0),
    /** Runs that ended by a crash or by an error worth a retry; limited. */
    failures: p.integer().default(0),
    /** Runs that are over, oldest first; the newest 20. */
    attempts: p.json<StoredAttempt[]>().defaultRaw(`'[]'::jsonb`),
    stages: p.json<StoredStage[]>(),
    progress: p.json<StoredProgress>().nullable(),
    warnings: p.json<StoredWarning[]>(),
    warningCount: p.integer().default(0),
    error: p.json<StoredError>().nullable(),
    /** The backup that is made, restored or verified; fixed when the job is made. */
    backupId: p.uuid(),
    /** What was asked, without secrets. */
    request: p.json<Record<string, unknown>>(),
    /** The secret part of the request, sealed; wiped when the job ends. */
    sealedRequest: p.text().nullable(),
    result: p.json<Record<string, unknown>>().nullable(),
    /** pg-boss job that delivers this run. */
    deliveryId: p.uuid(),
    /** The master (by its data folder), or the node, that runs or last ran the job. */
    runnerId: p.text().nullable(),
    /** The node whose site it is: only that one runs it; null = a master does. */
    nodeId: p.uuid().nullable(),
    /** When a node took the present run, and the number of the last report of it that was applied. */
    takenAt: p.datetime(3).nullable(),
    reportSeq: p.integer().default(0),
    cancelRequestedAt: p.datetime(3).nullable(),
    /** Objects of an unfinished backup may lie in storage and must still be removed. */
    litter: p.boolean().default(false),
    /** Its end is recorded, and what other features do after it is still to be done. */
    followUp: p.boolean().default(false),
    /** What it made stays in its work folder until then, so that a retry goes on from there; null = nothing stays. */
    keptUntil: p.datetime(3).nullable(),
    /** Bytes in its work folder that stay until then. */
    keptBytes: p.bigint('number').nullable(),
    /** When a waiting job is tried again; null = as soon as there is room. */
    retryAt: p.datetime(3).nullable(),
    trigger: p.enum(() => JobTrigger).default(JobTrigger.Manual),
    /** The schedule and the slot that it runs for. */
    scheduleId: p.uuid().nullable(),
    slotAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    startedAt: p.datetime(3).nullable(),
    finishedAt: p.datetime(3).nullable(),
  },
});

export class Job extends JobSchema.class {
  /** Whether the job waits or runs. */
  isActive(): boolean {
    return this.status === JobStatus.Pending || this.status === JobStatus.Running;
  }
}
JobSchema.setClass(Job);
