import { Injectable } from '@nestjs/common';
import type { VerifyLevel } from '../../engine/snapshot/verify/index.js';
import { Catalogue } from '../backups/index.js';
import { type Job, JobKind, JobsService, type StartedBy } from '../jobs/index.js';
import { VERIFY_STAGE } from '../../engine/plans/index.js';

/** Starting verifications. */
@Injectable()
export class VerifyService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly jobs: JobsService,
  ) {}

  /** Starts a job that reads all copies of the backup back. Errors: BACKUP_NOT_FOUND, JOB_ACTIVE. */
  async start(backupId: string, level: VerifyLevel, { within, ...by }: StartedBy = {}): Promise<Job> {
    const { backup } = await this.catalogue.get(backupId);
    const site = { id: backup.siteId, name: backup.siteName, module: backup.module };
    const job = { kind: JobKind.Verify, site, stages: [VERIFY_STAGE], backupId, request: { level }, ...by };
    return this.jobs.create(job, within);
  }
}
