import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { EventFilter, EventType, LoggedEvent, NewEvent } from './event-types.js';
import { JobEvent } from './job-event.entity.js';

/** PostgreSQL channel on which a new event's id is announced. */
export const EVENT_CHANNEL = 'backupd_job_event';

/** Advisory lock held from handing out an event's id to its commit ("bkev"). */
const EVENT_LOCK = 0x626b6576;

const HOUR = 3_600_000;

/** How long events are kept. */
export interface EventRetention {
  progressMs: number;
  allMs: number;
  /** Of progress, and of all else: a busy hour of many jobs does not take the log of the others with it. */
  maxEvents: number;
}
export const defaultRetention: EventRetention = { progressMs: HOUR, allMs: 30 * 24 * HOUR, maxEvents: 200_000 };

/** The one place where events are written and read. */
@Injectable()
export class EventLog {
  constructor(private readonly orm: MikroORM) {}

  /**
   * Writes events within the caller's transaction. Must be the last thing the transaction does: it takes the lock that
   * makes ids commit in order, and a row lock taken after it could deadlock.
   */
  async append(em: EntityManager, events: readonly NewEvent[], now: Date): Promise<void> {
    if (events.length === 0) return;
    const { sql, values } = appending(events, now);
    await em.execute(`with ${sql} select count(*) from told`, values);
  }

  /** Id of the newest event; 0 when there is none. */
  async latestId(): Promise<number> {
    const rows = await this.orm.em.fork().execute<{ id: string }[]>('select coalesce(max(id), 0) as id from job_event');
    return Number(rows[0]?.id ?? 0);
  }

  /** When the newest event of this type was written for the job; null when there is none (any more). */
  async newestOf(em: EntityManager, jobId: string, type: EventType): Promise<Date | null> {
    const rows = await em.execute<{ at: string | Date | null }[]>(
      'select max(created_at) as at from job_event where job_id = ? and type = ?',
      [jobId, type],
    );
    const at = rows[0]?.at ?? null;
    return at === null ? null : new Date(at);
  }

  /** Events after the given id in order. */
  async read(after: number, filter: EventFilter, limit: number): Promise<LoggedEvent[]> {
    const where = {
      id: { $gt: after },
      ...(filter.jobId === undefined ? {} : { jobId: filter.jobId }),
      ...(filter.siteId === undefined ? {} : { siteId: filter.siteId }),
      ...((filter.sites ?? null) === null ? {} : { $and: [{ siteId: { $in: [...(filter.sites ?? [])] } }] }),
      ...(filter.types === undefined ? {} : { type: { $in: [...filter.types] } }),
    };
    const rows = await this.orm.em
      .fork()
      .find(JobEvent, where, { orderBy: { id: 'asc' }, limit, disableIdentityMap: true });
    return rows.map(({ id, jobId, siteId, type, data, createdAt }) => ({
      id,
      jobId: jobId ?? null,
      siteId: siteId ?? null,
      type,
      data,
      createdAt,
    }));
  }

  /** Removes what is older than its keeping time or beyond the limit. Returns how many went. */
  async prune(now: Date, retention = defaultRetention): Promise<number> {
    const em = this.orm.em.fork();
    const progress = await em.nativeDelete(JobEvent, {
      type: 'stage.progress',
      createdAt: { $lt: new Date(now.getTime() - retention.progressMs) },
    });
    const old = await em.nativeDelete(JobEvent, { createdAt: { $lt: new Date(now.getTime() - retention.allMs) } });
    let beyond = 0;
    for (const type of ['stage.progress', { $ne: 'stage.progress' }]) {
      const paging = { orderBy: { id: 'desc' }, offset: retention.maxEvents, limit: 1, fields: ['id'] } as const;
      const [last] = await em.find(JobEvent, { type }, paging);
      if (last !== undefined) beyond += await em.nativeDelete(JobEvent, { type, id: { $lte: last.id } });
    }
    return progress + old + beyond;
  }
}

/**
 * The writing of events as parts of a `with` clause: nothing is written when the part named by `after` has no row, and that row
 * is locked first. The statement must read from `told`.
 */
export function appending(
  events: readonly NewEvent[],
  now: Date,
  after = '(select 1) as always',
): { sql: string; values: unknown[] } {
  // The lock's part is materialized, so it is taken before the first id is handed out.
  const sql = `in_order as materialized (select pg_advisory_xact_lock(${EVENT_LOCK}) from ${after}),
    written as (
      insert into job_event (job_id, site_id, type, data, created_at)
        select (e.item->>'jobId')::uuid, (e.item->>'siteId')::uuid, e.item->>'type', e.item->'data', ?::timestamptz
          from in_order, jsonb_array_elements(?::jsonb) with ordinality as e (item, n) order by e.n
        returning id),
    told as (select pg_notify('${EVENT_CHANNEL}', '') from (select count(*) from written) as all_written)`;
  return { sql, values: [now.toISOString(), JSON.stringify(events)] };
}
