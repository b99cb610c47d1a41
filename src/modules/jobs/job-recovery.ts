import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { isId } from '../../common/ids.js';
import { asAppError } from '../../common/errors/index.js';
import { withLogContext } from '../../common/logging/index.js';
import { AppConfig } from '../../config/index.js';
import { JobRunner, killLeftChildren, namesIn } from '../../engine/runner/index.js';
import { AuditLog } from '../audit/index.js';
import type { NewEvent } from '../events/index.js';
import { InstanceId } from './instance-id.js';
import { RecoveryParts } from './recovery-parts.js';
import { runningStages } from './job-attempts.js';
import { AttemptOutcome, Job, JobStatus } from './job.entity.js';
import { addLostRun } from './lost-runs.js';
import { jobInterrupted, restoreInterrupted, rollbackFailed } from './jobs.errors.js';

const cutOff = { outcome: AttemptOutcome.CutOff, result: null };
const ACTIVE = [JobStatus.Pending, JobStatus.Running];

/**
 * Puts right what a master that was killed left behind. This process holds the data folder's lock, so a job that this
 * instance was running has no live process any more.
 */
@Injectable()
export class JobRecovery {
  private readonly logger = new Logger('jobs');

  constructor(
    private readonly orm: MikroORM,
    private readonly config: AppConfig,
    private readonly instance: InstanceId,
    private readonly parts: RecoveryParts,
    private readonly audit: AuditLog,
  ) {}

  /** At start, before jobs are taken. */
  async recoverAll(): Promise<void> {
    const runnerId = await this.instance.get();
    const em = this.orm.em.fork();
    for (const job of await em.find(Job, { status: JobStatus.Running, runnerId })) await this.recover(job);
    await this.deliverForgotten();
    await this.removeOrphans();
  }

  /** The run of this delivery was cut off: the job goes on from its checkpoints, or is taken back. One that runs again is left alone. */
  async recover({ id, deliveryId }: Pick<Job, 'id' | 'deliveryId'>): Promise<void> {
    const job = await this.orm.em.fork().findOne(Job, { id, deliveryId, status: JobStatus.Running });
    if (job === null) return;
    const { resumable } = this.parts.handlers.get(job.kind);
    const folder = this.parts.contexts.folderOf(id).path;
    await killLeftChildren(folder);
    await this.parts.handlers.release(job, folder);
    if (resumable) await this.goOn(id, deliveryId);
    else if (await this.hadFinished(job)) await this.complete(job);
    else await this.rollBack(job);
    await this.audit.system('jobs.recover', { targetId: id, details: { kind: job.kind, siteId: job.siteId } });
  }

  private async goOn(id: string, deliveryId: string): Promise<void> {
    const own = await this.instance.get();
    const after = await this.parts.store.change(id, async (job, em): Promise<readonly NewEvent[]> => {
      // Another master may have been quicker.
      if (job.status !== JobStatus.Running || job.deliveryId !== deliveryId) return [];
      const isOthers = job.runnerId !== own;
      if (isOthers) addLostRun(job);
      if (job.cancelRequestedAt instanceof Date) {
        return this.parts.store.endLocked(job, em, { status: 'cancelled', error: null, result: null, litter: true });
      }
      job.failures += 1;
      if (job.failures < this.parts.timings.attempts) {
        const why = 'backupd was stopped in the middle of the job; it goes on.';
        const stage = runningStages(job);
        const told = await this.parts.store.requeueLocked(job, em, { outcome: AttemptOutcome.CutOff, why, stage });
        // That master may only have been slow and still write: the next run's objects must not lie where those do.
        if (isOthers) job.startedAt = null;
        return told;
      }
      const error = jobInterrupted(job.failures);
      const keep = await this.parts.kept.offer(this.parts.handlers.get(job.kind), job, error);
      return this.parts.store.endLocked(job, em, { ...cutOff, status: 'failed', error, litter: true, keep });
    });
    this.logger.log(`Job ${id} was cut off: ${after.status === JobStatus.Pending ? 'it goes on' : after.status}.`);
  }

  /** Whether all was done and only the end was not recorded. */
  private hadFinished(job: Job): Promise<boolean> {
    const names = job.stages.map((stage) => stage.name);
    return JobRunner.hasFinished(this.parts.contexts.folderOf(job.id), names);
  }

  private async complete(job: Job): Promise<void> {
    await this.parts.store.end(job.id, { status: 'completed', error: null, result: job.result ?? null, litter: false });
    await this.parts.contexts.folderOf(job.id).remove();
  }

  private async rollBack(job: Job): Promise<void> {
    try {
      if ((await this.parts.sweeper.takeBack(job)) === 'finished') {
        await this.complete(job);
        return;
      }
      await this.parts.store.end(job.id, { ...cutOff, status: 'failed', error: restoreInterrupted(), litter: false });
    } catch (error) {
      const failure = rollbackFailed(asAppError(error));
      this.logger.error(`Job ${job.id} was cut off and could not be taken back: ${failure.message}`);
      await this.parts.store.end(job.id, { ...cutOff, status: 'failed', error: failure, litter: true });
    }
  }

  /**
   * Active jobs that the queue has given up, so that no master will get them: those that wait are put into it again, those that ran
   * were cut off. `alive`: the ids of those that run here.
   */
  async recoverForgotten(alive: readonly string[]): Promise<void> {
    const active = await this.orm.em
      .fork()
      .find(Job, { status: { $in: ACTIVE }, nodeId: null }, { fields: ['id', 'siteId', 'status', 'deliveryId'] });
    const live = await this.parts.queue.live(active.map((job) => job.deliveryId));
    for (const { id, siteId, status, deliveryId } of active) {
      if (live.has(deliveryId) || alive.includes(id)) continue;
      const which = { id, deliveryId };
      await withLogContext({ jobId: id, siteId }, () =>
        status === JobStatus.Running ? this.recover(which) : this.deliver(which),
      );
    }
  }

  /** Waiting jobs that the queue does not have, or has handed out to a master that never began them. */
  private async deliverForgotten(): Promise<void> {
    const waiting = await this.orm.em.fork().find(Job, { status: JobStatus.Pending, nodeId: null });
    const queued = await this.parts.queue.waiting(waiting.map((job) => job.deliveryId));
    for (const job of waiting) if (!queued.has(job.deliveryId)) await this.deliver(job);
  }

  private async deliver({ id, deliveryId }: Pick<Job, 'id' | 'deliveryId'>): Promise<void> {
    await this.parts.store.change(id, (job, em): Promise<NewEvent[]> | NewEvent[] => {
      if (job.status !== JobStatus.Pending || job.deliveryId !== deliveryId) return [];
      return this.parts.store.requeueLocked(job, em, { outcome: null, why: 'Put into the queue again.' });
    });
  }

  /** Work folders whose job is over and clean, or unknown. */
  private async removeOrphans(): Promise<void> {
    const names = await namesIn(this.config.paths.work);
    const ids = names.filter((name) => isId(name));
    const needed = await this.orm.em
      .fork()
      .find(Job, { id: { $in: ids }, $or: [{ status: { $in: ACTIVE } }, { litter: true }] }, { fields: ['id'] });
    const keep = new Set(needed.map((job) => job.id));
    for (const id of ids) {
      const folder = this.parts.contexts.folderOf(id);
      await killLeftChildren(folder.path);
      if (!keep.has(id) && (await this.parts.sweeper.clearLost(id))) await folder.remove();
    }
  }
}
