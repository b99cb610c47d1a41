import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { EventHub, EventLog, FINAL_EVENT_TYPES, followEvents, type LoggedEvent } from '../events/index.js';
import { AlarmBook } from './alarm-book.js';
import { AlarmsService } from './alarms.service.js';
import { AlarmRules } from './alarm-rules.js';
import type { AlarmKind } from './alarm.entity.js';
import type { AlarmRule } from './rules/alarm-rule.js';

const MINUTE_MS = 60_000;
/** Rounds are not to the second. */
const SLACK_MS = 5000;
/** What could not be looked at for so long beyond its turn is not known. */
const BLIND_MS = 10 * MINUTE_MS;

/** Looks for what is wrong: every minute, and at a site at once when one of its jobs has ended. */
@Injectable()
export class AlarmWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('alarms');
  private readonly stopping = new AbortController();
  private readonly lookedAt = new Map<AlarmRule, number>();
  private readonly startedAt = Date.now();
  /** When the last round with it came to its end. */
  private readonly seenAt = new Map<AlarmRule, number>();
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly rules: AlarmRules,
    private readonly book: AlarmBook,
    private readonly hub: EventHub,
    private readonly log: EventLog,
    private readonly alarms: AlarmsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const after = await this.log.latestId();
    this.following = followEvents(
      this.hub,
      { after, filter: { types: FINAL_EVENT_TYPES } },
      (events) => this.jobsEnded(events),
      this.stopping.signal,
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  @Cron(CronExpression.EVERY_MINUTE, { name: 'alarms', waitForCompletion: true })
  async tick(): Promise<void> {
    const now = new Date();
    await this.round(now, (rule) => this.isDue(rule, now));
    await this.alarms.prune(now).catch((error: unknown) => this.logger.warn(`Old alarms stay: ${String(error)}`));
  }

  /** One round over the rules that are due, or over all. What goes wrong with one does not stop the others. */
  async round(now: Date, isDue: (rule: AlarmRule) => boolean = () => true): Promise<void> {
    for (const rule of this.rules.all) {
      if (this.stopping.signal.aborted) return;
      if (!isDue(rule)) continue;
      this.lookedAt.set(rule, now.getTime());
      await this.settle(rule, now, null);
    }
  }

  /** Kinds that this master could not look at for long: no alarm of them does not mean that all is well. */
  blindTo(now: Date): AlarmKind[] {
    return this.rules.all
      .filter((rule) => {
        const seenAt = this.seenAt.get(rule) ?? this.startedAt;
        return now.getTime() - seenAt > rule.everyMinutes * MINUTE_MS + BLIND_MS;
      })
      .map(({ kind }) => kind);
  }

  private isDue(rule: AlarmRule, now: Date): boolean {
    const before = this.lookedAt.get(rule);
    return before === undefined || now.getTime() - before >= rule.everyMinutes * MINUTE_MS - SLACK_MS;
  }

  private async jobsEnded(events: readonly LoggedEvent[]): Promise<void> {
    const now = new Date();
    const siteIds = [...new Set(events.flatMap(({ siteId }) => (siteId === null ? [] : [siteId])))];
    for (const rule of this.rules.all)
      if (rule.afterJob !== 'nothing' && !this.stopping.signal.aborted)
        await this.settle(rule, now, rule.afterJob === 'site' ? siteIds : null);
  }

  private async settle(rule: AlarmRule, now: Date, siteIds: readonly string[] | null): Promise<void> {
    try {
      await this.book.settle(rule, now, siteIds);
      if (siteIds === null) this.seenAt.set(rule, now.getTime());
    } catch (error) {
      if (!this.stopping.signal.aborted) this.logger.warn(`${rule.kind} could not be looked at: ${String(error)}`);
    }
  }
}
