import { Injectable } from '@nestjs/common';
import { invalidField } from '../../common/http/index.js';
import type { VerifyLevel } from '../../engine/snapshot/verify/index.js';
import { Catalogue } from '../backups/index.js';
import { type Job, JobKind, JobsService, type StartedBy } from '../jobs/index.js';
import { VERIFY_STAGE } from '../../engine/plans/index.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';

/** Starting verifications. */
@Injectable()
export class VerifyService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly jobs: JobsService,
    private readonly sites: SitesService,
    private readonly nodes: NodeDirectory,
  ) {}

  /**
   * Starts a job that reads all copies of the backup back, on the master or on the node that its site is on. Errors: BACKUP_NOT_FOUND,
   * JOB_ACTIVE; on a node REQUEST_INVALID when the site is on none, SITE_NOT_FOUND, NODE_NOT_FOUND, NODE_BLOCKED, NODE_LACKS_MODULE.
   */
  async start(
    backupId: string,
    level: VerifyLevel,
    { within, ...by }: StartedBy = {},
    on: 'master' | 'node' = 'master',
  ): Promise<Job> {
    const { backup } = await this.catalogue.get(backupId);
    const nodeId = on === 'node' ? await this.nodeOf(backup.siteId, backup.module) : null;
    const site = { id: backup.siteId, name: backup.siteName, module: backup.module, nodeId };
    const job = { kind: JobKind.Verify, site, stages: [VERIFY_STAGE], backupId, request: { level }, ...by };
    return this.jobs.create(job, within);
  }

  private async nodeOf(siteId: string, module: string): Promise<string> {
    const { nodeId } = await this.sites.get(siteId);
    if (typeof nodeId !== 'string') throw invalidField('on', "on can't be node: the site is on the master's own host");
    return (await this.nodes.usable(nodeId, module)).id;
  }
}
