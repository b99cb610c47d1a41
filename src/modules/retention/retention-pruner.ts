import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, throwIfAborted } from '../../common/errors/index.js';
import { AuditLog } from '../audit/index.js';
import { JobsService } from '../jobs/index.js';
import type { OwnRun } from '../backups/index.js';
import { RetentionDecisions } from './retention-decisions.js';
import { RetentionPolicies } from './retention-policies.js';
import { RetentionRunner } from './retention-runner.js';

const PAGE = 200;
/** The oldest so many are looked at in one go. */
const MOST = 10_000;

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
  private readonly logger = new Logger('retention');

  constructor(
    private readonly orm: MikroORM,
    private readonly policies: RetentionPolicies,
    private readonly decisions: RetentionDecisions,
    private readonly runner: RetentionRunner,
    private readonly jobs: JobsService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Deletes backups that retention lets go, oldest first and at once, until `isEnough`, which is asked after each; none at all when
   * all of them would not free `bytes`, as what lies in their bundles may be needed by others. Those of sites with an active job are
   * left alone (but for the job's own site: there all but the one it is compared with). Returns how many were deleted. It ends at the first that a storage does not delete now.
   */
  async prune(
    scope: PruneScope,
    bytes: number,
    own: OwnRun & { siteId: string },
    isEnough: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<number> {
    const candidates = await this.candidates(scope, own);
    if ((await this.wouldFree(scope, candidates)) < bytes) return 0;
    let removed = 0;
    for (const { id, siteId } of candidates) {
      throwIfAborted(signal);
      const isOwn = siteId === own.siteId;
      if (!isOwn && (await this.jobs.activeJob(siteId)) !== null) continue;
      const how = await this.remove({ id, siteId }, isOwn ? own : undefined);
      // The next one would only be hidden too, and free nothing.
      if (how === 'refused') return removed;
      if (how === 'kept') continue;
      removed += 1;
      const details = { siteId, jobId: own.jobId, scope: scope.scope };
      await this.audit.system('quota.pruned', { targetId: id, details });
      if (await isEnough()) return removed;
    }
    return removed;
  }

  private async remove(
    which: { id: string; siteId: string },
    own: OwnRun | undefined,
  ): Promise<'gone' | 'kept' | 'refused'> {
    try {
      return (await this.runner.removeNow(which, own)) === 'gone' ? 'gone' : 'kept';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn(`Backup ${which.id} could not be deleted to make room: ${error.message}`);
      return 'refused';
    }
  }

  private async wouldFree(scope: PruneScope, candidates: readonly Candidate[]): Promise<number> {
    const { byProvider } = await this.decisions.freedBy(candidates.map(({ id }) => id));
    if (scope.scope === 'provider') return byProvider.get(scope.providerId)?.bytes ?? 0;
    return [...byProvider.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What the policies of the sites let go and nothing uses now, oldest first. */
  private async candidates(scope: PruneScope, own: OwnRun & { siteId: string }): Promise<Candidate[]> {
    const now = new Date();
    let found: Candidate[] = [];
    for await (const siteId of this.sitesOf(scope)) {
      if (siteId !== own.siteId && (await this.jobs.activeJob(siteId)) !== null) continue;
      const { policy } = await this.policies.of(siteId);
      for (const { id, at, action, providerIds } of await this.decisions.of(siteId, policy, now)) {
        if (action === 'keep' || id === own.parentId) continue;
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
