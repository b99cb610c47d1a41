import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
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
export class RepairScheduler {
  private readonly logger = new Logger('repair');

  constructor(
    private readonly needs: RepairNeeds,
    private readonly repairs: RepairService,
    private readonly jobs: JobsService,
  ) {}

  @Cron('0 41 * * * *', { name: 'repair', waitForCompletion: true })
  async hourly(): Promise<void> {
    await this.run().catch((error: unknown) => this.logger.warn(`Repairs could not be started: ${String(error)}`));
  }

  /** One round; the jobs it started. */
  async run(now = new Date()): Promise<Job[]> {
    const started: Job[] = [];
    for (const site of await this.needs.sites()) {
      if (!(await this.isDue(site.id, now))) continue;
      try {
        started.push(await this.repairs.startFor(site));
      } catch (error) {
        // The site has a job, or can't be repaired now: the next round is early enough, and the others go on.
        if (!(error instanceof AppError)) throw error;
        if (error.code !== 'JOB_ACTIVE') this.logger.warn(`${site.name} can't be repaired now: ${error.message}`);
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
