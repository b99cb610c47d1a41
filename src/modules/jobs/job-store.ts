import { randomUUID } from 'node:crypto';
import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import { appending, EventLog, type NewEvent } from '../events/index.js';
import { jobEvent, stageEvent } from './job-events.js';
import { JobQueue } from './job-queue.js';
import {
  Job,
  JobStatus,
  type StoredError,
  type StoredProgress,
  type StoredStage,
  type StoredWarning,
} from './job.entity.js';
import { jobNotFound } from './jobs.errors.js';
import { SafeValues } from './safe-value.js';
import { lockSite } from './site-lock.js';

/** How a job ends. */
export interface JobEnd {
  status: 'completed' | 'failed' | 'cancelled';
  error: AppError | null;
  result: Record<string, unknown> | null;
  /** Something is left to be taken back or removed; the sealed request is kept for that. */
  litter: boolean;
}

/** What a run changes of its row; what is left out stays. */
export interface RunFacts {
  stages?: readonly StoredStage[];
  warnings?: readonly StoredWarning[];
  warningCount?: number;
  progress?: StoredProgress | null;
}

const finalEvents = { completed: 'job.completed', failed: 'job.failed', cancelled: 'job.cancelled' } as const;

/** Every change of a job's state: the row, its delivery and its events in one transaction. */
@Injectable()
export class JobStore {
  constructor(
    private readonly orm: MikroORM,
    private readonly queue: JobQueue,
    private readonly log: EventLog,
  ) {}

  /** Changes the locked row; what `change` returns is logged. Error: JOB_NOT_FOUND. */
  async change(
    id: string,
    change: (job: Job, em: EntityManager) => Promise<readonly NewEvent[]> | readonly NewEvent[],
  ): Promise<Job> {
    return this.orm.em.fork().transactional(async (em) => {
      const job = await em.findOne(Job, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (job === null) throw jobNotFound(id);
      const events = await change(job, em);
      await em.flush();
      await this.log.append(em, events, new Date());
      return job;
    });
  }

  /**
   * Writes what a run tells, in one statement: the given columns of its row, and events. False, and nothing is written, when
   * the run no longer holds the job.
   */
  async record(
    { jobId, deliveryId }: { jobId: string; deliveryId: string },
    told: RunFacts,
    events: readonly NewEvent[],
  ): Promise<boolean> {
    const columns: string[] = [];
    const values: unknown[] = [];
    const set = (column: string, type: string, value: unknown): void => {
      columns.push(`${column} = ?::${type}`);
      values.push(value);
    };
    if (told.stages !== undefined) set('stages', 'jsonb', JSON.stringify(told.stages));
    if (told.warnings !== undefined) set('warnings', 'jsonb', JSON.stringify(told.warnings));
    if (told.progress !== undefined) set('progress', 'jsonb', told.progress && JSON.stringify(told.progress));
    if (told.warningCount !== undefined) set('warning_count', 'int', told.warningCount);
    if (columns.length === 0) set('status', 'text', JobStatus.Running);
    const writing = appending(events, new Date(), 'mine');
    const rows = await this.orm.em.fork().execute<{ mine: string }[]>(
      `with mine as (
          update job set ${columns.join(', ')}
            where id = ?::uuid and delivery_id = ?::uuid and status = '${JobStatus.Running}' returning id),
        ${writing.sql}
        select (select count(*) from mine) as mine, (select count(*) from told) as told`,
      [...values, jobId, deliveryId, ...writing.values],
    );
    return Number(rows[0]?.mine) === 1;
  }

  /** Enters a new job, its delivery and its first event; the caller has filled the row. False when one is active. */
  async insert(job: Job, em: EntityManager): Promise<boolean> {
    await lockSite(em, job.siteId, 'shared');
    em.persist(job);
    await em.flush();
    if (!(await this.queue.deliver(em, job))) return false;
    await this.log.append(em, [jobEvent(job, 'job.created')], new Date());
    return true;
  }

  /** Ends the job if it is still active. */
  async end(id: string, end: JobEnd, safe = new SafeValues([])): Promise<Job> {
    return this.change(id, async (job, em) => {
      if (!job.isActive()) return [];
      return this.endLocked(job, em, end, safe);
    });
  }

  /** The same for a row that is locked already. */
  async endLocked(job: Job, em: EntityManager, end: JobEnd, safe = new SafeValues([])): Promise<NewEvent[]> {
    job.status = end.status;
    job.finishedAt = new Date();
    job.error = end.error === null ? null : storedError(end.error, safe);
    job.result = end.result === null ? null : safe.record(end.result);
    job.litter = end.litter;
    if (!end.litter) job.sealedRequest = null;
    const stages: NewEvent[] = [];
    job.stages = job.stages.map((stage) => {
      if (stage.status === 'pending') return { ...stage, status: 'skipped', message: stage.message ?? 'Not reached.' };
      if (stage.status !== 'running') return stage;
      if (end.status === 'completed') return { ...stage, status: 'completed', message: stage.message ?? 'Done.' };
      stages.push(stageEvent(job, 'stage.failed', stage.name, { message: job.error?.message ?? null }));
      return { ...stage, status: 'failed', message: job.error?.message ?? 'Ended.' };
    });
    await this.queue.settle(em, job.deliveryId);
    return [...stages, jobEvent(job, finalEvents[end.status])];
  }

  /** Puts the locked, active job back into the queue, to go on from its checkpoints. */
  async requeueLocked(job: Job, em: EntityManager, why: string, delaySeconds = 0): Promise<NewEvent[]> {
    await this.queue.settle(em, job.deliveryId);
    job.deliveryId = randomUUID();
    job.status = JobStatus.Pending;
    job.stages = job.stages.map((stage) =>
      stage.status === 'running' || stage.status === 'failed' ? { ...stage, status: 'pending' } : stage,
    );
    await this.queue.deliver(em, job, delaySeconds);
    const note = { stage: null, message: why, context: { attempt: job.attempt, delaySeconds } };
    return [{ jobId: job.id, siteId: job.siteId, type: 'job.note', data: note }];
  }

  /** Nothing of the ended job is left anywhere. */
  async cleared(id: string): Promise<void> {
    await this.orm.em
      .fork()
      .nativeUpdate(
        Job,
        { id, status: { $nin: [JobStatus.Pending, JobStatus.Running] } },
        { litter: false, sealedRequest: null },
      );
  }
}

function storedError(error: AppError, safe: SafeValues): StoredError {
  return {
    code: error.code,
    message: safe.text(error.message),
    hint: error.hint === undefined ? null : safe.text(error.hint),
    context: safe.record(error.context),
  };
}
