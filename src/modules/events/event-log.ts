import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { EventFilter, LoggedEvent, NewEvent } from './event-types.js';
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
    await em.execute('select pg_advisory_xact_lock(?)', [EVENT_LOCK]);
    const rows = events.map(() => '(?::uuid, ?::uuid, ?, ?::jsonb, ?::timestamptz)').join(', ');
    const values = events.flatMap((event) => [
      event.jobId,
      event.siteId,
      event.type,
      JSON.stringify(event.data),
      now.toISOString(),
    ]);
    await em.execute(`insert into job_event (job_id, site_id, type, data, created_at) values ${rows}`, values);
    await em.execute(`select pg_notify('${EVENT_CHANNEL}', '')`);
  }

  /** Id of the newest event; 0 when there is none. */
  async latestId(): Promise<number> {
    const rows = await this.orm.em.fork().execute<{ id: string }[]>('select coalesce(max(id), 0) as id from job_event');
    return Number(rows[0]?.id ?? 0);
  }

  /** Events after the given id in order. */
  async read(after: number, filter: EventFilter, limit: number): Promise<LoggedEvent[]> {
    const where = {
      id: { $gt: after },
      ...(filter.jobId === undefined ? {} : { jobId: filter.jobId }),
      ...(filter.siteId === undefined ? {} : { siteId: filter.siteId }),
      ...(filter.types === undefined ? {} : { type: { $in: [...filter.types] } }),
    };
    return this.orm.em.fork().find(JobEvent, where, { orderBy: { id: 'asc' }, limit, disableIdentityMap: true });
  }

  /** Removes what is older than its keeping time or beyond the limit. Returns how many went. */
  async prune(now: Date, retention = defaultRetention): Promise<number> {
    const em = this.orm.em.fork();
    const progress = await em.nativeDelete(JobEvent, {
      type: 'stage.progress',
      createdAt: { $lt: new Date(now.getTime() - retention.progressMs) },
    });
    const old = await em.nativeDelete(JobEvent, { createdAt: { $lt: new Date(now.getTime() - retention.allMs) } });
    const beyond = await em.nativeDelete(JobEvent, { id: { $lte: (await this.latestId()) - retention.maxEvents } });
    return progress + old + beyond;
  }
}
