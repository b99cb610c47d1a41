import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { type AppError, asAppError } from '../../common/errors/index.js';
import type { NewEvent } from '../events/index.js';
import type { JobOrder } from '../node-protocol/index.js';
import { runningStages } from './job-attempts.js';
import { JobEnding, type JobRun } from './job-ending.js';
import { jobEvent } from './job-events.js';
import { JobFollowUps } from './job-follow-ups.js';
import { AttemptOutcome, Job, JobStatus } from './job.entity.js';
import { jobInterrupted, jobLost, restoreForgotten } from './jobs.errors.js';
import { givenUp } from './lost-runs.js';
import { NodeOrders } from './node-orders.js';
import { RecoveryParts } from './recovery-parts.js';

/** Why a run is taken from its node. */
export interface RunLoss {
  /** One sentence for the job's log. */
  why: string;
  /** Whether it counts: after a few of them the job has failed. */
  isFailure: boolean;
}

/** The runs that nodes take. A job of a node is in no queue: its row is, and only that node's poll takes it. */
@Injectable()
export class NodeRuns {
  private readonly logger = new Logger('jobs');

  constructor(
    private readonly orm: MikroORM,
    private readonly parts: RecoveryParts,
    private readonly orders: NodeOrders,
    private readonly ending: JobEnding,
    private readonly followUps: JobFollowUps,
  ) {}

  /** The job of this run, which this node holds. Error: JOB_LOST for any other, also for one that there never was. */
  async held(nodeId: string, runId: string): Promise<Job> {
    const job = await this.orm.em.fork().findOne(Job, heldBy(nodeId, { deliveryId: runId }));
    if (job === null) throw jobLost(runId);
    return job;
  }

  /** The backup of the job does not go to a storage that a run has begun to use: once it has ended, what lies there is removed. */
  async noteGivenUp({ id }: Pick<Job, 'id'>): Promise<void> {
    const sql = 'update job set request = request || ?::jsonb where id = ?::uuid';
    await this.orm.em.fork().execute(sql, [JSON.stringify(givenUp), id]);
  }

  /** All that the node runs, as the rows say. */
  async allHeld(nodeId: string): Promise<Job[]> {
    return this.orm.em.fork().find(Job, heldBy(nodeId));
  }

  /** Takes the node's next job; null when none waits. One that can't be begun ends here, and the next is taken. */
  async claim(nodeId: string): Promise<JobOrder | null> {
    for (;;) {
      const id = await this.next(nodeId);
      if (id === null) return null;
      const job = await this.take(id, nodeId);
      if (job === null) continue;
      try {
        const order = await this.orders.of(job);
        const { handlers, sweeper } = this.parts;
        if (handlers.get(job.kind).keepsWork === true) await sweeper.release(job.siteId, job.id);
        return order;
      } catch (error) {
        await this.giveUp(job, asAppError(error));
      }
    }
  }

  /** Whether a person wants one of its runs stopped. */
  async isAnyCancelled(nodeId: string): Promise<boolean> {
    return (await this.orm.em.fork().count(Job, { ...heldBy(nodeId), cancelRequestedAt: { $ne: null } })) > 0;
  }

  /** Nodes that have a job to take now. */
  async waitingNodes(): Promise<string[]> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string }[]>(`select distinct node_id as id from job where ${WAITS} and node_id is not null`);
    return rows.map(({ id }) => id);
  }

  /**
   * The node does not run the job any more: it goes on from its checkpoints there, with a new run. A restore that has begun can't: it
   * ends, and what it left is the node's to take back. One that goes on or has ended by now is left alone.
   */
  async giveBack({ id, deliveryId }: Pick<Job, 'id' | 'deliveryId'>, { why, isFailure }: RunLoss): Promise<void> {
    const after = await this.parts.store.change(id, async (job, em): Promise<readonly NewEvent[]> => {
      if (job.status !== JobStatus.Running || job.deliveryId !== deliveryId) return [];
      const end = { outcome: AttemptOutcome.CutOff, result: null, stage: runningStages(job) };
      const { resumable } = this.parts.handlers.get(job.kind);
      if (job.cancelRequestedAt instanceof Date && (resumable || job.reportSeq === 0))
        return this.parts.store.endLocked(job, em, { ...end, status: 'cancelled', error: null, litter: resumable });
      if (!resumable && job.reportSeq > 0)
        return this.parts.store.endLocked(job, em, {
          ...end,
          status: 'failed',
          error: restoreForgotten(),
          litter: true,
        });
      if (isFailure) job.failures += 1;
      if (job.failures < this.parts.timings.attempts)
        return this.parts.store.requeueLocked(job, em, { outcome: AttemptOutcome.CutOff, why, stage: end.stage });
      const error = jobInterrupted(job.failures);
      return this.parts.store.endLocked(job, em, { ...end, status: 'failed', error, litter: resumable });
    });
    this.logger.log(`Job ${id} was given back by its node (${after.status}): ${why}`);
    if (!after.isActive()) this.followUps.begin(id);
  }

  /**
   * All jobs of the node that wait or run fail with the reason: it will not come back. What they left in storages is removed by the masters;
   * what a restore had changed on the host can't be taken back from here. Idempotent; how many there were.
   */
  async failAll(nodeId: string, reason: AppError): Promise<number> {
    const where = { nodeId, status: { $in: [JobStatus.Pending, JobStatus.Running] } };
    const active = await this.orm.em.fork().find(Job, where, { fields: ['id', 'kind', 'attempt'] });
    for (const job of active) {
      const litter = this.parts.handlers.mayHaveLeft(job);
      await this.parts.store.end(job.id, { status: 'failed', error: reason, result: null, litter });
      this.followUps.begin(job.id);
    }
    return active.length;
  }

  /** A run of a node as those of this process are; nothing of it is here. */
  runOf(job: Job): JobRun {
    return {
      job,
      handler: this.parts.handlers.get(job.kind),
      signal: new AbortController().signal,
      free: new AbortController(),
      recorder: null,
      keep: null,
      deaf: 'no',
    };
  }

  private async next(nodeId: string): Promise<string | null> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string }[]>(
        `select id from job where node_id = ? and ${WAITS} order by priority desc, created_at, id limit 1`,
        [nodeId],
      );
    return rows[0]?.id ?? null;
  }

  /** Null when another poll was quicker, or it was to be cancelled. */
  private async take(id: string, nodeId: string): Promise<Job | null> {
    let isMine = false;
    const job = await this.parts.store.change(id, async (row, em: EntityManager) => {
      isMine = false;
      if (row.status !== JobStatus.Pending || row.nodeId !== nodeId) return [];
      if (row.cancelRequestedAt instanceof Date) {
        const litter = this.parts.handlers.mayHaveLeft(row);
        return this.parts.store.endLocked(row, em, { status: 'cancelled', error: null, result: null, litter });
      }
      isMine = true;
      Object.assign(row, {
        status: JobStatus.Running,
        attempt: row.attempt + 1,
        startedAt: row.startedAt ?? new Date(),
        takenAt: new Date(),
        reportSeq: 0,
        runnerId: nodeId,
        retryAt: null,
        litter: true,
      });
      return [jobEvent(row, 'job.started')];
    });
    return isMine ? job : null;
  }

  private async giveUp(job: Job, error: AppError): Promise<void> {
    const run = this.runOf(job);
    const end = this.ending.mayRetry(run, error)
      ? ({ outcome: 'postponed', stage: '', error } as const)
      : ({ outcome: 'failed', stage: '', error, kept: false } as const);
    this.logger.warn(`Job ${job.id} (${job.kind} of ${job.siteName}) could not be given to its node: ${error.message}`);
    await this.ending.finish(run, null, end);
    if (end.outcome === 'failed') this.followUps.begin(job.id);
  }
}

const WAITS = `status = '${JobStatus.Pending}' and (retry_at is null or retry_at <= now())`;

function heldBy(nodeId: string, which: { deliveryId?: string } = {}): Record<string, unknown> {
  return { ...which, nodeId, runnerId: nodeId, status: JobStatus.Running };
}
