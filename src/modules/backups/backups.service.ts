import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { entryPath, entryTarget } from '../../engine/snapshot/manifest/index.js';
import {
  entryNotFound,
  findEntry,
  type FolderListing,
  listFolder,
  manifestText,
  openWholeFrames,
} from '../../engine/snapshot/read/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { type Job, jobActive, JobKind, JobsService, type StartedBy } from '../jobs/index.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { SiteExtensions, SitesService } from '../sites/index.js';
import { BackupReader } from './backup-reader.js';
import { copyDiffers, sitePaused } from './backups.errors.js';
import { Catalogue } from './catalogue.js';
import { nameOf } from './backup-path.js';
import { begun, checked, type DownloadHeaders } from './send-stream.js';

/** Content to be sent. */
export interface Download {
  content: Readable;
  headers: DownloadHeaders;
}

/** Starting backups and reading finished ones. */
@Injectable()
export class BackupsService implements OnModuleInit {
  constructor(
    private readonly sites: SitesService,
    private readonly extensions: SiteExtensions,
    private readonly modules: BackupModuleRegistry,
    private readonly jobs: JobsService,
    private readonly catalogue: Catalogue,
    private readonly reader: BackupReader,
    private readonly nodes: NodeDirectory,
  ) {}

  onModuleInit(): void {
    const notActive = async (siteId: string): Promise<void> => {
      const active = await this.jobs.activeJob(siteId);
      if (active !== null) throw jobActive(siteId, active);
    };
    this.extensions.add({
      lastBackups: (siteIds) => this.catalogue.newestOf(siteIds),
      beforeRemove: notActive,
      beforeMove: notActive,
    });
  }

  /**
   * Starts a backup of the site. Its host makes it. Errors: SITE_NOT_FOUND, SITE_PAUSED, MODULE_UNKNOWN, NODE_NOT_FOUND,
   * NODE_BLOCKED, NODE_LACKS_MODULE, JOB_ACTIVE.
   */
  async start(
    siteId: string,
    how: { priority?: number; full?: boolean; reread?: boolean } = {},
    { within, ...by }: StartedBy = {},
  ): Promise<Job> {
    const site = await this.sites.get(siteId);
    if (site.paused) throw sitePaused(siteId);
    if (typeof site.nodeId === 'string') await this.nodes.usable(site.nodeId, site.module);
    const { stages } = this.modules.get(site.module);
    const request = { full: how.full === true, reread: how.reread === true };
    const backupId = newId();
    const priority = how.priority ?? 0;
    return this.jobs.create({ kind: JobKind.Backup, site, stages, backupId, priority, request, ...by }, within);
  }

  /** A folder of the backup. Errors: BACKUP_NOT_FOUND, BACKUP_PATH_NOT_FOUND, and of reading. */
  async folder(id: string, path: Buffer, page: { cursor?: string; limit: number }): Promise<FolderListing> {
    return listFolder(await this.reader.open(id), path, { cursor: page.cursor ?? null, limit: page.limit });
  }

  /** One file of the backup. Errors: BACKUP_NOT_FOUND, BACKUP_PATH_NOT_FOUND, BACKUP_PATH_NOT_A_FILE, and of reading. */
  async file(id: string, path: Buffer, signal: AbortSignal): Promise<Download> {
    const source = await this.reader.open(id, signal);
    const entry = await findEntry(source, path);
    if (entry === null) throw entryNotFound(path.toString('utf8'));
    const target = entry.type === 'hardlink' ? entryTarget(entry) : null;
    const first = target === null ? entry : ((await findEntry(source, target)) ?? entry);
    const content = await begun(await source.content(first, signal));
    const headers = { type: 'application/octet-stream', name: nameOf(entryPath(entry)), length: first.size };
    return { content, headers };
  }

  /** The whole bundle, checked while it is sent. Errors: BACKUP_NOT_FOUND, BUNDLE_DAMAGED, and of reading. */
  async bundle(id: string, signal: AbortSignal): Promise<Download> {
    const found = await this.catalogue.get(id);
    const { bundleKey: key, bundleSize: size, bundleSha256 } = found.backup;
    const driver = await this.reader.driver(found);
    const stored = await driver.stat(key);
    if (stored?.size !== size) throw copyDiffers(key, size, stored?.size ?? null);
    const raw = await openWholeFrames(driver, key, { start: 0, end: size }, signal);
    const content = await begun(Readable.from(checked(raw, key, size, bundleSha256), { objectMode: false }));
    const name = key.slice(key.lastIndexOf('/') + 1);
    return { content, headers: { type: 'application/zstd', name, length: size } };
  }

  /** The manifest as NDJSON. Errors: BACKUP_NOT_FOUND, MANIFEST_DAMAGED, and of reading. */
  async manifest(id: string, signal: AbortSignal): Promise<Download> {
    const found = await this.catalogue.get(id);
    const { manifestKey: key } = found.backup;
    const content = await manifestText(await this.reader.driver(found), key, signal);
    const name = key.slice(key.lastIndexOf('/') + 1).replace(/\.zst$/, '');
    return { content, headers: { type: 'application/x-ndjson', name } };
  }
}
