import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { lockInTransaction } from '../../database/index.js';
import { type Effective, INSTALLATION_KINDS, rulesOf, type ScheduleBook, SITE_KINDS } from './book.js';
import { upcoming } from './decide.js';
import { ScheduleBooks } from './schedule-books.js';
import { NO_SITE, type ScheduleKind, ScheduleState } from './schedule.entity.js';

const PAGE = 500;
const LOCK = 'backupd:schedule-sync';
/** More than the clocks of two masters differ, and than a clock is set by hand. */
const FAR_AHEAD_MS = 86_400_000;

/** A row as it should be. */
interface Wanted {
  siteId: string;
  kind: ScheduleKind;
  effective: Effective;
}

/**
 * Keeps `schedule_state` as schedules and sites say: a row for each site and kind that has a schedule which is not paused. What is as
 * it should be is not touched; a new or changed row begins with the first slot after now, so nothing that passed is made up for.
 */
@Injectable()
export class ScheduleSync {
  private readonly logger = new Logger('schedules');
  private synced = '';

  constructor(
    private readonly orm: MikroORM,
    private readonly books: ScheduleBooks,
  ) {}

  /** Cheap when nothing has changed. Of several masters one does it; `wait` for that one, or leave it to the next tick. */
  async bringUp(now: Date, how: 'wait' | 'leave' = 'leave'): Promise<void> {
    if ((await this.books.version()) === this.synced) return;
    const done = await this.orm.em.fork().transactional(async (em) => {
      if (how === 'wait') await lockInTransaction(em, LOCK, 'exclusive');
      else if (!(await isFree(em))) return null;
      const version = await this.books.version(em);
      await this.all(em, await this.books.load(em), now);
      return version;
    });
    // Only once it is committed.
    this.synced = done ?? this.synced;
  }

  /**
   * Rows of a time far ahead: the clock was wrong for a while, as at a start before the time is known. Left alone they would start
   * nothing until that time has come; they begin with the first slot after now.
   */
  async bringBack(now: Date): Promise<void> {
    const ahead = { updatedAt: { $gt: new Date(now.getTime() + FAR_AHEAD_MS) } };
    const found = await this.orm.em.fork().nativeUpdate(ScheduleState, ahead, { lastSlot: null, fingerprint: '' });
    if (found === 0) return;
    this.logger.warn(`The clock was set back: ${found} schedules of sites begin with their first slot after now.`);
    this.synced = '';
    await this.bringUp(now);
  }

  private async all(em: EntityManager, book: ScheduleBook, now: Date): Promise<void> {
    const installation = INSTALLATION_KINDS.map((kind) => ({ kind, effective: book.ofInstallation(kind) }));
    await this.page(em, book, [NO_SITE], ofActive(NO_SITE, installation), now);
    let after = NO_SITE;
    for (;;) {
      const sites = await this.books.sites(em, after, PAGE);
      const ids = sites.map((site) => site.id);
      const wanted = sites.flatMap((site) =>
        ofActive(
          site.id,
          SITE_KINDS.map((kind) => ({ kind, effective: book.of(kind, site) })),
        ),
      );
      await this.page(em, book, ids, wanted, now);
      const last = ids.at(-1);
      if (last === undefined || sites.length < PAGE) break;
      after = last;
    }
    await em.execute(
      'delete from schedule_state s where s.site_id <> ? and not exists (select 1 from site where id = s.site_id)',
      [NO_SITE],
    );
  }

  private async page(
    em: EntityManager,
    book: ScheduleBook,
    ids: readonly string[],
    wanted: readonly Wanted[],
    now: Date,
  ): Promise<void> {
    if (ids.length === 0) return;
    const nexts = new Map<string, Date | null>();
    const rows = wanted.map(({ siteId, kind, effective }) => {
      const key = `${effective.schedule.id}/${effective.timeZone}`;
      const slots = book.slotsOf(effective);
      if (!nexts.has(key)) nexts.set(key, slots.after(now));
      const first = nexts.get(key) ?? null;
      // The instant just before the first slot: all sites share the search for it.
      const from = first === null ? now : new Date(first.getTime() - 1);
      const { nextSlot, dueAt } =
        first === null ? { nextSlot: null, dueAt: null } : upcoming(slots, rulesOf(effective, siteId), from);
      return {
        site_id: siteId,
        kind,
        schedule_id: effective.schedule.id,
        fingerprint: effective.fingerprint,
        next_slot: nextSlot?.toISOString() ?? null,
        due_at: dueAt?.toISOString() ?? null,
      };
    });
    await em.execute(
      `insert into schedule_state (site_id, kind, schedule_id, fingerprint, next_slot, due_at, since, updated_at)
        select site_id, kind, schedule_id, fingerprint, next_slot, due_at, ?::timestamptz, ?::timestamptz
          from jsonb_to_recordset(?::jsonb) as w
            (site_id uuid, kind text, schedule_id uuid, fingerprint text, next_slot timestamptz, due_at timestamptz)
        on conflict (site_id, kind) do update set schedule_id = excluded.schedule_id, fingerprint = excluded.fingerprint,
            next_slot = excluded.next_slot, due_at = excluded.due_at, waiting = null, since = excluded.since,
            updated_at = excluded.updated_at
          where schedule_state.fingerprint <> excluded.fingerprint`,
      [now.toISOString(), new Date().toISOString(), JSON.stringify(rows)],
    );
    await em.execute(
      `delete from schedule_state s
        where s.site_id in (select e::uuid from jsonb_array_elements_text(?::jsonb) e)
          and not exists (select 1 from jsonb_to_recordset(?::jsonb) as w (site_id uuid, kind text)
                           where w.site_id = s.site_id and w.kind = s.kind)`,
      [JSON.stringify(ids), JSON.stringify(rows)],
    );
  }
}

async function isFree(em: EntityManager): Promise<boolean> {
  const sql = 'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as got';
  const [lock] = await em.execute<{ got: boolean }[]>(sql, [LOCK]);
  return lock?.got === true;
}

function ofActive(siteId: string, each: readonly { kind: ScheduleKind; effective: Effective | null }[]): Wanted[] {
  return each.flatMap(({ kind, effective }) => (effective?.active === true ? [{ siteId, kind, effective }] : []));
}
