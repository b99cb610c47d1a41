import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/index.js';
import type { RestorePreview, RestoreRequest, RestoringModule, SiteSpec } from '../../engine/ports/index.js';
import { WorkFolder } from '../../engine/runner/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { BackupReader, Catalogue, CopyState, OwnFolders } from '../backups/index.js';
import { type Job, JobKind, JobsService } from '../jobs/index.js';
import { ResourceService } from '../resources/index.js';
import { SitesService } from '../sites/index.js';
import type { RestoreDto } from './dto/restore.dto.js';
import { NodePreviews } from './node-previews.js';
import { RestoreContexts, unregisteredSite } from './restore-contexts.js';
import { RestoreHosts } from './restore-hosts.js';
import { restoreRequest, splitRequest } from './restore-request.js';

const NO_WHOLE_COPY =
  'No copy of this backup is known to be whole. Each part is read from a copy that has it right; where none has, the restore fails and changes nothing.';

/** What restores need of other features. */
@Injectable()
export class RestoreParts {
  constructor(
    readonly catalogue: Catalogue,
    readonly reader: BackupReader,
    readonly ownFolders: OwnFolders,
    readonly modules: BackupModuleRegistry,
    readonly sites: SitesService,
    readonly contexts: RestoreContexts,
    readonly hosts: RestoreHosts,
  ) {}
}

/** Starting restores, and saying what one would do. */
@Injectable()
export class RestoreService {
  constructor(
    private readonly jobs: JobsService,
    private readonly parts: RestoreParts,
    private readonly config: AppConfig,
    private readonly resources: ResourceService,
    private readonly onNodes: NodePreviews,
  ) {}

  /**
   * Errors: BACKUP_NOT_FOUND, PATH_INVALID, TARGET_FORBIDDEN, REQUEST_INVALID, RESTORE_UNSUPPORTED, JOB_ACTIVE, NODE_NOT_FOUND, NODE_BLOCKED,
   * NODE_LACKS_MODULE, RESTORE_TARGET_OTHER_SITE.
   */
  async start(backupId: string, dto: RestoreDto): Promise<Job> {
    const { catalogue, modules } = this.parts;
    const { backup } = await catalogue.get(backupId);
    const module = modules.restoring(backup.module);
    const { request, site, nodeId } = await this.check(dto, backup, backupId);
    const { open, secrets } = splitRequest(request);
    return this.jobs.create({
      kind: JobKind.Restore,
      site: { id: backup.siteId, name: site.name, module: backup.module, nodeId },
      stages: module.restoreStages,
      backupId,
      request: { ...open, sitePath: site.path },
      ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    });
  }

  /** What `start` with the same request would change; changes nothing. Errors: as `start`, and the module's. */
  async preview(backupId: string, dto: RestoreDto, signal: AbortSignal): Promise<RestorePreview> {
    const { catalogue, modules } = this.parts;
    const { backup, copies } = await catalogue.get(backupId);
    const module = modules.restoring(backup.module);
    const { request, site, nodeId } = await this.check(dto, backup, backupId);
    const isWhole = copies.some(({ state }) => state === CopyState.Present || state === CopyState.Verified);
    const preview =
      nodeId === null
        ? await this.previewHere(module, { backupId, site, request }, signal)
        : await this.onNodes.preview(nodeId, { backupId, site, request }, signal);
    return isWhole ? preview : { ...preview, warnings: [NO_WHOLE_COPY, ...preview.warnings] };
  }

  private async previewHere(
    module: RestoringModule,
    { backupId, site, request }: { backupId: string; site: SiteSpec; request: RestoreRequest },
    signal: AbortSignal,
  ): Promise<RestorePreview> {
    // Named like a job's folder that no job has: one that is left by a crash is removed at the next start.
    const folder = new WorkFolder(join(this.config.paths.work, newId()));
    await folder.open();
    try {
      return await module.previewRestore({
        ...(await this.parts.contexts.places()),
        jobId: backupId,
        attempt: 1,
        site,
        workDir: folder.path,
        signal,
        journal: { progress: () => undefined, warn: () => undefined, note: () => undefined },
        resources: this.resources,
        checkpoints: folder.checkpoints,
        request,
        source: await this.parts.reader.open(backupId, signal),
      });
    } finally {
      await folder.remove();
    }
  }

  private async check(
    dto: RestoreDto,
    backup: { siteId: string; siteName: string; module: string },
    backupId: string,
  ): Promise<{ request: RestoreRequest; site: SiteSpec; nodeId: string | null }> {
    const site = await this.siteOf(backup, backupId);
    const nodeId = await this.parts.hosts.choose(dto.nodeId, backup);
    // A node knows its own folders.
    const request = restoreRequest(dto, nodeId === null ? await this.parts.ownFolders.list() : []);
    await this.parts.hosts.requireFree(nodeId, request.targetPath ?? site.path, backup.siteId);
    return { request, site, nodeId };
  }

  private async siteOf(
    backup: { siteId: string; siteName: string; module: string },
    backupId: string,
  ): Promise<SiteSpec> {
    try {
      return await this.parts.sites.spec(backup.siteId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SITE_NOT_FOUND') throw error;
      const { header } = await this.parts.reader.open(backupId);
      return unregisteredSite(backup, header.site.path);
    }
  }
}
