import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { NEWS_EVENTS } from '../news/news.js';
import { newsOf, type ToldEvent } from '../news/news-of-event.js';
import { NotificationChannel, NotificationRule } from '../notification.entity.js';
import type { RuleSite } from '../rules/rule-match.js';
import type { Lane } from './delivery-batch.js';
import { DeliveryWriter } from './delivery-writer.js';
import { Heartbeats } from './heartbeats.js';
import { Reminders } from './reminders.js';

const BATCH = 200;

interface EventRow {
  id: string;
  job_id: string | null;
  site_id: string | null;
  type: string;
  data: Record<string, unknown>;
  created_at: string;
  site_name: string | null;
  labels: string[] | null;
  seconds: string | null;
  first_warning: string | null;
}

/**
 * Reads the event log in order and writes deliveries, in one transaction with the cursor: a crash between any two steps loses
 * nothing and enters nothing twice. The cursor's row is locked, so one master does it at a time; the others pass.
 */
@Injectable()
export class Notifier {
  constructor(
    private readonly orm: MikroORM,
    private readonly writer: DeliveryWriter,
    private readonly reminders: Reminders,
    private readonly heartbeats: Heartbeats,
  ) {}

  /** Enters deliveries for all that happened. How many events were looked at. */
  async run(): Promise<number> {
    let seen = 0;
    for (;;) {
      const part = await this.orm.em.fork().transactional((em) => this.step(em));
      seen += part ?? 0;
      if (part === null || part < BATCH) return seen;
    }
  }

  /** Null when another master is at it. */
  private async step(em: EntityManager): Promise<number | null> {
    const cursor = await this.cursor(em);
    if (cursor === null) return null;
    const { newest, given } = await newestEvent(em);
    // The log was begun anew: its ids say nothing of what was told. That its end was removed by its keeping time is no such thing.
    const after = cursor > given ? 0 : cursor;
    const events = await eventsAfter(em, after, newest);
    const lanes = await lanesOf(em);
    await this.tell(em, lanes, events);
    const upTo = events.length === BATCH ? Number(events.at(-1)?.id) : Math.max(after, newest);
    if (upTo !== cursor) await em.execute('update notification_cursor set event_id = ? where id = 1', [upTo]);
    await this.reminders.add(em, lanes);
    await this.heartbeats.add(em);
    return events.length;
  }

  private async tell(em: EntityManager, lanes: readonly Lane[], events: readonly EventRow[]): Promise<void> {
    if (lanes.length === 0) return;
    const told = events.flatMap((row) => {
      const news = newsOf(toldEvent(row));
      return news === null ? [] : [{ news, site: siteOf(row) }];
    });
    if (told.length === 0) return;
    const batch = await this.writer.open(
      em,
      lanes,
      told.map(({ news }) => news.topic),
    );
    for (const { news, site } of told) for (const lane of lanes) batch.add(lane, news, site);
    await batch.flush(em);
  }

  private async cursor(em: EntityManager): Promise<number | null> {
    // What happened before there was a notifier is no news.
    await em.execute(
      `insert into notification_cursor (id, event_id) select 1, coalesce(max(id), 0) from job_event
        where not exists (select 1 from notification_cursor) on conflict do nothing`,
    );
    const rows = await em.execute<{ event_id: string }[]>(
      'select event_id from notification_cursor where id = 1 for update skip locked',
    );
    const [row] = rows;
    return row === undefined ? null : Number(row.event_id);
  }
}

/**
 * `newest` is read before the events, and ids commit in order: nothing at or below it can still come. `given`: the last id that was
 * handed out, whether its event is still there or not.
 */
async function newestEvent(em: EntityManager): Promise<{ newest: number; given: number }> {
  const rows = await em.execute<{ newest: string; given: string }[]>(
    'select coalesce(max(id), 0) as newest, (select last_value from job_event_id_seq) as given from job_event',
  );
  return { newest: Number(rows[0]?.newest ?? 0), given: Number(rows[0]?.given ?? 0) };
}

async function eventsAfter(em: EntityManager, after: number, newest: number): Promise<EventRow[]> {
  if (after >= newest) return [];
  return em.execute<EventRow[]>(
    `select e.id, e.job_id, e.site_id, e.type, e.data, e.created_at, s.name as site_name, s.labels,
        extract(epoch from j.finished_at - j.started_at) as seconds, j.warnings->0->>'message' as first_warning
      from job_event e left join site s on s.id = e.site_id left join job j on j.id = e.job_id
      where e.id > ? and e.id <= ? and e.type in (${NEWS_EVENTS.map(() => '?').join(', ')})
      order by e.id limit ${BATCH}`,
    [after, newest, ...NEWS_EVENTS],
  );
}

/** Every enabled rule with each of its enabled channels. */
async function lanesOf(em: EntityManager): Promise<Lane[]> {
  const rules = await em.find(NotificationRule, { enabled: true }, { orderBy: { createdAt: 'asc' } });
  if (rules.length === 0) return [];
  const channels = new Map(
    (await em.find(NotificationChannel, { enabled: true })).map((channel) => [channel.id, channel]),
  );
  return rules.flatMap((rule) =>
    rule.channelIds.flatMap((id) => {
      const channel = channels.get(id);
      return channel === undefined ? [] : [{ rule, channel }];
    }),
  );
}

const siteOf = ({ site_id: id, labels }: EventRow): RuleSite | null =>
  id === null ? null : { id, labels: labels ?? [] };

function toldEvent(row: EventRow): ToldEvent {
  return {
    type: row.type,
    jobId: row.job_id,
    siteId: row.site_id,
    data: row.data,
    createdAt: new Date(row.created_at),
    siteName: row.site_name,
    seconds: row.seconds === null ? null : Number(row.seconds),
    firstWarning: row.first_warning,
  };
}
