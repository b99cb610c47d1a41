import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { JobKind, JobsService } from '../jobs/index.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';
import { siteNodeGone, targetOtherSite } from './restore.errors.js';

/** On which host a backup is restored. */
@Injectable()
export class RestoreHosts {
  constructor(
    private readonly nodes: NodeDirectory,
    private readonly sites: SitesService,
    private readonly jobs: JobsService,
  ) {}

  /**
   * The node, null = this host: the one that is asked for (`self` = this one), else the site's own. Errors: NODE_NOT_FOUND, NODE_BLOCKED,
   * NODE_LACKS_MODULE.
   */
  async choose(
    asked: string | undefined,
    { siteId, module }: { siteId: string; module: string },
  ): Promise<string | null> {
    if (asked === 'self') return null;
    if (asked !== undefined) return (await this.nodes.usable(asked, module)).id;
    const own = (await this.hostOf(siteId)) ?? null;
    if (own === null) return null;
    try {
      return (await this.nodes.usable(own, module)).id;
    } catch (error) {
      throw error instanceof AppError && error.code === 'NODE_NOT_FOUND' ? siteNodeGone(own) : error;
    }
  }

  /** On another host than its own, or where that is not known, a site must not take the place of another one by its path alone. Error: RESTORE_TARGET_OTHER_SITE. */
  async requireFree(nodeId: string | null, path: string, siteId: string): Promise<void> {
    if ((await this.hostOf(siteId)) === nodeId) return;
    const there = await this.sites.findByPath(path, nodeId);
    if (there !== null && there.id !== siteId) throw targetOtherSite(path, there.id, there.name);
  }

  /** Of a site that is not registered any more: the one of its last backup job; undefined when there is none (a rebuilt catalogue). */
  private async hostOf(siteId: string): Promise<string | null | undefined> {
    try {
      return (await this.sites.get(siteId)).nodeId ?? null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SITE_NOT_FOUND') throw error;
      const job = await this.jobs.latestJob(siteId, JobKind.Backup);
      return job === null ? undefined : (job.nodeId ?? null);
    }
  }
}
