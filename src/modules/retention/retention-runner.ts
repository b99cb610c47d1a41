import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { AuditLog } from '../audit/index.js';
import { BackupRemover, lockBackupsOf, type OwnRun, type Removal } from '../backups/index.js';
import type { RetentionPolicy } from './policy.js';
import { RetentionDecisions } from './retention-decisions.js';
import { RetentionPolicies } from './retention-policies.js';

const PAGE = 200;
const HOUR_MS = 3_600_000;

/** A backup and the policy of its site. */
interface Which {
  id: string;
  siteId: string;
  policy: RetentionPolicy | null;
}

/** What one application of a site's policy has done. */
export interface RetentionRun {
  /** Let go now: deleted when the grace is over. */
  expired: number;
  /** Let go before, wanted again. */
  takenBack: number;
  /** Grace over, deleted everywhere. */
  removed: number;
  /** Grace over, but a running backup or a storage that failed is waited for: done later, by itself. */
  waiting: number;
}

/** Lets backups go that no policy wants, in two phases: first they are marked with an end, then they are deleted. */
@Injectable()
export class RetentionRunner {
  private readonly logger = new Logger('retention');

  constructor(
    private readonly orm: MikroORM,
    private readonly policies: RetentionPolicies,
    private readonly decisions: RetentionDecisions,
    private readonly remover: BackupRemover,
    private readonly audit: AuditLog,
  ) {}

  /** Both phases for one site. Idempotent; safe beside running jobs and other masters. Error: SITE_NOT_FOUND. */
  async apply(siteId: string, now = new Date()): Promise<RetentionRun> {
    const { policy } = await this.policies.of(siteId);
    const marked = await this.mark(siteId, policy, now);
    const done = { ...marked, removed: 0, waiting: 0 };
    for await (const id of this.due(siteId, now)) {
      const end = await this.removeIfExpired({ id, siteId, policy }, now);
      if (end === 'gone') done.removed += 1;
      if (end === 'waiting') done.waiting += 1;
    }
    const { expired, takenBack, removed, waiting } = done;
    if (expired + takenBack + removed + waiting > 0) {
      const parts = `${expired} let go, ${takenBack} taken back, ${removed} deleted, ${waiting} waiting`;
      this.logger.log(`Backups of site ${siteId}: ${parts}.`);
      if (expired + removed > 0) await this.audit.system('retention.applied', { targetId: siteId, details: done });
    }
    return done;
  }

  /** Both phases for every registered site, one after the other. Backups of a forgotten site stay: its policy went with it. */
  async applyAll(signal?: AbortSignal): Promise<void> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows = await this.orm.em
        .fork()
        .execute<{ id: string }[]>('select id from site where id > ? order by id limit ?', [after, PAGE]);
      for (const { id } of rows) {
        if (signal?.aborted === true) return;
        after = id;
        await this.apply(id).catch((error: unknown) => {
          this.logger.warn(`Retention of site ${id} failed: ${String(error)}`);
        });
      }
      if (rows.length < PAGE) return;
    }
  }

  /**
   * Deletes the backup at once, without grace, if the policy of its site lets it go at this moment. Errors: the storage's; the rest
   * is then done later.
   */
  async removeNow({ id, siteId }: { id: string; siteId: string }, own?: OwnRun): Promise<Removal> {
    const { policy } = await this.policies.of(siteId);
    return this.remover.removeIf(id, async (em) => this.lets(em, { id, siteId, policy }, new Date()), own);
  }

  /** First phase: what no rule wants any more gets an end, and what is wanted again loses it. */
  private async mark(
    siteId: string,
    policy: RetentionPolicy | null,
    now: Date,
  ): Promise<{ expired: number; takenBack: number }> {
    const until = new Date(now.getTime() + (await this.policies.graceHours()) * HOUR_MS);
    return this.orm.em.fork().transactional(async (em) => {
      await lockBackupsOf(em, siteId);
      const verdicts = await this.decisions.of(siteId, policy, now, em);
      const change = async (ids: string[], set: string, values: unknown[]): Promise<number> => {
        const rows = await em.execute<unknown[]>(
          `update backup set ${set} and deleting_at is null
              and id in (select e::uuid from jsonb_array_elements_text(?::jsonb) e) returning id`,
          [...values, JSON.stringify(ids)],
        );
        return rows.length;
      };
      const fresh = verdicts.filter(({ action, expiresAt }) => action === 'expire' && expiresAt === null);
      const wanted = verdicts.filter(({ action, expiresAt }) => action === 'keep' && expiresAt !== null);
      return {
        expired: await change(
          fresh.map(({ id }) => id),
          'expires_at = ? where expires_at is null and not pinned',
          [until.toISOString()],
        ),
        takenBack: await change(
          wanted.map(({ id }) => id),
          'expires_at = null where expires_at is not null',
          [],
        ),
      };
    });
  }

  /** Ids of backups whose grace is over, in the order of their end, read in pages. */
  private async *due(siteId: string, now: Date): AsyncGenerator<string> {
    let after = { expires_at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
    for (;;) {
      const rows = await this.orm.em.fork().execute<{ expires_at: string; id: string }[]>(
        `select expires_at::text as expires_at, id from backup
          where site_id = ? and deleting_at is null and expires_at <= ?::timestamptz
            and (expires_at, id) > (?::timestamptz, ?::uuid)
          order by expires_at, id limit ?`,
        [siteId, now.toISOString(), after.expires_at, after.id, PAGE],
      );
      for (const row of rows) {
        after = row;
        yield row.id;
      }
      if (rows.length < PAGE) return;
    }
  }

  /** Second phase of one backup. A storage that fails is no error: its row stays marked and is tried again. */
  private async removeIfExpired(which: Which, now: Date): Promise<Removal> {
    try {
      return await this.remover.removeIf(which.id, async (em, backup) => {
        const isDue = backup.expiresAt instanceof Date && backup.expiresAt <= now;
        return isDue && this.lets(em, which, now);
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn(`Backup ${which.id} could not be deleted yet: ${error.message}`);
      return 'waiting';
    }
  }

  /** Whether the policy lets it go, of all backups that the site has within this transaction. */
  private async lets(em: EntityManager, which: Which, now: Date): Promise<boolean> {
    const verdicts = await this.decisions.of(which.siteId, which.policy, now, em);
    return verdicts.some(({ id, action }) => id === which.id && action === 'expire');
  }
}
