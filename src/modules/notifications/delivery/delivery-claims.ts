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
      `select distinct channel_id as id from notification_delivery d
        where state = 'waiting' and next_attempt_at <= ? and ${FREE} limit 500`,
      [now, now, now, now],
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
      `select rule_id, min(created_at) as first from notification_delivery d
        where channel_id = ? and state = 'waiting' and next_attempt_at <= ? and ${FREE}
        group by rule_id order by first`,
      [channelId, now, now, now, now],
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
    const due = await em.execute<DueRow[]>(
      `select id, attempts, message, created_at from notification_delivery
        where channel_id = ? and rule_id is not distinct from ?::uuid and state = 'waiting' and next_attempt_at <= ?
        order by created_at, id limit ${pings ? 1 : MOST} for update skip locked`,
      [channelId, ruleId, now.toISOString()],
    );
    const rows = rule === null || pings ? due : await this.sendable(em, rule, channelId, due);
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

  /** What of the due rows may go now; what may not, for long, gets the time at which it may. */
  private async sendable(
    em: EntityManager,
    rule: NotificationRule,
    channelId: string,
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
    if (first === undefined) return [];
    if (digest !== null && digest !== undefined) {
      const at = digestTime(digest, new Date(first.created_at));
      if (at <= now || rows.some(({ attempts }) => attempts > 0)) return rows;
      await hold(em, rows, at);
      return [];
    }
    return rows.some(({ attempts }) => attempts > 0) || (await this.settled(em, rule.id, channelId, rows)) ? rows : [];
  }

  /** Whether no more is likely to come, or it has waited long enough; and the last message is long enough ago. */
  private async settled(
    em: EntityManager,
    ruleId: string,
    channelId: string,
    rows: readonly DueRow[],
  ): Promise<boolean> {
    const { settleMs, gatherMs, intervalMs } = this.timings;
    const now = this.timings.now().getTime();
    const first = new Date(rows[0]?.created_at ?? now).getTime();
    const last = new Date(rows.at(-1)?.created_at ?? now).getTime();
    if (now < Math.min(last + settleMs, first + gatherMs)) return false;
    const [before] = await em.execute<{ at: string | null }[]>(
      'select max(sent_at) as at from notification_delivery where channel_id = ? and rule_id = ?',
      [channelId, ruleId],
    );
    return before?.at === null || before?.at === undefined || now >= new Date(before.at).getTime() + intervalMs;
  }
}

/** No other delivery of the channel is being sent or waits for a retry. */
const FREE = `(claimed_until is null or claimed_until <= ?) and not exists (select 1 from notification_delivery o
  where o.channel_id = d.channel_id and o.state = 'waiting'
    and (o.claimed_until > ? or (o.attempts > 0 and o.next_attempt_at > ?)))`;

/** Tries of before count no more: a channel with a retry ahead would be closed for all others too. */
async function hold(em: EntityManager, rows: readonly DueRow[], until: Date): Promise<void> {
  if (rows.length === 0) return;
  await em.execute('update notification_delivery set next_attempt_at = ?, attempts = 0 where id = any(?::uuid[])', [
    until.toISOString(),
    idList(rows),
  ]);
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
