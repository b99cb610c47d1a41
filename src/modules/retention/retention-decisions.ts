import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isNeeded } from '../backups/index.js';
import { decide, type RetainedBackup, type RetentionPolicy, type Verdict } from './policy.js';

interface Row {
  id: string;
  started_at: string;
  pinned: boolean;
  pin_note: string | null;
  expires_at: string | null;
  good: boolean;
  providers: string[];
}

/** A verdict and what it is about. */
export interface BackupVerdict extends Verdict {
  expiresAt: Date | null;
  /** Where it has copies. */
  providerIds: string[];
}

/** What becomes free when backups go. */
export interface Freed {
  /** Bytes of each backup, when they go oldest first. */
  byBackup: Map<string, number>;
  byProvider: Map<string, { bytes: number; objects: number }>;
}

/** Applies policies to what the catalogue has; changes nothing. */
@Injectable()
export class RetentionDecisions {
  constructor(private readonly orm: MikroORM) {}

  /**
   * For each backup of the site whether it stays, newest first. Holds a few hundred bytes a backup in memory: the rules need them
   * all.
   */
  async of(
    siteId: string,
    policy: RetentionPolicy | null,
    now: Date,
    em: EntityManager = this.orm.em.fork(),
  ): Promise<BackupVerdict[]> {
    const rows = await em.execute<Row[]>(
      `select b.id, b.started_at, b.pinned, b.pin_note, b.expires_at, coalesce(c.good, false) as good,
          coalesce(c.providers, '[]'::jsonb) as providers
        from backup b left join (
          select c.backup_id, bool_or(c.state in ('present', 'verified')) as good, jsonb_agg(c.provider_id) as providers
            from backup_copy c join backup m on m.id = c.backup_id where m.site_id = ? group by c.backup_id) c
          on c.backup_id = b.id
        where b.site_id = ? and b.deleting_at is null`,
      [siteId, siteId],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return decide(rows.map(retained), policy, now).map((verdict) => {
      const row = byId.get(verdict.id);
      const expires = row?.expires_at ?? null;
      return {
        ...verdict,
        expiresAt: expires === null ? null : new Date(expires),
        providerIds: row?.providers ?? [],
      };
    });
  }

  /** What becomes free on the storages when all of these go: what no other backup needs there. */
  async freedBy(ids: readonly string[]): Promise<Freed> {
    const freed: Freed = { byBackup: new Map(), byProvider: new Map() };
    if (ids.length === 0) return freed;
    const rows = await this.orm.em
      .fork()
      .execute<{ backup_id: string; provider_id: string; bytes: string; objects: string }[]>(
        `with gone as materialized (select e::uuid as id from jsonb_array_elements_text(?::jsonb) e),
        held as (
          select distinct on (c.provider_id, n.key) c.provider_id, n.key, b.id as backup_id
            from gone g join backup b on b.id = g.id join backup_copy c on c.backup_id = b.id
              join backup_object n on n.backup_id = b.id
            order by c.provider_id, n.key, b.started_at desc, b.id desc),
        freed as (
          select h.* from held h
            where not ${isNeeded('h.key', 'h.provider_id', 'b.deleting_at is null and b.id not in (select id from gone)')})
      select f.backup_id, f.provider_id, sum(s.size)::text as bytes, count(*)::text as objects
        from freed f join stored_object s on s.provider_id = f.provider_id and s.key = f.key and s.state <> 'missing'
        group by f.backup_id, f.provider_id`,
        [JSON.stringify(ids)],
      );
    for (const row of rows) {
      const bytes = Number(row.bytes);
      freed.byBackup.set(row.backup_id, (freed.byBackup.get(row.backup_id) ?? 0) + bytes);
      const before = freed.byProvider.get(row.provider_id) ?? { bytes: 0, objects: 0 };
      freed.byProvider.set(row.provider_id, {
        bytes: before.bytes + bytes,
        objects: before.objects + Number(row.objects),
      });
    }
    return freed;
  }
}

function retained(row: Row): RetainedBackup {
  const { id, pinned, good } = row;
  return { id, at: new Date(row.started_at), good, pinned, pinNote: row.pin_note };
}
