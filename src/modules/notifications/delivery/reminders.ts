import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { senders } from '../channels/index.js';
import type { News } from '../news/news.js';
import { NotificationTimings } from '../notification-timings.js';
import type { Lane } from './delivery-batch.js';
import { DeliveryWriter } from './delivery-writer.js';

const HOUR_MS = 3_600_000;

/** Tells open alarms again that nobody has acknowledged. */
@Injectable()
export class Reminders {
  constructor(
    private readonly writer: DeliveryWriter,
    private readonly timings: NotificationTimings,
  ) {}

  async add(em: EntityManager, lanes: readonly Lane[]): Promise<void> {
    const reminding = lanes.filter(({ rule, channel }) => rule.remindHours && !senders[channel.kind].pings);
    if (reminding.length === 0) return;
    const batch = await this.writer.open(em, reminding, []);
    const now = this.timings.now().getTime();
    for (const lane of reminding)
      for (const news of await due(em, lane, new Date(now - (lane.rule.remindHours ?? 0) * HOUR_MS)))
        batch.remind(lane, news);
    await batch.flush(em);
  }
}

/** What was last told of each open alarm, where that is long enough ago. */
async function due(em: EntityManager, { rule, channel }: Lane, before: Date): Promise<News[]> {
  const rows = await em.execute<{ message: News }[]>(
    `select last.message from alarm a, lateral (
        select d.message, d.state, d.sent_at from notification_delivery d
          where d.topic = 'alarm:' || a.kind || ':' || a.subject and d.channel_id = ? and d.rule_id = ?
            and d.state in ('sent', 'waiting') and d.message->>'phase' = 'raise' and d.created_at >= a.raised_at
          order by d.created_at desc limit 1) last
      where a.cleared_at is null and a.acknowledged_at is null and last.state = 'sent' and last.sent_at <= ?`,
    [channel.id, rule.id, before.toISOString()],
  );
  return rows.map(({ message }) => message);
}
