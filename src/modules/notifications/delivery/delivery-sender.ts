import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { backoff } from '../../../common/backoff.js';
import { AppError, asAppError } from '../../../common/errors/index.js';
import { AppConfig } from '../../../config/index.js';
import { ChannelsStore, type OpenChannel } from '../channels-store.js';
import { messageOf } from '../news/message.js';
import { DeliveryState, NotificationDelivery } from '../notification.entity.js';
import { NotificationTimings } from '../notification-timings.js';
import { type Claim, type ClaimedRow, DeliveryClaims } from './delivery-claims.js';

/** Channels that are sent to at a time; each has a connection of its own, so a slow one holds nobody up. */
const AT_A_TIME = 16;
/** Messages to one channel before others get their turn. */
const IN_A_ROW = 50;

/** What became of rows of a claim. */
interface Outcome {
  rows: readonly ClaimedRow[];
  state: DeliveryState;
  nextAttemptAt: Date | null;
  error: string | null;
  response: string | null;
}

/**
 * Sends what is due, each channel by itself and in order. What is being sent when the process is killed is sent again after the lease:
 * so the one message in flight may arrive twice (`Backupd-Delivery` and Message-ID are the same), all others once.
 */
@Injectable()
export class DeliverySender implements OnModuleDestroy {
  private readonly logger = new Logger('notifications');
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private stopping = false;

  constructor(
    private readonly orm: MikroORM,
    private readonly claims: DeliveryClaims,
    private readonly channels: ChannelsStore,
    private readonly timings: NotificationTimings,
    private readonly config: AppConfig,
  ) {}

  /** Begins to send to each channel that something is due for; does not wait for it. */
  async start(): Promise<void> {
    for (const id of await this.claims.dueChannels()) {
      if (this.stopping || this.inFlight.size >= AT_A_TIME) return;
      if (this.inFlight.has(id)) continue;
      const sending = this.sendAll(id)
        .catch((error: unknown) => this.logger.warn(`Messages could not be sent: ${asAppError(error).message}`))
        .finally(() => this.inFlight.delete(id));
      this.inFlight.set(id, sending);
    }
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.inFlight.values());
  }

  /** What is being sent may end; then it is cut off, and sent at the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    const cut = setTimeout(() => this.stop.abort(), this.timings.stopMs);
    await this.idle();
    clearTimeout(cut);
  }

  private async sendAll(channelId: string): Promise<void> {
    const channel = await this.open(channelId);
    if (channel === 'sealed') return;
    for (let sent = 0; sent < IN_A_ROW && !this.stopping; sent += 1) {
      const claim = await this.claims.next(channelId, channel?.sender.pings ?? false);
      if (claim === null || channel === null) return;
      const outcomes = await this.send(channel, claim);
      for (const outcome of outcomes) await this.settle(claim, outcome);
      // What comes after it must not overtake it.
      if (outcomes.some(({ state }) => state === DeliveryState.Waiting)) return;
    }
  }

  /** `sealed`: its secrets can't be read. What waits is looked at again later: a key may be put back. */
  private async open(channelId: string): Promise<OpenChannel | null | 'sealed'> {
    try {
      return await this.channels.open(channelId);
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'SECRET_UNREADABLE') throw thrown;
      const now = this.timings.now();
      await this.orm.em
        .fork()
        .nativeUpdate(
          NotificationDelivery,
          { channelId, state: DeliveryState.Waiting, nextAttemptAt: { $lte: now } },
          { error: error.message, nextAttemptAt: new Date(now.getTime() + this.timings.longestRetryMs) },
        );
      this.logger.error(`Messages wait for the secrets of their channel: ${error.message} ${error.hint ?? ''}`);
      return 'sealed';
    }
  }

  private async send(channel: OpenChannel, claim: Claim): Promise<Outcome[]> {
    const { rows } = claim;
    const message = messageOf(
      rows[0]?.id ?? '',
      rows.map(({ news }) => news),
      this.config.publicUrl,
    );
    try {
      const response = channel.safe(await channel.send(message, this.stop.signal));
      return [{ rows, state: DeliveryState.Sent, nextAttemptAt: null, error: null, response }];
    } catch (thrown) {
      return this.failed(channel, rows, asAppError(thrown));
    }
  }

  /** Each has its own tries: what had all of them is given up, what came later and was sent with it is tried again. */
  private failed(channel: OpenChannel, rows: readonly ClaimedRow[], error: AppError): Outcome[] {
    const answer = error.context['answer'];
    const told = {
      error: channel.safe(`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`),
      response: typeof answer === 'string' && answer !== '' ? channel.safe(answer) : null,
    };
    const now = this.timings.now().getTime();
    const waiting = (which: readonly ClaimedRow[], waitMs: number): Outcome => ({
      ...told,
      rows: which,
      state: DeliveryState.Waiting,
      nextAttemptAt: new Date(now + waitMs),
    });
    if (error.code === 'JOB_CANCELLED') return [waiting(rows, 0)];
    const { firstRetryMs, longestRetryMs, attempts, pingAttempts } = this.timings;
    const most = channel.sender.pings ? pingAttempts : attempts;
    const isOver = ({ attempts: tries }: ClaimedRow): boolean =>
      error.retry === 'never' || error.code === 'INTERNAL' || tries >= most;
    const [over, again] = [rows.filter(isOver), rows.filter((row) => !isOver(row))];
    const outcomes: Outcome[] = [];
    if (over.length > 0) {
      this.logger.error(`"${channel.channel.name}" does not get its message: ${told.error}`);
      outcomes.push({ ...told, rows: over, state: DeliveryState.Failed, nextAttemptAt: null });
    }
    if (again.length > 0) {
      const asked = error.context['retryAfterSeconds'];
      const attempt = Math.max(...again.map((row) => row.attempts));
      const wait = backoff(attempt, { firstMs: firstRetryMs, longestMs: longestRetryMs });
      const waitMs = Math.max(wait, typeof asked === 'number' ? asked * 1000 : 0);
      this.logger.warn(`"${channel.channel.name}" is tried again in ${Math.ceil(waitMs / 1000)} s: ${told.error}`);
      outcomes.push(waiting(again, waitMs));
    }
    return outcomes;
  }

  /** Only while the claim still stands: after its lease the rows are another master's. */
  private async settle({ claimedUntil }: Claim, { rows, ...outcome }: Outcome): Promise<void> {
    await this.orm.em.fork().nativeUpdate(
      NotificationDelivery,
      { id: { $in: rows.map(({ id }) => id) }, claimedUntil, state: DeliveryState.Waiting },
      {
        ...outcome,
        claimedUntil: null,
        sentAt: outcome.state === DeliveryState.Sent ? this.timings.now() : null,
      },
    );
  }
}
