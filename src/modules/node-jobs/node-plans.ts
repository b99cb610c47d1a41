import { realpath } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { Patience } from '../../common/patience.js';
import { AppConfig } from '../../config/index.js';
import { planBackup, planRestore, planVerify, type PreparedPlan, type RunContext } from '../../engine/plans/index.js';
import {
  folderPlaces,
  placesMeet,
  type RestorePreview,
  type RestoreStageContext,
  type RollBackEnd,
} from '../../engine/ports/index.js';
import type { WorkFolder } from '../../engine/runner/index.js';
import { openBackup } from '../../engine/snapshot/read/index.js';
import { CopiesDriver } from '../../engine/storage/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import type {
  BackupOrder,
  JobOrder,
  PreviewTask,
  RestoreOrder,
  SourceOrder,
  VerifyOrder,
} from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { SecretBox } from '../secrets/box/index.js';
import { SiteReach } from '../sites/disk/index.js';
import { remoteDesk } from './remote-desk.js';
import { destinationOf } from './remote-storage.js';
import type { RunLink } from './run-link.js';

/** A site is released within this time, or later. */
const RELEASE_MS = 10_000;

type WithoutSource = Omit<RestoreStageContext, 'source'>;

/** Makes the plans of jobs that the master ordered, and takes restores back. */
@Injectable()
export class NodePlans {
  /** Tests shorten it. */
  patience = new Patience(RELEASE_MS);
  private readonly logger = new Logger('node');

  constructor(
    private readonly config: AppConfig,
    private readonly modules: BackupModuleRegistry,
    private readonly resources: ResourceService,
    private readonly sealer: SecretBox,
    private readonly reach: SiteReach,
  ) {}

  /** Errors: SITE_NOT_ANSWERING, MODULE_UNKNOWN, RESTORE_UNSUPPORTED, TARGET_FORBIDDEN, MASTER_UNREACHABLE, those of reading and of the master. */
  async prepare(order: JobOrder, context: RunContext, link: RunLink): Promise<PreparedPlan> {
    const { plan } = order;
    if (plan.kind === 'backup') return this.backup(order, plan, context, link);
    if (plan.kind === 'restore') return this.restore(order, plan, context, link);
    return verify(order, plan, context, link);
  }

  /** What a restore would change; changes nothing. Errors: as `prepare`, and the module's. */
  async preview(task: PreviewTask, folder: WorkFolder, link: RunLink, signal: AbortSignal): Promise<RestorePreview> {
    const { backupId, site, request } = task;
    const target = request.targetPath ?? site.path;
    await this.reach.check({ path: target });
    await this.requireForeign(target);
    const context = {
      jobId: backupId,
      attempt: 1,
      workDir: folder.path,
      signal,
      journal: { progress: () => undefined, warn: () => undefined, note: () => undefined },
      resources: this.resources,
      checkpoints: folder.checkpoints,
    };
    const source = await openSource(task.source, link, signal);
    const all = { ...(await this.withoutSource({ site, request }, context)), source };
    return this.modules.restoring(site.module).previewRestore(all);
  }

  /** Brings the target of a restore that was cut off back to what it was. Idempotent; throws when that is not possible now. */
  async takeBack(order: JobOrder, context: RunContext): Promise<RollBackEnd> {
    if (order.plan.kind !== 'restore') return 'taken-back';
    const { site, request } = order.plan;
    await this.reach.check({ path: request.targetPath ?? site.path });
    const end = await this.modules
      .restoring(order.module)
      .rollBackRestore(await this.withoutSource(order.plan, context));
    return end ?? 'taken-back';
  }

  /** Undoes what a site must not be left with while no run is alive. Never throws, and holds nothing up: the site may lie on what does not answer. */
  async release({ jobId, module, plan }: JobOrder, workDir: string): Promise<void> {
    if (plan.kind !== 'backup') return;
    const work = async (): Promise<true> => {
      await this.modules.get(module).release?.({ jobId, workDir });
      return true;
    };
    try {
      if ((await this.patience.look(jobId, work)) === null) throw new Error('it does not answer');
    } catch (error) {
      this.logger.warn(`The site of job ${jobId} could not be released: ${String(error)}`);
    }
  }

  private async backup(
    { module, backupId, startedAt }: JobOrder,
    order: BackupOrder,
    context: RunContext,
    link: RunLink,
  ): Promise<PreparedPlan> {
    const { site, full, reread, isMade } = order;
    if (!isMade) await this.reach.check(site);
    const work = {
      module: this.modules.get(module),
      site,
      backupId,
      startedAt: new Date(startedAt),
      full,
      reread,
      isMade,
      neverPack: await this.ownFolders(),
      limiter: this.resources.bandwidth,
    };
    return planBackup(work, remoteDesk(order, link), context);
  }

  private async restore(
    { module }: JobOrder,
    order: RestoreOrder,
    context: RunContext,
    link: RunLink,
  ): Promise<PreparedPlan> {
    const target = order.request.targetPath ?? order.site.path;
    await this.reach.check({ path: target });
    await this.requireForeign(target);
    const restoring = this.modules.restoring(module);
    const source = await openSource(order.source, link, context.signal);
    return planRestore(restoring, { ...(await this.withoutSource(order, context)), source });
  }

  private async withoutSource(
    { site, request }: Pick<RestoreOrder, 'site' | 'request'>,
    context: RunContext,
  ): Promise<WithoutSource> {
    const { sealer } = this;
    const neverTouch = await this.ownFolders();
    return { ...context, site, request, safetyDir: this.config.paths.safety, neverTouch, sealer };
  }

  /** The master does not know where things of backupd lie here. */
  private async requireForeign(target: string): Promise<void> {
    if (!placesMeet(await folderPlaces(target), await folderPlaces(this.config.paths.root))) return;
    throw new AppError({
      code: 'TARGET_FORBIDDEN',
      kind: 'usage',
      message: `Nothing can be restored to ${target}: backupd keeps its own data there.`,
      hint: 'Restore into another folder.',
      retry: 'never',
      context: { path: target },
    });
  }

  private async ownFolders(): Promise<string[]> {
    const { root } = this.config.paths;
    return [...new Set([root, await realpath(root).catch(() => root)])];
  }
}

/** The backup, opened for reading through the master. */
export async function openSource(
  { manifestKey, places, objects }: SourceOrder,
  link: RunLink,
  signal: AbortSignal,
): ReturnType<typeof openBackup> {
  const driver = new CopiesDriver({
    places: places.map((place) => destinationOf(place, link)),
    objects: new Map(objects.map(({ key, size, trusted }) => [key, { size, trusted }])),
    // What is wrong is found again by whoever the master trusts to say so.
    onFault: () => undefined,
    noCopy: () =>
      new AppError({
        code: 'BACKUP_UNREADABLE',
        kind: 'storage',
        message: 'No storage has a copy of this backup.',
        hint: 'Look at the copies of the backup: `backupd backups`.',
        retry: 'never',
      }),
  });
  return openBackup(driver, { manifestKey, signal });
}

function verify({ backupId }: JobOrder, order: VerifyOrder, context: RunContext, link: RunLink): PreparedPlan {
  const { level, manifest, bundleSize } = order;
  const copies = order.copies.map((place) => {
    const { providerId, providerName, driver } = destinationOf(place, link);
    return { providerId, providerName, open: () => Promise.resolve(driver) };
  });
  return planVerify({ backupId, level, manifest, bundleSize, copies }, context);
}
