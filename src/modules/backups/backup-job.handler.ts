import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { BackupStageContext, CommittedBackup, ParentBackup, SiteSpec } from '../../engine/ports/index.js';
import { keysFor, WorkFolder } from '../../engine/runner/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import {
  type HandledPlan,
  type Job,
  type JobHandler,
  JobHandlers,
  JobKind,
  lostRuns,
  type RunContext,
  secretsOf,
} from '../jobs/index.js';
import { ResourceService } from '../resources/index.js';
import { SiteReach, SitesService } from '../sites/index.js';
import { StorageService } from '../storage/index.js';
import { BackupExtensions, type BackupRun } from './backup-extensions.js';
import { BackupDestinations, type ChosenDestinations } from './backup-destinations.js';
import { Catalogue } from './catalogue.js';
import { Leftovers } from './leftovers.js';
import { OwnFolders } from './own-folders.js';
import { ParentBackups } from './parent-backups.js';
import { StorageMaintenance } from './storage-maintenance.js';

const DAY_MS = 86_400_000;

/** What the handler needs of this feature. */
@Injectable()
export class BackupJobParts {
  constructor(
    readonly catalogue: Catalogue,
    readonly ownFolders: OwnFolders,
    readonly maintenance: StorageMaintenance,
    readonly parents: ParentBackups,
    readonly extensions: BackupExtensions,
    readonly destinations: BackupDestinations,
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
  async prepare(job: Job, context: RunContext): Promise<HandledPlan> {
    const { catalogue, extensions, ownFolders } = this.parts;
    const registered = await this.sites.get(job.siteId);
    const site = this.sites.specOf(registered);
    const module = this.modules.get(job.module);
    const before = await catalogue.find(job.backupId);
    if (before === null) await this.reach.check(site);
    let made: CommittedBackup | null = null;
    const { chosen, parent, run } = await this.begin(job, registered, site, context, before !== null);
    const { destinations, absent, refused } = chosen;
    if (chosen.hasFailedOver) this.failedOver.add(job.id);
    const startedAt = job.startedAt ?? job.createdAt;
    const stageContext: Omit<BackupStageContext, 'finished'> = {
      ...context,
      site,
      backupId: job.backupId,
      startedAt,
      destinations,
      ...(refused === undefined ? {} : { refused }),
      parent,
      reread: async () => job.request['reread'] === true || isRereadDue(site.settings, await parent(), startedAt),
      limiter: this.resources.bandwidth,
      catalogue: {
        commit: async (backup) => {
          await catalogue.commit({ ...backup, missing: [...backup.missing, ...absent] }, job.deliveryId);
          made = backup;
        },
      },
      neverPack: await ownFolders.list(),
    };
    return {
      stages: module.stages.map((name, index) => ({
        name,
        needs: module.needs?.[name] ?? module.stages.slice(0, index),
        run: (signal, running) =>
          module.executeStage(name, {
            ...stageContext,
            ...running,
            admit: (destination, bytes) => running.waits(() => extensions.admit(run, destination, bytes)),
            signal,
          }),
        check: () => module.checkStage(name, { ...stageContext, finished: () => Promise.resolve() }),
      })),
      secrets: secretsOf(site),
      // Cut off between the catalogue's entry and the end of the job: the backup is whole.
      alreadyDone: before !== null,
      goesOnLater: () => true,
      result: () => resultOf(made),
    };
  }

  /**
   * Where the backup goes and what it is compared with, once the other features let it begin; with failover the next storage is taken
   * when they do not. One that is whole already (`isMade`) has nothing more to store. Errors: as `prepare`.
   */
  private async begin(
    job: Job,
    registered: Parameters<BackupDestinations['choose']>[0],
    site: SiteSpec,
    context: RunContext,
    isMade: boolean,
  ): Promise<{ chosen: ChosenDestinations; parent: () => Promise<ParentBackup | null>; run: BackupRun }> {
    const { destinations: places, extensions, parents } = this.parts;
    const full = job.request['full'] === true;
    for (;;) {
      const chosen = await places.choose(registered, context);
      const { destinations } = chosen;
      let found: Promise<ParentBackup | null> | null = null;
      const parent = async (): Promise<ParentBackup | null> => {
        found ??= full ? Promise.resolve(null) : parents.find({ ...context, site, destinations });
        return found;
      };
      const { signal, journal } = context;
      const parentId = async (): Promise<string | null> => (await parent())?.backupId ?? null;
      const run: BackupRun = { jobId: job.id, site, full, destinations, signal, journal, parentId };
      try {
        if (!isMade) await extensions.beforeStages(run);
        return { chosen, parent, run };
      } catch (error) {
        throwIfAborted(signal);
        const next = await chosen.refused?.(asAppError(error));
        if (next?.code !== 'STORAGE_REFUSED') throw error;
      }
    }
  }

  async release(job: Job, context: Pick<RunContext, 'jobId' | 'workDir'>): Promise<void> {
    await this.modules.get(job.module).release?.(context);
  }

  /**
   * A failed backup may have reached a storage. What a good one left where its copy is missing is what a repair needs. Which storages a
   * node has given up is not known here.
   */
  leavesLitter(status: 'completed' | 'failed' | 'cancelled', job: Job): boolean {
    const hasFailedOver = this.failedOver.delete(job.id) || typeof job.nodeId === 'string';
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

/** Whether the site's setting asks for every file to be read again by now. */
function isRereadDue(settings: Readonly<Record<string, unknown>>, parent: ParentBackup | null, now: Date): boolean {
  const days = settings['rereadEveryDays'];
  if (typeof days !== 'number' || days <= 0 || parent === null) return false;
  return now.getTime() - Date.parse(parent.header.readAllAt) >= days * DAY_MS;
}

function resultOf(made: CommittedBackup | null): Record<string, unknown> | null {
  if (made === null) return null;
  const { backupId, fileCount, sourceBytes, databaseBytes, rowCount, storedBytes, copies } = made;
  return { backupId, fileCount, sourceBytes, databaseBytes, rowCount, storedBytes, copies: copies.length };
}
