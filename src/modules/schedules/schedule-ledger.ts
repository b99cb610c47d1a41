import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { EventLog, type NewEvent } from '../events/index.js';
import { type Schedule, ScheduleState, type SlotOutcome } from './schedule.entity.js';

/** What became of a slot. */
export interface SlotRecord {
  siteId: string;
  kind: string;
  slotAt: Date;
  scheduleId: string;
  outcome: SlotOutcome;
  jobId?: string | undefined;
  note: string | null;
  decidedAt: Date;
}

/** The rows of schedules: states that are locked while they are decided on, and slots that have passed. */
@Injectable()
export class ScheduleLedger {
  constructor(private readonly events: EventLog) {}

  /** Locks a row that is due and that nobody else works on; null when there is none. */
  async takeDue(
    em: EntityManager,
    now: Date,
    which: { siteId: string } | { notSiteId: string },
  ): Promise<ScheduleState | null> {
    const siteId = 'siteId' in which ? which.siteId : { $ne: which.notSiteId };
    return em.findOne(
      ScheduleState,
      { dueAt: { $lte: now }, siteId },
      { orderBy: { dueAt: 'asc', siteId: 'asc' }, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
    );
  }

  /** Changes the locked row. */
  async change(
    em: EntityManager,
    { siteId, kind }: Pick<ScheduleState, 'siteId' | 'kind'>,
    to: { nextSlot?: Date | null; dueAt: Date | null; waiting: string | null; lastSlot?: Date },
  ): Promise<void> {
    await em.nativeUpdate(ScheduleState, { siteId, kind }, { ...to, updatedAt: new Date() });
  }

  /** Enters what became of a slot; false when that stands there already. */
  async record(em: EntityManager, slot: SlotRecord): Promise<boolean> {
    const rows = await em.execute<unknown[]>(
      `insert into schedule_slot (site_id, kind, slot_at, schedule_id, outcome, job_id, note, decided_at)
        values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning 1`,
      [
        slot.siteId,
        slot.kind,
        slot.slotAt.toISOString(),
        slot.scheduleId,
        slot.outcome,
        slot.jobId ?? null,
        slot.note,
        slot.decidedAt.toISOString(),
      ],
    );
    return rows.length > 0;
  }

  /** The job that was made for a slot. */
  async setJob(em: EntityManager, { siteId, kind, slotAt }: SlotRecord, jobId: string): Promise<void> {
    await em.execute('update schedule_slot set job_id = ? where site_id = ? and kind = ? and slot_at = ?', [
      jobId,
      siteId,
      kind,
      slotAt.toISOString(),
    ]);
  }

  /** Tells that a slot did not run as it should have. The last thing that a transaction does. */
  async tell(
    em: EntityManager,
    { id, name, kind }: Schedule,
    about: { siteId: string | null; siteName: string | null; slotAt: Date; slots: number; message: string },
  ): Promise<void> {
    const { siteId, siteName, slotAt, slots, message } = about;
    const data = { scheduleId: id, schedule: name, kind, siteName, slotAt: slotAt.toISOString(), slots, message };
    const event: NewEvent = { jobId: null, siteId, type: 'schedule.missed', data };
    await this.events.append(em, [event], new Date());
  }
}
