import { MikroORM } from '@mikro-orm/postgresql';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { type HeldLock, tryLock } from '../../database/index.js';
import { databaseUrlOf } from '../events/index.js';
import { ReconcileSchedule } from '../reconcile/index.js';
import { RetentionSchedule } from '../retention/index.js';
import { INSTALLATION_KINDS, rulesOf } from './book.js';
import { decide, upcoming } from './decide.js';
import { ScheduleBooks } from './schedule-books.js';
import { ScheduleLedger } from './schedule-ledger.js';
import { MissedPolicy, NO_SITE, type Schedule, ScheduleKind, ScheduleState, SlotOutcome } from './schedule.entity.js';
import { SiteWatch } from './site-watch.js';
import { missedText } from './slot-runner.js';

/** How one ended. */
interface Ended {
  outcome: SlotOutcome;
  note: string;
}

/**
 * What schedules do that is no job of a site: retention, reconciliation, looking for sites. Each may be done again without harm, so a
 * slot is entered when it is done: what was cut off is done again by the next master, and a lock keeps two from doing it at a time.
 */
@Injectable()
export class InstallationTasks implements BeforeApplicationShutdown {
  private readonly logger = new Logger('schedules');
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly orm: MikroORM,
    private readonly books: ScheduleBooks,
    private readonly ledger: ScheduleLedger,
    private readonly retention: RetentionSchedule,
    private readonly reconcile: ReconcileSchedule,
    private readonly watch: SiteWatch,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  /** Begins what is due and is not running anywhere; does not wait for it. */
  async runDue(now: Date): Promise<void> {
    const due = await this.orm.em.fork().find(ScheduleState, { siteId: NO_SITE, dueAt: { $lte: now } });
    for (const kind of INSTALLATION_KINDS)
      if (due.some((state) => state.kind === kind)) await this.begin(kind, () => this.runSlot(kind, now));
  }

  /** Does it now, whatever the schedule's slots are; false when it is running already. */
  async runNow(schedule: Schedule): Promise<boolean> {
    return this.begin(schedule.kind, async () => {
      const { outcome, note } = await this.perform(schedule);
      this.logger.log(`${schedule.name}: ${outcome}. ${note}`);
    });
  }

  /** Until all that was begun here has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async begin(kind: string, work: () => Promise<void>): Promise<boolean> {
    if (this.running.has(kind) || this.stopping.signal.aborted) return false;
    const lock = await tryLock(databaseUrlOf(this.orm), `backupd:schedule:${kind}`);
    if (lock === null) return false;
    this.running.set(kind, this.work(kind, work, lock));
    return true;
  }

  /** Never throws. */
  private async work(kind: string, work: () => Promise<void>, lock: HeldLock): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`The scheduled ${kind} failed: ${String(error)}`);
    } finally {
      await lock.release();
      this.running.delete(kind);
    }
  }

  private async runSlot(kind: ScheduleKind, now: Date): Promise<void> {
    const em = this.orm.em.fork();
    // Another master may have done it since.
    const state = await em.findOne(ScheduleState, { siteId: NO_SITE, kind, dueAt: { $lte: now } });
    if (state === null || !(state.nextSlot instanceof Date)) return;
    const book = await this.books.load(em);
    const effective = book.ofInstallation(kind);
    if (effective?.active !== true || effective.fingerprint !== state.fingerprint) return;
    const { schedule } = effective;
    const slots = book.slotsOf(effective);
    const rules = rulesOf(effective, NO_SITE);
    const decision = decide({ nextSlot: state.nextSlot, waited: false }, slots, rules, now);
    const isLeftOut = decision.late && schedule.missed === MissedPolicy.Skip;
    const ended: Ended = isLeftOut
      ? { outcome: SlotOutcome.Missed, note: 'It was left out, as the schedule says.' }
      : await this.perform(schedule);
    // Cut off by the end of this process: whoever starts next does it.
    if (this.stopping.signal.aborted) return;
    const note = `${decision.missed > 0 ? `${missedText(decision)} ` : ''}${ended.note}`;
    await this.orm.em.fork().transactional(async (within) => {
      const slot = { siteId: NO_SITE, kind, slotAt: decision.slot, scheduleId: schedule.id, decidedAt: now };
      await this.ledger.record(within, { ...slot, outcome: ended.outcome, note });
      const next = upcoming(slots, rules, decision.slot);
      const moved = await within.nativeUpdate(
        ScheduleState,
        { siteId: NO_SITE, kind, fingerprint: state.fingerprint },
        { ...next, waiting: null, lastSlot: decision.slot, updatedAt: new Date() },
      );
      if (moved === 0 || (decision.missed === 0 && ended.outcome === SlotOutcome.Started)) return;
      const about = { siteId: null, siteName: null, slotAt: decision.slot, slots: Math.max(1, decision.missed) };
      await this.ledger.tell(within, schedule, { ...about, message: note });
    });
  }

  private async perform({ kind, options }: Schedule): Promise<Ended> {
    const { signal } = this.stopping;
    try {
      if (kind === ScheduleKind.Retention) {
        await this.retention.applyAll(signal);
        return { outcome: SlotOutcome.Started, note: 'All policies were applied.' };
      }
      if (kind === ScheduleKind.Reconcile)
        return { outcome: SlotOutcome.Started, note: await this.reconcile.runAll(signal) };
      return { outcome: SlotOutcome.Started, note: await this.watch.look(options, signal) };
    } catch (error) {
      const { message, hint } = asAppError(error);
      return { outcome: SlotOutcome.Failed, note: `${message}${hint === undefined ? '' : ` ${hint}`}` };
    }
  }
}
