import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, asAppError } from '../../common/errors/index.js';
import { type Effective, rulesOf } from './book.js';
import { type Decision, decide, upcoming } from './decide.js';
import { JobStarter } from './job-starter.js';
import type { Slots } from './maths/index.js';
import { type NamedSite, ScheduleBooks } from './schedule-books.js';
import { ScheduleLedger, type SlotRecord } from './schedule-ledger.js';
import { MissedPolicy, NO_SITE, Schedule, type ScheduleState, SlotOutcome } from './schedule.entity.js';

/** How long a slot that has to wait does so before it is looked at again. */
const WAIT_MS = 10_000;
/** The same after a fault of backupd. */
const FAULT_WAIT_MS = 60_000;

/** A due row with all that decides about it. */
interface Taken {
  state: ScheduleState;
  site: NamedSite;
  effective: Effective;
  slots: Slots;
  decision: Decision;
  now: Date;
}

/**
 * Starts what is due for a site. One transaction locks the row, makes the job, enters the slot and moves the row on: so a slot runs
 * exactly once, however many masters there are and whenever one of them dies.
 */
@Injectable()
export class SlotRunner {
  private readonly logger = new Logger('schedules');

  constructor(
    private readonly orm: MikroORM,
    private readonly books: ScheduleBooks,
    private readonly ledger: ScheduleLedger,
    private readonly starter: JobStarter,
  ) {}

  /** Deals with one due row; false when there is none (left). */
  async runOne(now: Date): Promise<boolean> {
    const at: { row: ScheduleState | null } = { row: null };
    try {
      await this.orm.em.fork().transactional(async (em) => {
        at.row = await this.ledger.takeDue(em, now, { notSiteId: NO_SITE });
        if (at.row !== null) await this.run(em, at.row, now);
      });
    } catch (error) {
      const row = at.row;
      if (row === null) throw error;
      this.logger.error(`The ${row.kind} of site ${row.siteId} could not be started: ${String(error)}`);
      const until = new Date(now.getTime() + FAULT_WAIT_MS);
      const waiting = 'A fault of backupd kept it from starting (see the log); it is tried again every minute.';
      await this.ledger.change(this.orm.em.fork(), row, { dueAt: until, waiting });
    }
    return at.row !== null;
  }

  private async run(em: EntityManager, state: ScheduleState, now: Date): Promise<void> {
    const taken = await this.look(em, state, now);
    if (taken === null) {
      // Changed since; the next tick brings the row up to date.
      const { siteId, kind } = state;
      await this.ledger.change(em, { siteId, kind }, { dueAt: later(now, WAIT_MS), waiting: state.waiting ?? null });
      return;
    }
    const { site, effective, decision } = taken;
    const { schedule } = effective;
    if (decision.late && schedule.missed === MissedPolicy.Skip) {
      const note = `${missedText(decision)} It was left out, as the schedule says.`;
      if (await this.moveOn(em, taken, SlotOutcome.Missed, note)) await this.tell(em, taken, note);
      return;
    }
    const wait = await this.starter.obstacle(em, schedule, site);
    if (wait !== null) {
      await this.ledger.change(em, state, { dueAt: later(now, WAIT_MS), waiting: wait });
      return;
    }
    await this.start(em, taken);
  }

  private async look(em: EntityManager, state: ScheduleState, now: Date): Promise<Taken | null> {
    const { nextSlot } = state;
    const site = await this.books.site(state.siteId, em);
    const schedule = await em.findOne(Schedule, { id: state.scheduleId });
    if (site === null || schedule === null || !(nextSlot instanceof Date)) return null;
    const book = await this.books.load(em);
    const effective = book.effective(schedule, site);
    if (!effective.active || effective.fingerprint !== state.fingerprint) return null;
    const slots = book.slotsOf(effective);
    const due = { nextSlot, waited: typeof state.waiting === 'string' };
    return { state, site, effective, slots, now, decision: decide(due, slots, rulesOf(effective, site.id), now) };
  }

  private async start(em: EntityManager, taken: Taken): Promise<void> {
    const { state, site, effective, decision, now } = taken;
    const { schedule } = effective;
    const { slot, count, missed } = decision;
    const note = missed > 0 ? missedText(decision) : count > 1 ? `One run for ${count} slots.` : null;
    try {
      // A savepoint: what an error leaves half done in here is undone.
      await em.transactional(async (inner) => {
        if (!(await this.moveOn(inner, taken, SlotOutcome.Started, note))) return;
        const started = await this.starter.start(inner, schedule, site, slot);
        const record = recordOf(taken, SlotOutcome.Started, note);
        if ('jobId' in started) await this.ledger.setJob(inner, record, started.jobId);
        else await this.reword(inner, record, SlotOutcome.Skipped, started.skipped);
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'internal') throw error;
      if (error.code === 'JOB_ACTIVE') {
        await this.ledger.change(em, state, { dueAt: later(now, WAIT_MS), waiting: 'A job of the site is active.' });
        return;
      }
      const { message, hint } = asAppError(error);
      const why = `It could not be started: ${message}${hint === undefined ? '' : ` ${hint}`}`;
      if (await this.moveOn(em, taken, SlotOutcome.Failed, why)) await this.tell(em, taken, why);
      return;
    }
    if (missed > 0) await this.tell(em, taken, `${missedText(decision)} One run makes up for it.`);
  }

  /** Enters the slot and moves the row to the next one; false when it was dealt with before (by a row that is gone). */
  private async moveOn(em: EntityManager, taken: Taken, outcome: SlotOutcome, note: string | null): Promise<boolean> {
    const { state, effective, slots, site, decision } = taken;
    const isNew = await this.ledger.record(em, recordOf(taken, outcome, note));
    const next = upcoming(slots, rulesOf(effective, site.id), decision.slot);
    await this.ledger.change(em, state, { ...next, waiting: null, lastSlot: decision.slot });
    return isNew;
  }

  private async reword(em: EntityManager, slot: SlotRecord, outcome: SlotOutcome, note: string): Promise<void> {
    await em.execute('update schedule_slot set outcome = ?, note = ? where site_id = ? and kind = ? and slot_at = ?', [
      outcome,
      note,
      slot.siteId,
      slot.kind,
      slot.slotAt.toISOString(),
    ]);
  }

  private async tell(em: EntityManager, { site, effective, decision }: Taken, message: string): Promise<void> {
    const { slot: slotAt, missed } = decision;
    const about = { siteId: site.id, siteName: site.name, slotAt, slots: Math.max(1, missed), message };
    await this.ledger.tell(em, effective.schedule, about);
  }
}

function recordOf({ state, effective, decision, now }: Taken, outcome: SlotOutcome, note: string | null): SlotRecord {
  const { siteId, kind } = state;
  return { siteId, kind, slotAt: decision.slot, scheduleId: effective.schedule.id, outcome, note, decidedAt: now };
}

/** How many slots nobody could start, as a sentence. */
export function missedText({ missed }: Pick<Decision, 'missed'>): string {
  return `${missed === 1 ? 'A slot' : `${missed} slots`} passed while backupd did not run.`;
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
