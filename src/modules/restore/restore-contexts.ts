import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { RunContext } from '../../engine/plans/index.js';
import type { RestoreStageContext, SiteSpec } from '../../engine/ports/index.js';
import { AppConfig } from '../../config/index.js';
import { BackupReader, OwnFolders } from '../backups/index.js';
import type { Job, RequestSecrets } from '../jobs/index.js';
import type { RestoreOrder } from '../node-protocol/index.js';
import { SecretBox } from '../secrets/index.js';
import { SitesService } from '../sites/index.js';
import { joinRequest } from './restore-request.js';

type WithoutSource = Omit<RestoreStageContext, 'source'>;

/** What restore stages get. */
@Injectable()
export class RestoreContexts {
  constructor(
    private readonly sites: SitesService,
    private readonly reader: BackupReader,
    private readonly ownFolders: OwnFolders,
    private readonly config: AppConfig,
    private readonly sealer: SecretBox,
  ) {}

  async full(job: Job, context: RunContext, secrets: RequestSecrets): Promise<RestoreStageContext> {
    const source = await this.reader.open(job.backupId, context.signal);
    return { ...(await this.withoutSource(job, context, secrets)), source };
  }

  /** For taking a restore back: the backup may not be readable any more. */
  async withoutSource(job: Job, context: RunContext, secrets: RequestSecrets): Promise<WithoutSource> {
    const site = await this.siteOf(job);
    return { ...context, ...(await this.places()), site, request: joinRequest(job.request, secrets) };
  }

  /** What the node that runs it needs. Errors: BACKUP_NOT_FOUND, BACKUP_UNREADABLE. */
  async order(job: Job, secrets: RequestSecrets): Promise<RestoreOrder> {
    const site = await this.siteOf(job);
    const source = await this.reader.order(job.backupId);
    return { kind: 'restore', site, request: joinRequest(job.request, secrets), source };
  }

  /** Where things are put, and what is left alone. */
  async places(): Promise<Pick<RestoreStageContext, 'safetyDir' | 'neverTouch' | 'sealer'>> {
    return { safetyDir: this.config.paths.safety, neverTouch: await this.ownFolders.list(), sealer: this.sealer };
  }

  /** The site as it is registered, or, when it no longer is, as it was when the job was made. */
  private async siteOf(job: Job): Promise<SiteSpec> {
    try {
      return await this.sites.spec(job.siteId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SITE_NOT_FOUND') throw error;
      const path = job.request['sitePath'];
      return unregisteredSite(job, typeof path === 'string' ? path : '');
    }
  }
}

/** A site that is known from its backup only. */
export function unregisteredSite(known: { siteId: string; siteName: string; module: string }, path: string): SiteSpec {
  return {
    id: known.siteId,
    name: known.siteName,
    url: null,
    path,
    module: known.module,
    settings: {},
    excludes: [],
    overrides: {},
  };
}
