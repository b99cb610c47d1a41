import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import type { RollBackEnd } from '../../engine/ports/index.js';
import { killLeftChildren } from '../../engine/runner/index.js';
import { JobHandlers } from './job-handler.js';
import { JobStore } from './job-store.js';
import { Job, JobStatus } from './job.entity.js';
import { RunContexts } from './run-context.js';

/** Removes what ended jobs left, and tries again later where that was not possible. */
@Injectable()
export class JobSweeper {
  private readonly logger = new Logger('jobs');
  private sweeping: Promise<void> | null = null;

  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly handlers: JobHandlers,
    private readonly contexts: RunContexts,
  ) {}

  /** Takes back and removes all that the job left; throws when that is not possible now. Idempotent. */
  async takeBack(job: Job): Promise<RollBackEnd> {
    const folder = this.contexts.folderOf(job.id);
    await killLeftChildren(folder.path);
    await folder.open();
    const context = this.contexts.contextOf(job, new AbortController().signal);
    const end = await this.handlers.get(job.kind).sweep?.(job, context, this.contexts.secretsOf(job));
    await folder.remove();
    return end ?? 'taken-back';
  }

  /** The same for an ended job, which then counts as clean. False when it must be tried again. */
  async sweep(job: Job): Promise<boolean> {
    try {
      await this.takeBack(job);
      await this.store.cleared(job.id);
      return true;
    } catch (error) {
      this.logger.warn(`What job ${job.id} left could not be removed yet: ${String(error)}`);
      return false;
    }
  }

  /** What a run here wrote for a job that another master has taken over since. False when that is not possible now. */
  async letGo(id: string): Promise<boolean> {
    const job = await this.orm.em.fork().findOne(Job, { id });
    if (job?.request['takenOver'] !== true) return true;
    try {
      await this.handlers.get(job.kind).lost?.(job);
      return true;
    } catch (error) {
      this.logger.warn(`What a lost run of job ${id} wrote could not be removed yet: ${String(error)}`);
      return false;
    }
  }

  /** All ended jobs that left something. Runs once at a time. */
  sweepAll(): Promise<void> {
    this.sweeping ??= this.sweepEach().finally(() => {
      this.sweeping = null;
    });
    return this.sweeping;
  }

  private async sweepEach(): Promise<void> {
    const ended = await this.orm.em
      .fork()
      .find(
        Job,
        { litter: true, status: { $nin: [JobStatus.Pending, JobStatus.Running] } },
        { orderBy: { createdAt: 'asc' }, limit: 1000 },
      );
    for (const job of ended) await this.sweep(job);
  }
}
