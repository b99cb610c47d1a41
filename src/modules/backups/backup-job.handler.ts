import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type BackupWork, planBackup, type PreparedPlan, type RunContext } from '../../engine/plans/index.js';
import { keysFor, WorkFolder } from '../../engine/runner/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { hasGivenUp, type Job, type JobHandler, JobHandlers, JobKind, lostRuns } from '../jobs/index.js';
import type { BackupOrder } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { SiteReach, SitesService } from '../sites/index.js';
import { placeOf, StorageService } from '../storage/index.js';
import { Catalogue } from './catalogue.js';
import { CatalogueDesk } from './catalogue-desk.js';
import { Leftovers } from './leftovers.js';
import { OwnFolders } from './own-folders.js';
import { StorageMaintenance } from './storage-maintenance.js';

/** What the handler needs of this feature. */
@Injectable()
export class BackupJobParts {
  constructor(
    readonly catalogue: Catalogue,
    readonly ownFolders: OwnFolders,
    readonly maintenance: StorageMaintenance,
    readonly desk: CatalogueDesk,
    readonly leftovers: Leftovers,
  ) {}
}

/** Runs a site's backup module; goes on after a crash; leaves nothing in storage that the catalogue does not know. */
@Injectable()
export class BackupJobHandler implements JobHandler, OnModuleInit {
  readonly kind = JobKind.Backup;
  readonly resumable = true;
  readonly keepsWork = true;
  /** Jobs of this process that have given a storage up, which may hold parts of their backups. */
  private readonly failedOver = new Set<string>();

  constructor(
    private readonly handlers: JobHandlers,
    private readonly modules: BackupModuleRegistry,
    private readonly sites: SitesService,
    private readonly storage: StorageService,
    private readonly resources: ResourceService,
    private readonly reach: SiteReach,
    private readonly parts: BackupJobParts,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  async atStart(): Promise<void> {
    await this.parts.maintenance.atStart();
  }

  /** Errors: SITE_NOT_FOUND, SITE_NOT_ANSWERING, MODULE_UNKNOWN, NO_STORAGE, and what an extension refuses it with (QUOTA_EXCEEDED). */
  async prepare(job: Job, context: RunContext): Promise<PreparedPlan> {
    const { catalogue, desk, ownFolders } = this.parts;
    const registered = await this.sites.get(job.siteId);
    const site = this.sites.specOf(registered);
    const isMade = (await catalogue.find(job.backupId)) !== null;
    const module = this.modules.get(job.module);
    if (!isMade) await this.reach.check(site);
    const work: BackupWork = {
      module,
      site,
      backupId: job.backupId,
      startedAt: job.startedAt ?? job.createdAt,
      full: job.request['full'] === true,
      reread: job.request['reread'] === true,
      isMade,
      neverPack: await ownFolders.list(),
      limiter: this.resources.bandwidth,
    };
    const plan = await planBackup(work, desk.for(job, registered), context);
    if (plan.hasFailedOver) this.failedOver.add(job.id);
    return plan;
  }

  /** Errors: SITE_NOT_FOUND, NO_STORAGE. */
  async order(job: Job): Promise<BackupOrder> {
    const registered = await this.sites.get(job.siteId);
    const { mode, candidates, absent } = await this.storage.choiceFor(registered);
    return {
      kind: JobKind.Backup,
      site: this.sites.specOf(registered),
      mode,
      candidates: candidates.map(placeOf),
      absent,
      full: job.request['full'] === true,
      reread: job.request['reread'] === true,
      isMade: (await this.parts.catalogue.find(job.backupId)) !== null,
    };
  }

  /** A backup counts once it is in the catalogue. */
  async isDone(job: Job): Promise<boolean> {
    return (await this.parts.catalogue.find(job.backupId)) !== null;
  }

  async release(job: Job, context: Pick<RunContext, 'jobId' | 'workDir'>): Promise<void> {
    await this.modules.get(job.module).release?.(context);
  }

  /** A failed backup may have reached a storage. What a good one left where its copy is missing is what a repair needs. */
  leavesLitter(status: 'completed' | 'failed' | 'cancelled', job: Job): boolean {
    const hasFailedOver = this.failedOver.delete(job.id) || hasGivenUp(job);
    return status !== 'completed' || hasFailedOver || lostRuns(job).length > 0;
  }

  async ended(job: Job, em: EntityManager): Promise<void> {
    if (job.status === 'completed') await this.parts.catalogue.setWarnings(em, job.backupId, job.warningCount);
  }

  /**
   * Removes what the job packed, and the backup's objects from every storage that has no catalogued copy: manifest first, then the
   * bundle, unless later backups need it. A disabled storage that does not answer keeps them; a reconciliation finds them there.
   */
  async sweep(job: Job, context: Pick<RunContext, 'workDir'>): Promise<void> {
    await new WorkFolder(context.workDir).clear();
    const keys = job.startedAt instanceof Date ? keysFor(job.siteId, job.startedAt, job.backupId) : null;
    const isTakenOver = lostRuns(job).length > 0;
    const enabled = new Set((await this.storage.enabledDestinations()).map(({ providerId }) => providerId));
    const failures: unknown[] = [];
    for (const { providerId, driver } of await this.storage.allDestinations()) {
      try {
        if (keys !== null) await this.parts.leftovers.remove({ job, providerId, driver, ...keys });
        if (isTakenOver) await this.parts.leftovers.removeLost(job, driver);
      } catch (error) {
        if (enabled.has(providerId)) failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async lost(job: Job): Promise<void> {
    const failures: unknown[] = [];
    for (const { driver } of await this.storage.enabledDestinations())
      await this.parts.leftovers.removeLost(job, driver).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
