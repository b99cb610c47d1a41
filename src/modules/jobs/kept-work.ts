import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import { isDiskLow, keptBytes } from '../../engine/runner/index.js';
import type { JobHandler } from './job-handler.js';
import type { Keep } from './job-store.js';
import { JobTimings } from './job-timings.js';
import type { Job } from './job.entity.js';
import { RunContexts } from './run-context.js';

/** Decides what a failed job may keep in its work folder, so that a retry goes on from there. */
@Injectable()
export class KeptWork {
  constructor(
    private readonly config: AppConfig,
    private readonly contexts: RunContexts,
    private readonly timings: JobTimings,
  ) {}

  /** How long what the job has made may stay; null = it goes at once. */
  async offer(handler: JobHandler, job: Job, error: AppError): Promise<Keep | null> {
    const { keepMs, keepFreeShare } = this.timings;
    if (handler.keepsWork !== true || keepMs <= 0) return null;
    const bytes = await keptBytes(this.contexts.folderOf(job.id), error, keepFreeShare);
    return bytes === null ? null : { until: new Date(Date.now() + keepMs), bytes };
  }

  /** Whether the disk with the work folders is so full that nothing may be kept there. */
  async isDiskLow(): Promise<boolean> {
    return isDiskLow(this.config.paths.work, this.timings.keepFreeShare);
  }
}
