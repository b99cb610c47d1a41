import { type EntityManager, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { NewEvent } from '../events/index.js';
import { JobHandlers } from './job-handler.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { Job, JobKind, JobStatus } from './job.entity.js';
import { jobActive, jobNotFound, jobNotRetryable } from './jobs.errors.js';
import { lockSite } from './site-lock.js';

/** Failed and cancelled jobs that a person has run again. */
@Injectable()
export class JobRetries {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly sweeper: JobSweeper,
    private readonly handlers: JobHandlers,
  ) {}

  /**
   * Puts the ended job into the queue again, as a new attempt of the same job: it goes on from what it keeps, else from the start.
   * Errors: JOB_NOT_FOUND, JOB_NOT_RETRYABLE, JOB_ACTIVE when the site has another one that waits or runs.
   */
  async retry(id: string): Promise<Job> {
    await this.clean(id);
    try {
      return await this.store.change(id, async (job, em) => this.again(job, em));
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      throw await this.otherActive(id);
    }
  }

  /** What it has left and does not keep goes first: a run must not find half of it. */
  private async clean(id: string): Promise<void> {
    const em = this.orm.em.fork();
    const job = await em.findOne(Job, { id });
    if (job === null) throw jobNotFound(id);
    this.requireRetryable(job);
    await this.requireSameHost(job, em);
    const active = await em.findOne(Job, {
      siteId: job.siteId,
      status: { $in: [JobStatus.Pending, JobStatus.Running] },
    });
    if (active !== null) throw jobActive(job.siteId, active);
    if (job.litter && !(job.keptUntil instanceof Date) && !(await this.sweeper.sweep(job))) {
      const hint =
        job.error?.code === 'STAGE_NOT_STOPPED'
          ? 'Its stage still runs: look at the disk or mount of the site, or start a new backup.'
          : 'Look at its storages, then try again.';
      throw jobNotRetryable(job, 'what it has left can not be removed yet', hint);
    }
  }

  private async again(job: Job, em: EntityManager): Promise<NewEvent[]> {
    await lockSite(em, job.siteId, 'shared');
    this.requireRetryable(job);
    const goesOn = job.keptUntil instanceof Date;
    if (job.litter && !goesOn)
      throw jobNotRetryable(job, 'what it has left is being removed', 'Try again in a minute.');
    Object.assign(job, {
      failures: 0,
      error: null,
      result: null,
      progress: null,
      finishedAt: null,
      cancelRequestedAt: null,
      keptUntil: null,
      keptBytes: null,
    });
    if (!goesOn) {
      // Begun anew, it is a backup of the time at which it begins.
      job.startedAt = null;
      job.warnings = [];
      job.warningCount = 0;
    }
    job.stages = job.stages.map((stage) =>
      goesOn && stage.status === 'completed'
        ? stage
        : { ...stage, status: 'pending', message: null, details: {}, durationSeconds: null, warnings: 0 },
    );
    const why = goesOn
      ? 'Tried again by hand: it goes on from what it had made.'
      : 'Tried again by hand, from the start.';
    return this.store.requeueLocked(job, em, { outcome: null, why });
  }

  private requireRetryable(job: Job): void {
    if (job.isActive())
      throw jobNotRetryable(job, `it is ${job.status}`, `Follow it: \`backupd jobs follow ${job.id}\`.`);
    if (job.status === JobStatus.Completed) throw jobNotRetryable(job, 'it has completed', 'Start a new one.');
    const refusal = this.handlers.get(job.kind).refusesRetry?.(job) ?? null;
    if (refusal !== null) throw refusal;
  }

  /** A backup that has begun on one host can't go on at another. A restore may be meant for another host than the site's. */
  private async requireSameHost(job: Job, em: EntityManager): Promise<void> {
    if (job.kind !== JobKind.Backup) return;
    const [site] = await em.execute<{ node_id: string | null }[]>('select node_id from site where id = ?', [
      job.siteId,
    ]);
    if (site !== undefined && site.node_id !== (job.nodeId ?? null))
      throw jobNotRetryable(job, 'its site has moved to another host since', 'Start a new one.');
  }

  private async otherActive(id: string): Promise<Error> {
    const em = this.orm.em.fork();
    const { siteId } = await em.findOneOrFail(Job, { id });
    const active = await em.findOne(Job, { siteId, status: { $in: [JobStatus.Pending, JobStatus.Running] } });
    return jobActive(siteId, active);
  }
}
