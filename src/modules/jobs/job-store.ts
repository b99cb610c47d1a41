import { randomUUID } from 'node:crypto';
import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { type RecordKeeper, type RunFacts, SafeValues, type StoredError } from '../../engine/runner/index.js';
import { appending, EventLog, type NewEvent } from '../events/index.js';
import { addAttempt, type AttemptEnd, runningStages } from './job-attempts.js';
import { jobEvent, stageEvent } from './job-events.js';
import { JobExtensions } from './job-extensions.js';
import { JobQueue } from './job-queue.js';
import { type AttemptOutcome, Job, JobStatus } from './job.entity.js';
import { jobLost, jobNotFound } from './jobs.errors.js';
import { lockSite } from './site-lock.js';

/** How a job ends. */
export interface JobEnd {
  status: 'completed' | 'failed' | 'cancelled';
  error: AppError | null;
  result: Record<string, unknown> | null;
  /** Something is left to be taken back or removed; the sealed request is kept for that. */
  litter: boolean;
  /** How its last run ended, where that is not the same as how the job ends. */
  outcome?: AttemptOutcome;
  /** The stage that failed. */
  stage?: string | null;
  /** What the job has made stays: until when, and how much. */
  keep?: Keep | null;
}

/** What a failed job leaves for a retry. */
export interface Keep {
  until: Date;
  bytes: number;
}

/** How a run of a job that goes on later has ended. */
export interface Postponement {
  /** `null`: nothing was run. */
  outcome: AttemptOutcome | null;
  /** One sentence for the job's log. */
  why: string;
  stage?: string | null;
  error?: AppError | null;
  /** 0 = as soon as there is room. */
  delaySeconds?: number;
}

/** Which run tells, and for one that numbers what it tells: the number, and when it happened. */
interface ToldBy {
  jobId: string;
  deliveryId: string;
  seq?: number;
  at?: Date;
}

const finalEvents = { completed: 'job.completed', failed: 'job.failed', cancelled: 'job.cancelled' } as const;

/** Every change of a job's state: the row, its delivery and its events in one transaction. */
@Injectable()
export class JobStore {
  constructor(
    private readonly orm: MikroORM,
    private readonly queue: JobQueue,
    private readonly log: EventLog,
    private readonly extensions: JobExtensions,
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

  /** Keeps what this run of the job tells. Error: JOB_LOST when it no longer holds the job. */
  keeperFor({ id, siteId, deliveryId }: Pick<Job, 'id' | 'siteId' | 'deliveryId'>): RecordKeeper {
    return {
      record: async (facts, events) => {
        const all = events.map((event) => Object.assign({ jobId: id, siteId }, event));
        if (!(await this.record({ jobId: id, deliveryId }, facts, all))) throw jobLost(id);
      },
    };
  }

  /**
   * Writes what a run tells, in one statement: the given columns of its row, and events. False, and nothing is written, when
   * the run no longer holds the job, or what is numbered does not follow on the last.
   */
  async record(
    { jobId, deliveryId, seq, at = new Date() }: ToldBy,
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
    if (seq !== undefined) set('report_seq', 'int', seq);
    if (columns.length === 0) set('status', 'text', JobStatus.Running);
    const writing = appending(events, at, 'mine');
    const rows = await this.orm.em.fork().execute<{ mine: string }[]>(
      `with mine as (
          update job set ${columns.join(', ')}
            where id = ?::uuid and delivery_id = ?::uuid and status = '${JobStatus.Running}'
              ${seq === undefined ? '' : 'and report_seq = ?::int - 1'} returning id),
        ${writing.sql}
        select (select count(*) from mine) as mine, (select count(*) from told) as told`,
      [...values, jobId, deliveryId, ...(seq === undefined ? [] : [seq]), ...writing.values],
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

  /** Whether the run of this delivery still holds its job. */
  async isHeld({ id, deliveryId }: Pick<Job, 'id' | 'deliveryId'>): Promise<boolean> {
    return (await this.orm.em.fork().count(Job, { id, deliveryId, status: JobStatus.Running })) > 0;
  }

  /** Ends the job if it is still active, and still of this delivery where one is given. */
  async end(id: string, end: JobEnd, safe = new SafeValues([]), deliveryId: string | null = null): Promise<Job> {
    return this.change(id, async (job, em) => {
      if (!job.isActive() || (deliveryId !== null && job.deliveryId !== deliveryId)) return [];
      return this.endLocked(job, em, end, safe);
    });
  }

  /** The same for a row that is locked already. */
  async endLocked(job: Job, em: EntityManager, end: JobEnd, safe = new SafeValues([])): Promise<NewEvent[]> {
    const error = end.error === null ? null : storedError(end.error, safe);
    await this.addAttempt(job, em, { outcome: end.outcome ?? end.status, stage: end.stage ?? null, error });
    job.status = end.status;
    job.finishedAt = new Date();
    job.error = error;
    job.result = end.result === null ? null : safe.record(end.result);
    job.retryAt = null;
    job.keptUntil = end.keep?.until ?? null;
    job.keptBytes = end.keep?.bytes ?? null;
    job.litter = end.litter || job.keptUntil !== null;
    if (!job.litter) job.sealedRequest = null;
    job.followUp = job.attempt > 0 && (await this.extensions.wantsFollowUp(job, em));
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

  /** Puts the locked job into the queue again, to go on from its checkpoints. */
  async requeueLocked(
    job: Job,
    em: EntityManager,
    { outcome, why, delaySeconds = 0, ...end }: Postponement,
    safe = new SafeValues([]),
  ): Promise<NewEvent[]> {
    if (outcome !== null) {
      const error = end.error instanceof AppError ? storedError(end.error, safe) : null;
      await this.addAttempt(job, em, { outcome, stage: end.stage ?? null, error });
    }
    await this.queue.settle(em, job.deliveryId);
    job.deliveryId = randomUUID();
    job.status = JobStatus.Pending;
    job.retryAt = delaySeconds > 0 ? new Date(Date.now() + delaySeconds * 1000) : null;
    job.stages = job.stages.map((stage) =>
      stage.status === 'running' || stage.status === 'failed' ? { ...stage, status: 'pending' } : stage,
    );
    await this.queue.deliver(em, job, delaySeconds);
    const note = { stage: null, message: why, context: { attempt: job.attempt, delaySeconds } };
    return [{ jobId: job.id, siteId: job.siteId, type: 'job.note', data: note }];
  }

  /** Nothing of the ended job is left anywhere. */
  async cleared({ id, attempt }: Pick<Job, 'id' | 'attempt'>, em: EntityManager): Promise<void> {
    await em.nativeUpdate(
      Job,
      { id, attempt, status: { $nin: [JobStatus.Pending, JobStatus.Running] } },
      { litter: false, sealedRequest: null, keptUntil: null, keptBytes: null },
    );
  }

  /** A run is over; a job that only waits has none. */
  private async addAttempt(job: Job, em: EntityManager, end: AttemptEnd): Promise<void> {
    if (job.status !== JobStatus.Running) return;
    const startedAt = await this.log.newestOf(em, job.id, 'job.started');
    addAttempt(job, startedAt, { ...end, stage: end.stage ?? (end.error === null ? null : runningStages(job)) });
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
