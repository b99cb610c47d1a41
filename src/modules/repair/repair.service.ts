import { Injectable } from '@nestjs/common';
import { Catalogue, CopyState, WantedCopies } from '../backups/index.js';
import { type Job, jobActive, JobKind, JobsService } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { REPAIR_STAGE } from './repair-job.handler.js';
import { RepairNeeds, type SiteInNeed } from './repair-needs.js';
import { copyExists, nothingToRepair, storageDisabled } from './repair.errors.js';

/** Starting repairs. */
@Injectable()
export class RepairService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly wanted: WantedCopies,
    private readonly storage: StorageService,
    private readonly jobs: JobsService,
    private readonly needs: RepairNeeds,
  ) {}

  /** Starts a repair of all copies of the site's backups; the site may be registered no more. Errors: NOTHING_TO_REPAIR, JOB_ACTIVE. */
  async start(siteId: string): Promise<Job> {
    const site = await this.needs.site(siteId);
    if (site === null) throw nothingToRepair(siteId);
    return this.startFor(site);
  }

  /** As `start`, of a site that is known to need it. Error: JOB_ACTIVE. */
  async startFor(site: SiteInNeed): Promise<Job> {
    return this.jobs.create({
      kind: JobKind.Repair,
      site,
      stages: [REPAIR_STAGE],
      backupId: site.newestBackupId,
    });
  }

  /**
   * Wants a copy of the backup on one more provider, and starts a repair that makes it. Errors: BACKUP_NOT_FOUND,
   * STORAGE_NOT_FOUND, STORAGE_DISABLED, COPY_EXISTS, JOB_ACTIVE.
   */
  async addCopy(backupId: string, providerId: string): Promise<Job> {
    const { backup } = await this.catalogue.get(backupId);
    const provider = await this.storage.get(providerId);
    if (!provider.enabled) throw storageDisabled(provider.name);
    const active = await this.jobs.activeJob(backup.siteId);
    if (active !== null) throw jobActive(backup.siteId, active);
    const state = await this.wanted.enter(backupId, providerId);
    if (state === CopyState.Present || state === CopyState.Verified) throw copyExists(backupId, provider.name);
    return this.start(backup.siteId);
  }
}
