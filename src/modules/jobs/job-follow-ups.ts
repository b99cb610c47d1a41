import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { withLogContext } from '../../common/logging/index.js';
import { InstanceId } from './instance-id.js';
import { JobExtensions } from './job-extensions.js';
import { Job, JobStatus } from './job.entity.js';

const ENDED = [JobStatus.Completed, JobStatus.Failed, JobStatus.Cancelled];
const PAGE = 500;

/** Has done what other features want to do once a job's end is recorded. Each is tried until it worked. */
@Injectable()
export class JobFollowUps {
  private readonly logger = new Logger('jobs');
  private readonly stop = new AbortController();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly orm: MikroORM,
    private readonly instance: InstanceId,
    private readonly extensions: JobExtensions,
  ) {}

  /** For one job that has just ended here; returns at once. */
  begin(jobId: string): void {
    void this.run(jobId);
  }

  /** For all that ended here and were not followed up, one after the other. */
  async runDue(): Promise<void> {
    const where = { followUp: true, status: { $in: ENDED }, runnerId: await this.instance.get() };
    const due = await this.orm.em
      .fork()
      .find(Job, where, { fields: ['id'], limit: PAGE, orderBy: { finishedAt: 'asc' } });
    for (const { id } of due) if (!this.stop.signal.aborted) await this.run(id);
  }

  /** What runs is stopped and begins anew at the next start. */
  async stopAll(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running.values());
  }

  private run(jobId: string): Promise<void> {
    const known = this.running.get(jobId);
    if (known !== undefined) return known;
    const run = this.tryIt(jobId).finally(() => this.running.delete(jobId));
    this.running.set(jobId, run);
    return run;
  }

  private async tryIt(jobId: string): Promise<void> {
    try {
      const job = await this.orm.em.fork().findOne(Job, { id: jobId, followUp: true, status: { $in: ENDED } });
      if (job === null || this.stop.signal.aborted) return;
      await withLogContext({ jobId, siteId: job.siteId }, () => this.extensions.followUp(job, this.stop.signal));
      if (this.stop.signal.aborted) return;
      // One that was begun anew meanwhile ends once more.
      const { finishedAt = null } = job;
      await this.orm.em.fork().nativeUpdate(Job, { id: jobId, finishedAt }, { followUp: false });
    } catch (error) {
      if (!this.stop.signal.aborted)
        this.logger.warn(`What follows job ${jobId} could not be done yet: ${String(error)}`);
    }
  }
}
