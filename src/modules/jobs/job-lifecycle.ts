import { MikroORM } from '@mikro-orm/postgresql';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { PgListener } from '../events/index.js';
import { ResourceService } from '../resources/index.js';
import { JobFollowUps } from './job-follow-ups.js';
import { JobRecovery } from './job-recovery.js';
import { RecoveryParts } from './recovery-parts.js';
import { JobWorker } from './job-worker.js';
import { Job, JobStatus } from './job.entity.js';

/** PostgreSQL channel on which the id of a running job that must stop is announced. */
export const CANCEL_CHANNEL = 'backupd_job_cancel';

/** Starts and stops the running of jobs with the application. */
@Injectable()
export class JobLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private sweepTimer: NodeJS.Timeout | null = null;
  private started = false;

  constructor(
    private readonly orm: MikroORM,
    private readonly listener: PgListener,
    private readonly resources: ResourceService,
    private readonly worker: JobWorker,
    private readonly recovery: JobRecovery,
    private readonly parts: RecoveryParts,
    private readonly followUps: JobFollowUps,
  ) {}

  /** Handlers of all kinds are registered by now (they are at module init). */
  async onApplicationBootstrap(): Promise<void> {
    this.started = true;
    await this.listener.listen(CANCEL_CHANNEL, (jobId) => {
      if (jobId === '') void this.cancelMissed();
      else this.worker.cancel(jobId);
    });
    await this.recovery.recoverAll();
    for (const handler of this.parts.handlers.all()) await handler.atStart?.();
    await this.parts.queue.work(this.resources.capacity('io'), (deliveryId, jobId) =>
      this.worker.take(deliveryId, jobId),
    );
    void this.sweep();
    this.sweepTimer = setInterval(() => void this.sweep(), this.parts.timings.sweepEveryMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.sweepTimer !== null) clearInterval(this.sweepTimer);
    if (!this.started) return;
    await this.parts.queue.pause();
    await this.worker.stopAll();
    await this.followUps.stopAll();
    await this.parts.sweeper.settled();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.parts.queue.stop();
  }

  private async sweep(): Promise<void> {
    try {
      await this.recovery.recoverForgotten(this.worker.running());
      await this.parts.sweeper.sweepAll();
      await this.followUps.runDue();
    } catch (error) {
      this.logger.warn(`What jobs have left could not be put right: ${String(error)}`);
    }
  }

  /** Notifications may have been missed: look for requests to cancel what runs here. */
  private async cancelMissed(): Promise<void> {
    const ids = this.worker.running();
    if (ids.length === 0) return;
    try {
      const where = { id: { $in: ids }, status: JobStatus.Running, cancelRequestedAt: { $ne: null } };
      for (const job of await this.orm.em.fork().find(Job, where, { fields: ['id'] })) this.worker.cancel(job.id);
    } catch (error) {
      this.logger.warn(`Requests to cancel could not be read: ${String(error)}`);
    }
  }
}
