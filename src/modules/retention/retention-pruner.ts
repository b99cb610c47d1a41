import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { JobsService } from '../jobs/index.js';
import type { OwnRun } from '../backups/index.js';
import { RetentionDecisions } from './retention-decisions.js';
import { RetentionPolicies } from './retention-policies.js';
import { RetentionRunner } from './retention-runner.js';

const PAGE = 200;
/** The oldest so many are looked at in one go. */
const MOST = 1000;

/** Whose backups may be deleted to make room. */
export type PruneScope =
  | { scope: 'site'; siteId: string }
  | { scope: 'node'; nodeId: string | null }
  | { scope: 'provider'; providerId: string };

interface Candidate {
  id: string;
  siteId: string;
  at: Date;
}

/** Makes room with what retention lets go, and with nothing else. */
@Injectable()
export class RetentionPruner {
  constructor(
    private readonly orm: MikroORM,
    private readonly policies: RetentionPolicies,
    private readonly decisions: RetentionDecisions,
    private readonly runner: RetentionRunner,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Deletes backups that retention lets go, oldest first and at once, until `isEnough`, which is asked after each. Those of sites with
   * an active job are left alone (but for the job's own site: there all but the one it is compared with). Returns how many were
   * deleted. Errors: the storages'.
   */
  async prune(
    scope: PruneScope,
    own: OwnRun & { siteId: string },
    isEnough: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<number> {
    let removed = 0;
    for (const { id, siteId } of await this.candidates(scope)) {
      signal.throwIfAborted();
      const isOwn = siteId === own.siteId;
      if (!isOwn && (await this.jobs.activeJob(siteId)) !== null) continue;
      if ((await this.runner.removeNow(id, isOwn ? own : undefined)) !== 'gone') continue;
      removed += 1;
      if (await isEnough()) return removed;
    }
    return removed;
  }

  /** What the policies of the sites let go, oldest first. */
  private async candidates(scope: PruneScope): Promise<Candidate[]> {
    const now = new Date();
    let found: Candidate[] = [];
    for await (const siteId of this.sitesOf(scope)) {
      const { policy } = await this.policies.of(siteId);
      for (const { id, at, action, providerIds } of await this.decisions.of(siteId, policy, now)) {
        if (action === 'keep') continue;
        if (scope.scope === 'provider' && !providerIds.includes(scope.providerId)) continue;
        found.push({ id, siteId, at });
      }
      found = found.toSorted((a, b) => a.at.getTime() - b.at.getTime()).slice(0, MOST);
    }
    return found;
  }

  private async *sitesOf(scope: PruneScope): AsyncGenerator<string> {
    if (scope.scope === 'site') {
      yield scope.siteId;
      return;
    }
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows = await this.orm.em.fork().execute<{ id: string }[]>(
        `select id from site where id > ? ${scope.scope === 'node' ? 'and node_id is not distinct from ?' : ''}
          order by id limit ${PAGE}`,
        [after, ...(scope.scope === 'node' ? [scope.nodeId] : [])],
      );
      for (const { id } of rows) {
        after = id;
        yield id;
      }
      if (rows.length < PAGE) return;
    }
  }
}
