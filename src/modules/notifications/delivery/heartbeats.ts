import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { senders } from '../channels/index.js';
import type { News } from '../news/news.js';
import { DeliveryState, NotificationChannel, NotificationDelivery } from '../notification.entity.js';
import { NotificationTimings } from '../notification-timings.js';

const TOPIC = 'heartbeat';
const MINUTE_MS = 60_000;
/** The tick is not on the millisecond. */
const SLACK_MS = 5_000;

/** Tells dead-man switches that backupd is alive and no critical alarm is open. Only the newest heartbeat of a channel is kept. */
@Injectable()
export class Heartbeats {
  constructor(private readonly timings: NotificationTimings) {}

  async add(em: EntityManager): Promise<void> {
    const now = this.timings.now();
    for (const { id, kind, settings } of await em.find(NotificationChannel, { enabled: true })) {
      const minutes = settings['heartbeatMinutes'];
      if (!senders[kind].pings || typeof minutes !== 'number') continue;
      const since = new Date(now.getTime() - minutes * MINUTE_MS + SLACK_MS);
      if ((await em.count(NotificationDelivery, { channelId: id, topic: TOPIC, createdAt: { $gt: since } })) > 0)
        continue;
      await em.nativeDelete(NotificationDelivery, { channelId: id, topic: TOPIC });
      const news = heartbeat(await openCritical(em), now);
      await em.insert(NotificationDelivery, {
        id: newId(),
        channelId: id,
        topic: TOPIC,
        message: { ...news },
        state: DeliveryState.Waiting,
        nextAttemptAt: now,
        createdAt: now,
      });
    }
  }
}

async function openCritical(em: EntityManager): Promise<string[]> {
  const rows = await em.execute<{ message: string }[]>(
    `select message from alarm where cleared_at is null and severity = 'critical' order by raised_at limit 5`,
  );
  return rows.map(({ message }) => message);
}

function heartbeat(critical: readonly string[], now: Date): News {
  const good = critical.length === 0;
  const at = now.toISOString();
  return {
    type: 'heartbeat',
    kind: null,
    phase: 'info',
    topic: TOPIC,
    severity: good ? 'info' : 'critical',
    ping: good ? 'success' : 'fail',
    what: good ? 'alive, no critical alarm' : 'critical alarms are open',
    text: good ? 'backupd runs and no critical alarm is open.' : critical.join(' '),
    hint: good ? null : '"backupd alarms" shows them.',
    code: null,
    siteId: null,
    siteName: null,
    jobId: null,
    alarmId: null,
    see: 'backupd alarms',
    path: '/alarms',
    seconds: null,
    at,
    count: 1,
    firstAt: at,
    recovered: false,
    reminder: false,
  };
}
