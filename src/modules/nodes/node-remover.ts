import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { EventLog } from '../events/index.js';
import { NodeRuns } from '../jobs/index.js';
import { SitesService } from '../sites/index.js';
import { removedEvent } from './node-events.js';
import { Node, NodeJoin, NodeSample, NodeTask } from './node.entity.js';
import { nodeHasSites, nodeRemoved } from './nodes.errors.js';
import { NodesService } from './nodes.service.js';

/** What becomes of the sites of a node that is removed. */
export const RemovedSites = { Keep: 'keep', Remove: 'remove' } as const;
export type RemovedSites = (typeof RemovedSites)[keyof typeof RemovedSites];

/** What a removal has done. */
export interface Removed {
  keptSites: number;
  removedSites: number;
  failedJobs: number;
}

/** Removes nodes. */
@Injectable()
export class NodeRemover {
  constructor(
    private readonly orm: MikroORM,
    private readonly nodes: NodesService,
    private readonly jobs: NodeRuns,
    private readonly sites: SitesService,
    private readonly log: EventLog,
  ) {}

  /**
   * The key is worth nothing, jobs that wait or run fail, the sites are paused and kept or forgotten (their backups stay in any case), then
   * the node is gone. Cut off in between it can be called again. Errors: NODE_NOT_FOUND, NODE_HAS_SITES.
   */
  async remove(id: string, sites: RemovedSites | null): Promise<Removed> {
    const { node, work } = await this.nodes.view(id);
    if (work.sites > 0 && sites === null) throw nodeHasSites(node.name, work.sites);
    await this.nodes.revoke(id);
    const em = this.orm.em.fork();
    // No schedule makes another job for them meanwhile.
    await em.execute('update site set paused = true, updated_at = now() where node_id = ? and not paused', [id]);
    const failedJobs = await this.jobs.failAll(id, nodeRemoved(node.name));
    const siteIds = (await em.execute<{ id: string }[]>('select id from site where node_id = ?', [id])).map(
      (site) => site.id,
    );
    if (sites === RemovedSites.Remove) for (const siteId of siteIds) await this.sites.remove(siteId);
    const keptSites = sites === RemovedSites.Remove ? 0 : siteIds.length;
    const removedSites = siteIds.length - keptSites;
    await em.transactional(async (inner) => {
      await inner.nativeDelete(NodeJoin, { nodeId: id });
      await inner.nativeDelete(NodeSample, { nodeId: id });
      await inner.nativeDelete(NodeTask, { nodeId: id });
      await inner.execute(`delete from quota where scope = 'node' and subject_id = ?`, [id]);
      await inner.execute('delete from seen_site where node_id = ?', [id]);
      if ((await inner.nativeDelete(Node, { id })) === 0) return;
      await this.log.append(inner, [removedEvent(node, { keep: keptSites, removed: removedSites })], new Date());
    });
    return { keptSites, removedSites, failedJobs };
  }
}
