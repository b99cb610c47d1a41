import { randomUUID } from 'node:crypto';
import {
  type EntityManager,
  type FilterQuery,
  MikroORM,
  UniqueConstraintViolationException,
} from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { pendingStage } from '../../engine/runner/index.js';
import { SecretBox } from '../secrets/index.js';
import { InstanceId } from './instance-id.js';
import { JobHandlers } from './job-handler.js';
import { CANCEL_CHANNEL } from './job-lifecycle.js';
import { NODE_WORK_CHANNEL } from './job-queue.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { Job, JobKind, JobStatus, JobTrigger } from './job.entity.js';
import { jobActive, jobNotActive, jobNotFound } from './jobs.errors.js';

/** A job to be made. */
export interface NewJob {
  kind: JobKind;
  /** `nodeId`: only that node runs the job; a master does when it is null or absent. */
  site: { id: string; name: string; module: string; nodeId?: string | null | undefined };
  stages: readonly string[];
  /** The backup that is restored or verified; a new id for one that is made. */
  backupId: string;
  request?: Record<string, unknown>;
  /** Part of the request that is sealed and wiped at the end. */
  secrets?: Record<string, unknown>;
  /** Higher goes first. */
  priority?: number;
  /** `manual` when absent. */
  trigger?: JobTrigger;
  /** The schedule and the slot that it runs for. */
  slot?: { scheduleId: string; slotAt: Date };
}

/** Who starts a job, and in which transaction; a person and one of its own when absent. */
export interface StartedBy extends Pick<NewJob, 'trigger' | 'slot'> {
  /** The caller's transaction; an error undoes only what was begun in here. */
  within?: EntityManager;
}

export interface JobFilter {
  siteId?: string | undefined;
  status?: readonly JobStatus[] | undefined;
  kind?: JobKind | undefined;
  /** Only of these sites; null or absent = of all. */
  within?: ReadonlySet<string> | null | undefined;
}

const ONE_ACTIVE = 'job_one_active_per_site';

/** Jobs as other features see them. */
@Injectable()
export class JobsService {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly sweeper: JobSweeper,
    private readonly handlers: JobHandlers,
    private readonly box: SecretBox,
    private readonly instance: InstanceId,
  ) {}

  /**
   * Makes and enqueues a job, in one transaction: the caller's (where a failure undoes only this part), else one of its own.
   * Error: JOB_ACTIVE when the site has one that waits or runs.
   */
  async create(input: NewJob, within: EntityManager = this.orm.em.fork()): Promise<Job> {
    const job = Object.assign(new Job(), {
      id: newId(),
      siteId: input.site.id,
      siteName: input.site.name,
      module: input.site.module,
      kind: input.kind,
      status: JobStatus.Pending,
      priority: input.priority ?? 0,
      attempt: 0,
      failures: 0,
      attempts: [],
      stages: input.stages.map((stage) => pendingStage(stage)),
      progress: null,
      warnings: [],
      warningCount: 0,
      error: null,
      backupId: input.backupId,
      request: input.request ?? {},
      sealedRequest: input.secrets === undefined ? null : this.box.seal(JSON.stringify(input.secrets)),
      result: null,
      deliveryId: randomUUID(),
      runnerId: null,
      nodeId: input.site.nodeId ?? null,
      takenAt: null,
      reportSeq: 0,
      cancelRequestedAt: null,
      litter: false,
      followUp: false,
      keptUntil: null,
      keptBytes: null,
      retryAt: null,
      trigger: input.trigger ?? JobTrigger.Manual,
      scheduleId: input.slot?.scheduleId ?? null,
      slotAt: input.slot?.slotAt ?? null,
      createdAt: new Date(),
      startedAt: null,
      finishedAt: null,
    });
    try {
      await within.transactional(async (em) => {
        if (!(await this.store.insert(job, em))) throw jobActive(job.siteId, null);
      });
      return job;
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException && error.message.includes(ONE_ACTIVE)) {
        throw jobActive(job.siteId, await this.activeJob(job.siteId));
      }
      throw error;
    }
  }

  /** Error: JOB_NOT_FOUND. */
  async get(id: string): Promise<Job> {
    const job = await this.orm.em.fork().findOne(Job, { id });
    if (job === null) throw jobNotFound(id);
    return job;
  }

  /** The site that the job is about; null when there is no such job. */
  async siteOf(id: string): Promise<string | null> {
    const job = await this.orm.em.fork().findOne(Job, { id }, { fields: ['siteId'] });
    return job?.siteId ?? null;
  }

  /** Newest first. */
  async list(filter: JobFilter, { limit, offset }: PageQueryDto): Promise<Page<Job>> {
    const where: FilterQuery<Job> = {
      ...(filter.siteId === undefined ? {} : { siteId: filter.siteId }),
      ...(filter.status === undefined ? {} : { status: { $in: [...filter.status] } }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...((filter.within ?? null) === null ? {} : { $and: [{ siteId: { $in: [...(filter.within ?? [])] } }] }),
    };
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(Job, where, { limit, offset, orderBy: { createdAt: 'desc', id: 'desc' } });
    return { items, total, limit, offset };
  }

  /** The site's job that waits or runs; within the caller's transaction where one is given. */
  async activeJob(siteId: string, em: EntityManager = this.orm.em.fork()): Promise<Job | null> {
    return em.findOne(Job, { siteId, status: { $in: [JobStatus.Pending, JobStatus.Running] } });
  }

  /** The site's failed backup that keeps what it had made, so that a retry goes on from there; it needs its parent's bundles. */
  async keptBackup(siteId: string): Promise<Job | null> {
    return this.orm.em.fork().findOne(Job, { siteId, kind: JobKind.Backup, keptUntil: { $ne: null } });
  }

  /** The site's newest job (of a kind). */
  async latestJob(siteId: string, kind?: JobKind): Promise<Job | null> {
    const where = { siteId, ...(kind === undefined ? {} : { kind }) };
    return this.orm.em.fork().findOne(Job, where, { orderBy: { createdAt: 'desc', id: 'desc' } });
  }

  /**
   * Ends a waiting job at once; a running one is told to stop and ends within seconds. Again on such a job: the same.
   * Errors: JOB_NOT_FOUND, JOB_NOT_ACTIVE.
   */
  async cancel(id: string): Promise<Job> {
    let ended = false;
    const job = await this.store.change(id, async (row, em) => {
      ended = false;
      if (row.status === JobStatus.Cancelled) return [];
      if (!row.isActive()) throw jobNotActive(row);
      row.cancelRequestedAt ??= new Date();
      if (row.status === JobStatus.Running) {
        const [channel, whom] = row.nodeId ? [NODE_WORK_CHANNEL, row.nodeId] : [CANCEL_CHANNEL, row.id];
        await em.execute('select pg_notify(?, ?)', [channel, whom]);
        return [];
      }
      ended = true;
      const litter = this.handlers.mayHaveLeft(row);
      return this.store.endLocked(row, em, { status: 'cancelled', error: null, result: null, litter });
    });
    if (ended && job.litter) await this.sweeper.sweep(job);
    return job;
  }

  /** Marks the job as seen and done with (`/daemon/backup/reset`). */
  async acknowledge(id: string): Promise<void> {
    await this.store.change(id, (row) => {
      row.request = { ...row.request, acknowledged: true };
      return [];
    });
  }

  /** Whether another master has a job that runs, as far as is known. */
  async doOthersRun(): Promise<boolean> {
    const where = { status: JobStatus.Running, runnerId: { $ne: await this.instance.get() } };
    return (await this.orm.em.fork().count(Job, where)) > 0;
  }

  /** Whether the job waits or runs; false for one that is gone. */
  async isActive(id: string): Promise<boolean> {
    const job = await this.orm.em.fork().findOne(Job, { id }, { fields: ['status'] });
    return job !== null && (job.status === JobStatus.Pending || job.status === JobStatus.Running);
  }
}
