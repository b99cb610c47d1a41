import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockInTransaction } from '../../../database/index.js';
import type { News } from '../news/news.js';
import { DeliveryState, NotificationChannel, NotificationDelivery, NotificationRule } from '../notification.entity.js';
import { NotificationTimings } from '../notification-timings.js';
import { digestTime } from '../rules/digest.js';
import { quietUntil } from '../rules/quiet-hours.js';

/** The most news of one message. */
const MOST = 2000;

/** Deliveries that this master sends now, as one message. */
export interface Claim {
  channelId: string;
  /** Null = a test or a heartbeat. */
  ruleId: string | null;
  rows: readonly ClaimedRow[];
  claimedUntil: Date;
}

export interface ClaimedRow {
  id: string;
  /** With this one. */
  attempts: number;
  news: News;
}

interface DueRow {
  id: string;
  attempts: number;
  message: News;
  created_at: string;
}

/** Chooses what is sent next, and takes it so that no other master does. */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly orm: MikroORM,
    private readonly timings: NotificationTimings,
  ) {}

  /** Channels for which something is due, and which are not waiting for a retry or being sent to. */
  async dueChannels(): Promise<string[]> {
    const now = this.timings.now().toISOString();
    const rows = await this.orm.em.fork().execute<{ id: string }[]>(
      `select distinct channel_id as id from notification_delivery
        where state = 'waiting' and next_attempt_at <= ? and ${FREE} limit 500`,
      [now, now, now],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Takes the next message of the channel: of a rule, what is due together; of a dead-man switch, the oldest ping alone. Null when
   * nothing is to be sent now. Drops what has lost its rule or channel.
   */
  async next(channelId: string, pings: boolean): Promise<Claim | null> {
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, `notify:${channelId}`, 'exclusive');
      const channel = await em.findOne(NotificationChannel, { id: channelId });
      if (channel === null || !channel.enabled) {
        await drop(em, { channelId }, channel === null ? 'The channel was removed.' : 'The channel is disabled.');
        return null;
      }
      for (const ruleId of await this.dueRules(em, channelId)) {
        const claim = await this.claim(em, channelId, ruleId, pings);
        if (claim !== null) return claim;
      }
      return null;
    });
  }

  /** Rules with something due for the channel, the longest waiting first. Empty while the channel waits or is sent to. */
  private async dueRules(em: EntityManager, channelId: string): Promise<(string | null)[]> {
    const now = this.timings.now().toISOString();
    const rows = await em.execute<{ rule_id: string | null }[]>(
      `select rule_id, min(created_at) as first from notification_delivery
        where channel_id = ? and state = 'waiting' and next_attempt_at <= ? and ${FREE}
        group by rule_id order by first`,
      [channelId, now, now, now],
    );
    return rows.map((row) => row.rule_id);
  }

  private async claim(
    em: EntityManager,
    channelId: string,
    ruleId: string | null,
    pings: boolean,
  ): Promise<Claim | null> {
    const now = this.timings.now();
    const rule = ruleId === null ? null : await em.findOne(NotificationRule, { id: ruleId });
    if (ruleId !== null && (rule === null || !rule.enabled)) {
      await drop(em, { channelId, ruleId }, rule === null ? 'The rule was removed.' : 'The rule is disabled.');
      return null;
    }
    const together = rule === null || pings ? null : rule;
    if (together !== null && !(await this.ripe(em, together, channelId))) return null;
    const due = await em.execute<DueRow[]>(
      `select id, attempts, message, created_at from notification_delivery
        where channel_id = ? and rule_id is not distinct from ?::uuid and state = 'waiting' and next_attempt_at <= ?
        order by created_at, id limit ${together === null ? 1 : MOST} for update skip locked`,
      [channelId, ruleId, now.toISOString()],
    );
    const rows = together === null ? due : await this.sendable(em, together, due);
    if (rows.length === 0) return null;
    const claimedUntil = new Date(now.getTime() + this.timings.leaseMs);
    await em.execute(
      `update notification_delivery set claimed_until = ?, attempts = attempts + 1 where id = any(?::uuid[])`,
      [claimedUntil.toISOString(), idList(rows)],
    );
    return {
      channelId,
      ruleId,
      rows: rows.map(({ id, attempts, message }) => ({ id, attempts: attempts + 1, news: message })),
      claimedUntil,
    };
  }

  /**
   * Whether no more is likely to come, or it has waited long enough; and the last message is long enough ago. Rules with a digest have
   * their own times, and a retry has waited.
   */
  private async ripe(em: EntityManager, rule: NotificationRule, channelId: string): Promise<boolean> {
    if (rule.digest !== null && rule.digest !== undefined) return true;
    const { settleMs, gatherMs, intervalMs } = this.timings;
    const now = this.timings.now();
    const [due] = await em.execute<{ first: string; last: string; retry: boolean; before: string | null }[]>(
      `select min(created_at) as first, max(created_at) as last, bool_or(attempts > 0) as retry,
          (select max(sent_at) from notification_delivery where channel_id = ? and rule_id = ?) as before
        from notification_delivery where channel_id = ? and rule_id = ? and state = 'waiting' and next_attempt_at <= ?`,
      [channelId, rule.id, channelId, rule.id, now.toISOString()],
    );
    if (due === undefined || due.retry) return true;
    const from = Math.min(time(due.last) + settleMs, time(due.first) + gatherMs);
    return now.getTime() >= Math.max(from, due.before === null ? 0 : time(due.before) + intervalMs);
  }

  /** What of the due rows may go now; what may not gets the time at which it may. */
  private async sendable(
    em: EntityManager,
    rule: NotificationRule,
    due: readonly DueRow[],
  ): Promise<readonly DueRow[]> {
    const now = this.timings.now();
    const { quietHours, digest } = rule;
    const quietEnd = quietHours === null || quietHours === undefined ? null : quietUntil(quietHours, now);
    const passes = ({ message }: DueRow): boolean =>
      quietEnd === null ||
      (quietHours?.exceptCritical === true && message.severity === 'critical' && !message.recovered);
    const rows = due.filter(passes);
    if (quietEnd !== null)
      await hold(
        em,
        due.filter((row) => !passes(row)),
        quietEnd,
      );
    const [first] = rows;
    if (first === undefined || digest === null || digest === undefined) return rows;
    const at = digestTime(digest, new Date(first.created_at));
    if (at <= now || rows.some(({ attempts }) => attempts > 0)) return rows;
    await hold(em, rows, at);
    return [];
  }
}

const time = (iso: string): number => new Date(iso).getTime();

/** No other delivery of the channel is being sent or waits for a retry. */
const FREE = `channel_id not in (
  select channel_id from notification_delivery
    where state = 'waiting' and (claimed_until > ? or (attempts > 0 and next_attempt_at > ?)))`;

/** Tries of before count no more, nor what came of them: a channel with a retry ahead would be closed for all others too. */
async function hold(em: EntityManager, rows: readonly DueRow[], until: Date): Promise<void> {
  if (rows.length === 0) return;
  await em.execute(
    'update notification_delivery set next_attempt_at = ?, attempts = 0, error = null where id = any(?::uuid[])',
    [until.toISOString(), idList(rows)],
  );
}

async function drop(em: EntityManager, which: { channelId: string; ruleId?: string }, error: string): Promise<void> {
  await em.nativeUpdate(
    NotificationDelivery,
    { ...which, state: DeliveryState.Waiting },
    { state: DeliveryState.Dropped, nextAttemptAt: null, claimedUntil: null, error },
  );
}

/** A PostgreSQL array; ids need no quotes. */
const idList = (rows: readonly { id: string }[]): string => `{${rows.map(({ id }) => id).join(',')}}`;
