import type { EntityManager } from '@mikro-orm/postgresql';
import { newId } from '../../../common/ids.js';
import { senders } from '../channels/index.js';
import { atLeast, type News } from '../news/news.js';
import { undeliveredTopic } from '../news/news-of-event.js';
import {
  DeliveryState,
  NotificationDelivery,
  type NotificationChannel,
  type NotificationRule,
} from '../notification.entity.js';
import { coversSite, namesType, type RuleSite, tells } from '../rules/rule-match.js';

/** Where news goes: a rule and one of its channels. */
export interface Lane {
  rule: NotificationRule;
  channel: NotificationChannel;
}

/** A delivery of before, or of this batch, on the same topic. */
export interface Earlier {
  id: string;
  state: DeliveryState;
  /** A master is sending it. */
  claimed: boolean;
  message: News;
  toldAt: Date;
}

interface NewDelivery extends Earlier {
  lane: Lane;
  nextAttemptAt: Date | null;
  error: string | null;
}

/** Rows of one statement, within PostgreSQL's limit of parameters. */
const AT_ONCE = 1000;

/**
 * Turns news into deliveries: each lane tells what its rule names, once for what is the same, and the end of what it told. Nothing is written
 * until `flush`, in the caller's transaction.
 */
export class DeliveryBatch {
  private readonly added = new Map<string, NewDelivery>();
  private readonly changed = new Map<string, { message: News; state: DeliveryState; error: string | null }>();

  /** `earlier`: by `laneTopic`, the newest first. `repeatMs`: the same is told again only after so long. */
  constructor(
    private readonly earlier: Map<string, Earlier[]>,
    private readonly now: Date,
    private readonly repeatMs: number,
  ) {}

  /** Enters the news for the lane if its rule tells it. */
  add(lane: Lane, news: News, site: RuleSite | null): void {
    // It would only queue up where nothing arrives.
    if (news.topic === undeliveredTopic(lane.channel.id)) return;
    if (senders[lane.channel.kind].pings) {
      // A switch must hear of success as of failure: severity is no matter.
      if (news.ping !== null && namesType(lane.rule, news) && coversSite(lane.rule, site)) this.insert(lane, news);
      return;
    }
    if (news.phase === 'clear' && this.ended(lane, news)) return;
    if (!wanted(lane.rule, news, site)) return;
    const earlier = this.of(lane, news);
    const isSame = ({ message }: Earlier): boolean => message.type === news.type;
    const same = earlier.find((each) => isSame(each) && each.state === DeliveryState.Waiting && !each.claimed);
    if (same !== undefined) {
      const { count, firstAt } = same.message;
      this.change(same, { message: { ...news, count: count + 1, firstAt } });
      return;
    }
    const last = earlier.find((each) => isSame(each) && isTold(each));
    // What got worse is told at once, and what begins again after its end was told.
    const repeated =
      last !== undefined &&
      atLeast(last.message.severity, news.severity) &&
      !(news.phase === 'raise' && endedSince(earlier, last));
    this.insert(lane, news, repeated ? new Date(last.toldAt.getTime() + this.repeatMs) : this.now);
  }

  /** Tells once more what is still so. */
  remind(lane: Lane, news: News): void {
    this.insert(lane, { ...news, reminder: true, at: this.now.toISOString() });
  }

  async flush(em: EntityManager): Promise<void> {
    const rows = [...this.added.values()].map(({ id, lane, message, state, nextAttemptAt, error }) => ({
      id,
      channelId: lane.channel.id,
      ruleId: lane.rule.id,
      siteId: message.siteId,
      topic: message.topic,
      digest: lane.rule.digest !== null,
      message: { ...message },
      state,
      nextAttemptAt,
      error,
      createdAt: this.now,
    }));
    for (let from = 0; from < rows.length; from += AT_ONCE)
      await em.insertMany(NotificationDelivery, rows.slice(from, from + AT_ONCE));
    const changes = [...this.changed].map(([id, { message, state, error }]) => ({ id, message, state, error }));
    for (let from = 0; from < changes.length; from += AT_ONCE)
      await em.execute(
        `update notification_delivery d set message = c.item->'message', state = c.item->>'state', error = c.item->>'error',
            next_attempt_at = case c.item->>'state' when 'waiting' then d.next_attempt_at end
          from jsonb_array_elements(?::jsonb) as c (item) where d.id = (c.item->>'id')::uuid and d.state = 'waiting'`,
        [JSON.stringify(changes.slice(from, from + AT_ONCE))],
      );
  }

  /**
   * What the news ends: a raise that was told gets its end told, one that still waits is dropped. True when nothing more is to
   * be told.
   */
  private ended(lane: Lane, news: News): boolean {
    const earlier = this.of(lane, news);
    for (const each of earlier)
      if (each.state === DeliveryState.Waiting && !each.claimed && each.message.phase === 'raise')
        this.change(each, { state: DeliveryState.Dropped, error: 'It was over before it was told.' });
    const told = earlier.find(isTold);
    if (told?.message.phase === 'raise' && lane.rule.recovered) {
      this.insert(lane, { ...news, recovered: true, firstAt: told.message.firstAt });
      return true;
    }
    // The end of an alarm is no news to those who would have been told of its beginning.
    return news.type === 'alarm.cleared' && namesType(lane.rule, { type: 'alarm.raised', kind: news.kind });
  }

  private of({ rule, channel }: Lane, { topic }: News): Earlier[] {
    const key = laneTopic(rule.id, channel.id, topic);
    let found = this.earlier.get(key);
    if (found === undefined) this.earlier.set(key, (found = []));
    return found;
  }

  private change(earlier: Earlier, changes: { message?: News; state?: DeliveryState; error?: string }): void {
    Object.assign(earlier, changes);
    const added = this.added.get(earlier.id);
    if (added === undefined)
      this.changed.set(earlier.id, { message: earlier.message, state: earlier.state, error: changes.error ?? null });
    else if (earlier.state !== DeliveryState.Waiting) added.nextAttemptAt = null;
  }

  private insert(lane: Lane, news: News, notBefore = this.now): void {
    const delivery: NewDelivery = {
      id: newId(),
      lane,
      message: news,
      state: DeliveryState.Waiting,
      claimed: false,
      toldAt: this.now,
      nextAttemptAt: notBefore < this.now ? this.now : notBefore,
      error: null,
    };
    this.added.set(delivery.id, delivery);
    this.of(lane, news).unshift(delivery);
  }
}

export const laneTopic = (ruleId: string, channelId: string, topic: string): string =>
  `${ruleId} ${channelId} ${topic}`;

const isTold = ({ state, claimed }: Earlier): boolean =>
  state === DeliveryState.Sent || (state === DeliveryState.Waiting && claimed);

/** Whether its end was told after it, or is about to be. The newest are first. */
const endedSince = (earlier: readonly Earlier[], last: Earlier): boolean =>
  earlier
    .slice(0, earlier.indexOf(last))
    .some(({ state, message }) => state !== DeliveryState.Dropped && message.phase === 'clear');

/** That a job begins is told to people only where a rule says just that. */
function wanted(rule: NotificationRule, news: News, site: RuleSite | null): boolean {
  if (!tells(rule, news, site)) return false;
  return news.type !== 'job.started' || rule.events.some((pattern) => pattern.startsWith('job.started'));
}
