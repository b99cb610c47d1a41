import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { News } from '../news/news.js';
import type { DeliveryState } from '../notification.entity.js';
import { NotificationTimings } from '../notification-timings.js';
import { DeliveryBatch, type Earlier, type Lane, laneTopic } from './delivery-batch.js';

/** Deliveries of a rule, channel and topic that are looked back at. */
const LOOKED_AT = 10;

interface EarlierRow {
  id: string;
  channel_id: string;
  rule_id: string;
  topic: string;
  state: DeliveryState;
  claimed: boolean;
  message: News;
  told_at: string;
}

/** Makes batches of deliveries that know what was told before. */
@Injectable()
export class DeliveryWriter {
  constructor(private readonly timings: NotificationTimings) {}

  /** A batch for news on these topics. */
  async open(em: EntityManager, lanes: readonly Lane[], topics: readonly string[]): Promise<DeliveryBatch> {
    const now = this.timings.now();
    const earlier = new Map<string, Earlier[]>();
    if (lanes.length > 0 && topics.length > 0)
      for (const row of await this.earlier(em, lanes, topics, now)) {
        const key = laneTopic(row.rule_id, row.channel_id, row.topic);
        const { id, state, claimed, message } = row;
        const found = { id, state, claimed, message, toldAt: new Date(row.told_at) };
        earlier.set(key, [...(earlier.get(key) ?? []), found]);
      }
    return new DeliveryBatch(earlier, now, this.timings.repeatMs);
  }

  private async earlier(
    em: EntityManager,
    lanes: readonly Lane[],
    topics: readonly string[],
    now: Date,
  ): Promise<EarlierRow[]> {
    const which = [
      JSON.stringify([...new Set(topics)]),
      `{${[...new Set(lanes.map(({ rule }) => rule.id))].join(',')}}`,
    ];
    // Held until these are written: what waits now is not taken to be sent while it is changed.
    await em.execute(
      `select id from notification_delivery
        where topic in (select jsonb_array_elements_text(?::jsonb)) and rule_id = any(?::uuid[]) and state = 'waiting'
          and (claimed_until is null or claimed_until <= ?::timestamptz)
        order by id for update`,
      [...which, now.toISOString()],
    );
    return em.execute<EarlierRow[]>(
      `select id, channel_id, rule_id, topic, state, claimed, message, told_at from (
          select *, coalesce(claimed_until > ?::timestamptz, false) as claimed, coalesce(sent_at, created_at) as told_at,
              row_number() over (partition by channel_id, rule_id, topic order by created_at desc, id desc) as nth
            from notification_delivery
            where topic in (select jsonb_array_elements_text(?::jsonb)) and rule_id = any(?::uuid[])
              and state in ('waiting', 'sent')) d
        where nth <= ${LOOKED_AT} order by created_at desc, id desc`,
      [now.toISOString(), ...which],
    );
  }
}
