import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { senders } from '../channels/index.js';
import type { News } from '../news/news.js';
import {
  DeliveryState,
  NotificationDelivery,
  type NotificationChannel,
  type NotificationRule,
} from '../notification.entity.js';
import { NotificationTimings } from '../notification-timings.js';
import { coversSite, namesType, type RuleSite, tells } from '../rules/rule-match.js';

/** Where news goes: a rule and one of its channels. */
export interface Lane {
  rule: NotificationRule;
  channel: NotificationChannel;
}

interface Earlier {
  id: string;
  state: DeliveryState;
  claimed: boolean;
  attempts: number;
  message: News;
  told_at: string | null;
}

/** Turns news into deliveries, within the transaction that moves the cursor. */
@Injectable()
export class DeliveryWriter {
  constructor(private readonly timings: NotificationTimings) {}

  /** Enters the news for the lane if its rule tells it, once for what is the same, and as the end of what was told. */
  async add(em: EntityManager, lane: Lane, news: News, site: RuleSite | null): Promise<void> {
    if (senders[lane.channel.kind].pings) {
      // A switch must hear of success as of failure: severity is no matter.
      if (news.ping !== null && namesType(lane.rule, news) && coversSite(lane.rule, site))
        await this.insert(em, lane, news);
      return;
    }
    if (news.phase === 'clear' && (await this.ended(em, lane, news))) return;
    if (!wanted(lane.rule, news, site)) return;
    const earlier = await this.earlier(em, lane, news.topic);
    const same = earlier.find(({ state, message }) => state === DeliveryState.Waiting && message.type === news.type);
    if (same !== undefined && !same.claimed) {
      await this.addTo(em, same, news);
      return;
    }
    const last = earlier.find(({ state, claimed, message }) => isTold(state, claimed) && message.type === news.type);
    await this.insert(em, lane, news, last === undefined ? null : this.notBefore(last));
  }

  /** Tells once more what is still so. */
  async remind(em: EntityManager, lane: Lane, news: News): Promise<void> {
    await this.insert(em, lane, { ...news, reminder: true });
  }

  /**
   * What the news ends: a raise that was told gets its end told, one that still waits is dropped. True when nothing more is to
   * be told.
   */
  private async ended(em: EntityManager, { rule, channel }: Lane, news: News): Promise<boolean> {
    const earlier = await this.earlier(em, { rule, channel }, news.topic);
    for (const { id, state, claimed, message } of earlier) {
      if (state !== DeliveryState.Waiting || claimed || message.phase !== 'raise') continue;
      await em.nativeUpdate(
        NotificationDelivery,
        { id, state: DeliveryState.Waiting },
        { state: DeliveryState.Dropped, nextAttemptAt: null, error: 'It was over before it was told.' },
      );
    }
    const told = earlier.find(({ state, claimed }) => isTold(state, claimed));
    if (told?.message.phase === 'raise' && rule.recovered) {
      const { firstAt } = told.message;
      await this.insert(em, { rule, channel }, { ...news, recovered: true, firstAt });
      return true;
    }
    // The end of an alarm is no news to those who would have been told of its beginning.
    return news.type === 'alarm.cleared' && namesType(rule, { type: 'alarm.raised', kind: news.kind });
  }

  private async earlier(em: EntityManager, { rule, channel }: Lane, topic: string): Promise<Earlier[]> {
    const now = this.timings.now().toISOString();
    return em.execute<Earlier[]>(
      `select id, state, coalesce(claimed_until > ?::timestamptz, false) as claimed, attempts, message,
          coalesce(sent_at, created_at) as told_at
        from notification_delivery where topic = ? and channel_id = ? and rule_id = ? and state in ('waiting', 'sent')
        order by created_at desc, id desc limit 20`,
      [now, topic, channel.id, rule.id],
    );
  }

  private notBefore({ told_at: toldAt }: Earlier): Date | null {
    return toldAt === null ? null : new Date(new Date(toldAt).getTime() + this.timings.repeatMs);
  }

  private async addTo(em: EntityManager, { id, message }: Earlier, news: News): Promise<void> {
    const told: News = { ...news, count: message.count + 1, firstAt: message.firstAt };
    await em.nativeUpdate(NotificationDelivery, { id }, { message: { ...told } });
  }

  private async insert(
    em: EntityManager,
    { rule, channel }: Lane,
    news: News,
    notBefore: Date | null = null,
  ): Promise<void> {
    const now = this.timings.now();
    await em.insert(NotificationDelivery, {
      id: newId(),
      channelId: channel.id,
      ruleId: rule.id,
      siteId: news.siteId,
      topic: news.topic,
      digest: rule.digest !== null,
      message: { ...news },
      state: DeliveryState.Waiting,
      nextAttemptAt: notBefore === null || notBefore < now ? now : notBefore,
      createdAt: now,
    });
  }
}

const isTold = (state: DeliveryState, claimed: boolean): boolean =>
  state === DeliveryState.Sent || (state === DeliveryState.Waiting && claimed);

/** That a job begins is told to people only where a rule says just that. */
function wanted(rule: NotificationRule, news: News, site: RuleSite | null): boolean {
  if (!tells(rule, news, site)) return false;
  return news.type !== 'job.started' || rule.events.some((pattern) => pattern.startsWith('job.started'));
}
