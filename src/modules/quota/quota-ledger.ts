import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockInTransaction } from '../../database/index.js';
import { type OverQuota, type QuotaScope } from './quota.entity.js';

/** A quota as it stands when so many bytes more are asked for. */
export interface QuotaState {
  scope: QuotaScope;
  subjectId: string | null;
  over: OverQuota;
  limit: number;
  /** What the storages have, as the catalogue knows. */
  used: number;
  /** What other running backups are about to store. */
  reserved: number;
  asked: number;
}

export interface Reservation {
  jobId: string;
  siteId: string;
  providerId: string;
  bytes: number;
  /** `estimate` never takes back what an earlier attempt has reserved; `exact` replaces it. */
  kind: 'estimate' | 'exact';
}

export interface Reserved {
  /** Quotas that it would exceed; when there are any, nothing is reserved. */
  exceeded: QuotaState[];
  /** Quotas of which it leaves less than a fifth. */
  near: QuotaState[];
}

interface Row {
  scope: QuotaScope;
  subject_id: string | null;
  over: OverQuota;
  bytes: string;
  used: string;
  reserved: string;
  /** What the job has reserved before. */
  own: string;
}

/** From this share on a quota is near its end. */
export const NEAR_PERCENT = 80;

/**
 * A reservation counts while its job is active and its backup is not in the catalogue, where the objects count by themselves: so
 * nothing has to be released, also after a crash.
 */
export const RESERVATION_COUNTS = `exists (select 1 from job j where j.id = r.job_id and j.status in ('pending', 'running'))
  and not exists (select 1 from backup b where b.job_id = r.job_id)`;

/** Who asks; of job, site, provider, and the site again. */
const ME = `select ?::uuid as job_id, ?::uuid as site_id, ?::uuid as provider_id,
  (select node_id from site where id = ?::uuid) as node_id`;

/** The quotas that count what is asked for. */
const COUNTS_ME = `(q.scope = 'site' and q.subject_id = me.site_id)
  or (q.scope = 'provider' and q.subject_id = me.provider_id)
  or (q.scope = 'node' and q.subject_id is not distinct from me.node_id)`;

/** Checks quotas and reserves, so that backups that run at the same time never exceed one together. */
@Injectable()
export class QuotaLedger {
  constructor(private readonly orm: MikroORM) {}

  /**
   * Checks all quotas that the bytes would count for and reserves them if none is exceeded; under one lock where there are any, which all
   * backups of all masters would wait for otherwise. Idempotent.
   */
  async reserve(wanted: Reservation): Promise<Reserved> {
    if (await enter(this.orm.em.fork(), wanted, 'without-quota')) return { exceeded: [], near: [] };
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, 'backupd:quota', 'exclusive');
      const states = await statesFor(em, wanted);
      const exceeded = states.filter((state) => sum(state) > BigInt(state.limit));
      if (exceeded.length > 0) return { exceeded, near: [] };
      await enter(em, wanted, 'checked');
      return {
        exceeded,
        near: states.filter((state) => sum(state) * 100n >= BigInt(state.limit) * BigInt(NEAR_PERCENT)),
      };
    });
  }

  /** Bytes that the job may bring to the provider; null = it was not let in there. */
  async reservedBy(jobId: string, providerId: string): Promise<number | null> {
    const rows = await this.orm.em
      .fork()
      .execute<{ bytes: string }[]>(
        'select bytes::text as bytes from quota_reservation where job_id = ? and provider_id = ?',
        [jobId, providerId],
      );
    const [row] = rows;
    return row === undefined ? null : Number(row.bytes);
  }

  /** The providers that the job was let in to. */
  async reservedAt(jobId: string): Promise<string[]> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string }[]>('select provider_id as id from quota_reservation where job_id = ?', [jobId]);
    return rows.map(({ id }) => id);
  }

  /**
   * What the next backup of the site stores at least, in bytes: the least of its last five incremental (or full) ones. The least, as
   * one large backup must not keep small ones from being made; and never 0, as every backup stores something.
   */
  async estimate(siteId: string, full: boolean): Promise<number> {
    const rows = await this.orm.em.fork().execute<{ bytes: string | null }[]>(
      full
        ? `select min(bytes)::text as bytes from (select bundle_size + manifest_size as bytes from backup
             where site_id = ? and parent_backup_id is null order by started_at desc limit 5) last`
        : `select coalesce(
             (select min(bytes) from (select stored_bytes as bytes from backup
                where site_id = ? and parent_backup_id is not null order by started_at desc limit 5) last),
             (select manifest_size from backup where site_id = ? order by started_at desc limit 1))::text as bytes`,
      full ? [siteId] : [siteId, siteId],
    );
    return Math.max(1, Number(rows[0]?.bytes ?? 0));
  }
}

/** Exact also where the parts add up to more than a number holds. */
function sum({ used, reserved, asked }: QuotaState): bigint {
  return BigInt(used) + BigInt(reserved) + BigInt(asked);
}

/**
 * Enters the reservation, and removes those of the site's ended jobs. False, and nothing is entered, when a quota counts the bytes and
 * nobody has checked it.
 */
async function enter(
  em: EntityManager,
  { jobId, providerId, siteId, bytes, kind }: Reservation,
  how: 'without-quota' | 'checked',
): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `with me as (${ME}),
      gone as (delete from quota_reservation r using me where r.site_id = me.site_id and r.job_id <> me.job_id
        and not exists (select 1 from job j where j.id = r.job_id and j.status in ('pending', 'running')))
      insert into quota_reservation (job_id, provider_id, site_id, bytes, created_at)
        select me.job_id, me.provider_id, me.site_id, ?::bigint, now() from me
          where ?::boolean or not exists (select 1 from quota q where ${COUNTS_ME})
        on conflict (job_id, provider_id) do update set bytes =
          case when ?::boolean then excluded.bytes else greatest(excluded.bytes, quota_reservation.bytes) end
        returning 1`,
    [jobId, siteId, providerId, siteId, bytes, how === 'checked', kind === 'exact'],
  );
  return rows.length > 0;
}

/** In one statement: what is committed meanwhile counts once, as reserved or as used. */
async function statesFor(
  em: EntityManager,
  { jobId, siteId, providerId, bytes, kind }: Reservation,
): Promise<QuotaState[]> {
  const rows = await em.execute<Row[]>(
    `with me as (${ME}),
      counted as not materialized (
        select o.site_id, o.provider_id, o.size, false as reserved from stored_object o where o.state <> 'missing'
        union all
        select r.site_id, r.provider_id, r.bytes, true from quota_reservation r, me
          where ${RESERVATION_COUNTS} and not (r.job_id = me.job_id and r.provider_id = me.provider_id))
    select q.scope, q.subject_id, q.over, q.bytes::text as bytes, u.used::text as used, u.reserved::text as reserved,
        coalesce((select r.bytes from quota_reservation r
          where r.job_id = me.job_id and r.provider_id = me.provider_id), 0)::text as own
      from me, quota q, lateral (
        select coalesce(sum(c.size) filter (where not c.reserved), 0) as used,
            coalesce(sum(c.size) filter (where c.reserved), 0) as reserved
          from (
            select c.size, c.reserved from counted c where q.scope = 'site' and c.site_id = q.subject_id
            union all
            select c.size, c.reserved from counted c where q.scope = 'provider' and c.provider_id = q.subject_id
            union all
            select c.size, c.reserved from counted c join site s on s.id = c.site_id
              where q.scope = 'node' and s.node_id is not distinct from q.subject_id) c) u
      where ${COUNTS_ME}
      order by q.scope`,
    [jobId, siteId, providerId, siteId],
  );
  return rows.map((row) => ({
    scope: row.scope,
    subjectId: row.subject_id,
    over: row.over,
    limit: Number(row.bytes),
    used: Number(row.used),
    reserved: Number(row.reserved),
    asked: kind === 'exact' ? bytes : Math.max(bytes, Number(row.own)),
  }));
}
