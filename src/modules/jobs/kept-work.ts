import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type AppError, errnoOf } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
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
    if (handler.keepsWork !== true || this.timings.keepMs <= 0) return null;
    // A full disk needs the room.
    if (error.retry === 'never' || error.code === 'DISK_FULL') return null;
    const folder = this.contexts.folderOf(job.id);
    // Without a finished stage there is nothing to go on from.
    if (!(await folder.hasRecords()) || (await this.isDiskLow())) return null;
    return { until: new Date(Date.now() + this.timings.keepMs), bytes: await sizeOf(folder.path) };
  }

  /** Whether the disk with the work folders is so full that nothing may be kept there. */
  async isDiskLow(): Promise<boolean> {
    try {
      const { bavail, blocks } = await statfs(this.config.paths.work);
      return blocks > 0 && bavail / blocks < this.timings.keepFreeShare;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

/** Bytes on disk of all files below the folder. Links are not followed. */
async function sizeOf(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(inner);
    else bytes += (await lstat(inner)).blocks * 512;
  }
  return bytes;
}
