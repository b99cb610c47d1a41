import { type FilterQuery, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { withLogContext } from '../../common/logging/index.js';
import { tryLock } from '../../database/index.js';
import { databaseUrlOf } from '../events/index.js';
import { InstanceId } from './instance-id.js';
import { JobExtensions } from './job-extensions.js';
import { Job, JobStatus } from './job.entity.js';

const ENDED = [JobStatus.Completed, JobStatus.Failed, JobStatus.Cancelled];
const PAGE = 500;
/** Longer than all hooks of an end take: a master that lives has done it by then. */
const OTHERS_AFTER_MS = 3_600_000;

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

  /** For all that ended here and were not followed up, one after the other; then for those of masters that are gone. */
  async runDue(): Promise<void> {
    const runnerId = await this.instance.get();
    for (const id of await this.due({ runnerId })) await this.run(id);
    const gone = {
      finishedAt: { $lt: new Date(Date.now() - OTHERS_AFTER_MS) },
      $or: [{ runnerId: null }, { runnerId: { $ne: runnerId } }],
    };
    if ((await this.due(gone)).length === 0) return;
    // Several masters may see that one is gone.
    const lock = await tryLock(databaseUrlOf(this.orm), 'backupd:follow-ups');
    if (lock === null) return;
    try {
      for (const id of await this.due(gone)) await this.run(id);
    } finally {
      await lock.release();
    }
  }

  private async due(which: FilterQuery<Job>): Promise<string[]> {
    const where: FilterQuery<Job> = { $and: [{ followUp: true, status: { $in: ENDED } }, which] };
    const options = { fields: ['id'], limit: PAGE, orderBy: { finishedAt: 'asc' } } as const;
    return (await this.orm.em.fork().find(Job, where, options)).map(({ id }) => id);
  }

  /** What runs is stopped and begins anew at the next start. */
  async stopAll(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running.values());
  }

  private async run(jobId: string): Promise<void> {
    if (this.stop.signal.aborted) return;
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
