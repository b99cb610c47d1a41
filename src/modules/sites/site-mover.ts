import { EntityManager, LockMode, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { absolute, type SeenFolder } from './disk/index.js';
import { SiteExtensions } from './site-extensions.js';
import { SiteInspector } from './site-inspector.js';
import { Site } from './site.entity.js';
import { siteExists, siteNotFound } from './sites.errors.js';
import { SitesService } from './sites.service.js';

export interface SiteMove {
  /** Null = the master's own host. */
  nodeId: string | null;
  path: string;
  /** Nothing is looked at there. */
  force?: boolean | undefined;
}

/** Lets a site go on at another host: with its id, history, settings and schedules. No file is moved. */
@Injectable()
export class SiteMover {
  constructor(
    private readonly em: EntityManager,
    private readonly sites: SitesService,
    private readonly inspector: SiteInspector,
    private readonly extensions: SiteExtensions,
    private readonly nodes: NodeDirectory,
  ) {}

  /**
   * Idempotent. Errors: SITE_NOT_FOUND, JOB_ACTIVE, SITE_EXISTS, NODE_NOT_FOUND, NODE_BLOCKED, NODE_LACKS_MODULE; without `force` also
   * PATH_NOT_FOUND, NOT_A_SITE, NODE_NOT_ANSWERING and the module's others.
   */
  async move(id: string, { nodeId, path: given, force = false }: SiteMove): Promise<Site> {
    const site = await this.sites.get(id);
    const { module, overrides } = this.sites.specOf(site);
    if (nodeId !== null) await this.nodes.usable(nodeId, module);
    await this.extensions.beforeMove(id);
    const { path, description } = force
      ? { path: absolute(given), description: null }
      : await this.inspector.describe(module, given, overrides, nodeId);
    const known = await this.sites.findByPath(path, nodeId);
    if (known !== null && known.id !== id) throw siteExists(path, known.id, known.name);
    try {
      return await this.write(id, nodeId, { path, description });
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      const other = await this.sites.findByPath(path, nodeId);
      throw other === null ? error : siteExists(path, other.id, other.name);
    }
  }

  private async write(id: string, nodeId: string | null, { path, description }: SeenFolder): Promise<Site> {
    return this.em.fork().transactional(async (em) => {
      const site = await em.findOne(Site, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (site === null) throw siteNotFound(id);
      // One that began while the target was looked at.
      await this.extensions.beforeMove(id);
      Object.assign(site, { nodeId, path, updatedAt: systemClock.now() });
      if (description !== null) Object.assign(site, { description, url: description.url });
      await em.flush();
      return site;
    });
  }
}
