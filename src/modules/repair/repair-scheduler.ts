import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { type Job, JobKind, JobsService, JobStatus } from '../jobs/index.js';
import { RepairNeeds } from './repair-needs.js';
import { RepairService } from './repair.service.js';

const HOUR_MS = 3_600_000;
/** A wait doubles with each repair in a row that did not make all whole, up to a day. */
const MAX_WAIT_MS = 24 * HOUR_MS;
const LOOKED_AT = 6;

/** Starts repairs by itself: every hour for each site that needs one and has no job, less often where they fail. */
@Injectable()
export class RepairScheduler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('repair');
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly needs: RepairNeeds,
    private readonly repairs: RepairService,
    private readonly jobs: JobsService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.run().catch((error: unknown) => this.logger.warn(`Repairs could not be started: ${String(error)}`));
    }, HOUR_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** One round; the jobs it started. */
  async run(now = new Date()): Promise<Job[]> {
    const started: Job[] = [];
    for (const site of await this.needs.sites()) {
      if (!(await this.isDue(site.id, now))) continue;
      try {
        started.push(await this.repairs.startFor(site));
      } catch (error) {
        // The site has a job: the next round is early enough.
        if (!(error instanceof AppError) || error.code !== 'JOB_ACTIVE') throw error;
      }
    }
    return started;
  }

  private async isDue(siteId: string, now: Date): Promise<boolean> {
    const { items } = await this.jobs.list({ siteId, kind: JobKind.Repair }, { limit: LOOKED_AT, offset: 0 });
    const good = items.findIndex((job) => job.status === JobStatus.Completed && job.warningCount === 0);
    const inVain = good === -1 ? items.length : good;
    const last = items[0]?.finishedAt;
    if (inVain === 0 || !(last instanceof Date)) return true;
    return now.getTime() - last.getTime() >= Math.min(MAX_WAIT_MS, HOUR_MS * 2 ** (inVain - 1));
  }
}
