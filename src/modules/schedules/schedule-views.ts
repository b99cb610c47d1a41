import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { SitesService } from '../sites/index.js';
import { type Effective, isSiteKind, rulesOf, type ScheduleBook, SITE_KINDS } from './book.js';
import type { PreviewScheduleDto } from './dto/schedule-input.dto.js';
import type {
  NextRunDto,
  PastSlotDto,
  ScheduleDetailsDto,
  ScheduleDto,
  SchedulePreviewDto,
  SiteScheduleDto,
} from './dto/schedule.dto.js';
import { dueAt, type DueRules, Slots } from './maths/index.js';
import { ScheduleBooks } from './schedule-books.js';
import { blackoutsOf, rhythmOf, textOf } from './schedule-input.js';
import {
  NO_SITE,
  type Schedule,
  type ScheduleKind,
  ScheduleScope,
  ScheduleSlot,
  ScheduleState,
} from './schedule.entity.js';

const NEXT = 5;
const LAST = 10;

/** Schedules as the API shows them: what is to come, and what became of what has passed. */
@Injectable()
export class ScheduleViews {
  constructor(
    private readonly orm: MikroORM,
    private readonly books: ScheduleBooks,
    private readonly sites: SitesService,
  ) {}

  async many(schedules: readonly Schedule[]): Promise<ScheduleDto[]> {
    const em = this.orm.em.fork();
    const ids = JSON.stringify(schedules.map(({ id }) => id));
    const states = await em.execute<{ schedule_id: string; sites: number; next: string | null }[]>(
      `select schedule_id, count(*)::int as sites, min(due_at) as next from schedule_state
        where schedule_id in (select e::uuid from jsonb_array_elements_text(?::jsonb) e) group by schedule_id`,
      [ids],
    );
    const names = await em.execute<{ id: string; name: string | null }[]>(
      `select c.id, coalesce(s.name, n.name) as name from schedule c
          left join site s on c.scope = ? and c.scope_value = s.id::text
          left join node n on c.scope = ? and c.scope_value = n.id::text
        where c.id in (select e::uuid from jsonb_array_elements_text(?::jsonb) e)`,
      [ScheduleScope.Site, ScheduleScope.Node, ids],
    );
    return schedules.map((schedule) => {
      const state = states.find((row) => row.schedule_id === schedule.id);
      const named = names.find((row) => row.id === schedule.id);
      const next = state?.next ?? null;
      return toDto(schedule, named?.name ?? null, state?.sites ?? 0, next === null ? null : new Date(next));
    });
  }

  async one(schedule: Schedule): Promise<ScheduleDto> {
    const [dto] = await this.many([schedule]);
    return dto ?? toDto(schedule, null, 0, null);
  }

  async details(schedule: Schedule): Promise<ScheduleDetailsDto> {
    const book = await this.books.load();
    const where = { scheduleId: schedule.id };
    const order = { slotAt: 'desc', siteId: 'asc' } as const;
    const passed = await this.orm.em.fork().find(ScheduleSlot, where, { orderBy: order, limit: LAST });
    const effective = book.effective(schedule, null);
    // Jitter is a site's own: of many sites the slots themselves are shown.
    const siteId = schedule.scope === ScheduleScope.Site ? (schedule.scopeValue ?? NO_SITE) : NO_SITE;
    const isOfMany = isSiteKind(schedule.kind) && schedule.scope !== ScheduleScope.Site;
    const rules = { ...rulesOf(effective, siteId), ...(isOfMany ? { jitterSeconds: 0 } : {}) };
    const next = effective.active ? nextRuns(book.slotsOf(effective), rules) : [];
    return Object.assign(await this.one(schedule), { next, lastSlots: passed.map(pastSlot) });
  }

  /** What a schedule would do; saves nothing. Errors: REQUEST_INVALID, SITE_NOT_FOUND. */
  async preview(input: PreviewScheduleDto): Promise<SchedulePreviewDto> {
    const { siteId } = input;
    const site = siteId === undefined ? null : await this.sites.get(siteId);
    const timeZone = input.timeZone ?? site?.timeZone ?? (await this.books.timeZone());
    const rhythm = rhythmOf(input.rhythm);
    const rules = {
      siteId: siteId ?? NO_SITE,
      scheduleId: NO_SITE,
      jitterSeconds: site === null ? 0 : (input.jitterSeconds ?? 0),
      blackouts: blackoutsOf(input.blackouts ?? []),
      timeZone,
    };
    const text = textOf({ kind: 'backup', rhythm, timeZone, paused: false });
    return { text, timeZone, next: nextRuns(new Slots(rhythm, timeZone), rules) };
  }

  /** Which schedule counts for the site, for each kind. Error: SITE_NOT_FOUND. */
  async ofSite(siteId: string): Promise<SiteScheduleDto[]> {
    const { name: _, ...known } = await this.sites.get(siteId);
    const site = {
      id: known.id,
      labels: known.labels,
      timeZone: known.timeZone ?? null,
      nodeId: known.nodeId ?? null,
      paused: known.paused,
    };
    const em = this.orm.em.fork();
    const book = await this.books.load();
    const states = await em.find(ScheduleState, { siteId });
    const views: SiteScheduleDto[] = [];
    for (const kind of SITE_KINDS) {
      const order = { orderBy: { slotAt: 'desc' }, limit: LAST } as const;
      const passed = (await em.find(ScheduleSlot, { siteId, kind }, order)).map(pastSlot);
      const state = states.find((row) => row.kind === kind);
      views.push(siteView(kind, book, book.of(kind, site), { siteId, paused: site.paused, state, passed }));
    }
    return views;
  }
}

function siteView(
  kind: ScheduleKind,
  book: ScheduleBook,
  effective: Effective | null,
  about: { siteId: string; paused: boolean; state: ScheduleState | undefined; passed: PastSlotDto[] },
): SiteScheduleDto {
  const { siteId, paused, state, passed: lastSlots } = about;
  if (effective === null) {
    const text = `No schedule: the ${kind} is only done when it is asked for.`;
    const none = { scheduleId: null, name: null, source: null, timeZone: null };
    return { kind, ...none, text, active: false, next: [], waiting: null, lastSlots };
  }
  const { schedule, timeZone, active } = effective;
  const said = textOf({ kind, rhythm: schedule.rhythm, timeZone, paused: schedule.paused });
  return {
    kind,
    scheduleId: schedule.id,
    name: schedule.name,
    source: schedule.scope,
    text: paused ? `${said}; but the site is paused` : said,
    timeZone,
    active,
    next: active ? nextRuns(book.slotsOf(effective), rulesOf(effective, siteId), state) : [],
    waiting: state?.waiting ?? null,
    lastSlots,
  };
}

/** The next five: beginning with the one that the state says, which may be in the past while it waits. */
function nextRuns(slots: Slots, rules: DueRules, state?: ScheduleState): NextRunDto[] {
  const first = state?.nextSlot instanceof Date ? state.nextSlot : null;
  const found = first === null ? slots.next(NEXT, new Date()) : [first, ...slots.next(NEXT - 1, first)];
  return found.map((slot, index) => {
    const held = index === 0 && state?.dueAt instanceof Date ? state.dueAt : null;
    return { slotAt: slot.toISOString(), startsAt: (held ?? dueAt(slot, slots.after(slot), rules)).toISOString() };
  });
}

function toDto(schedule: Schedule, scopeName: string | null, sites: number, nextRun: Date | null): ScheduleDto {
  return {
    id: schedule.id,
    name: schedule.name,
    kind: schedule.kind,
    scope: schedule.scope,
    scopeValue: schedule.scopeValue ?? null,
    scopeName,
    rhythm: schedule.rhythm,
    text: textOf({
      kind: schedule.kind,
      rhythm: schedule.rhythm,
      timeZone: schedule.timeZone ?? null,
      paused: schedule.paused,
    }),
    timeZone: schedule.timeZone ?? null,
    jitterSeconds: schedule.jitterSeconds,
    blackouts: schedule.blackouts,
    missed: schedule.missed,
    maxPerNode: schedule.maxPerNode ?? null,
    options: schedule.options,
    paused: schedule.paused,
    sites,
    nextRun: nextRun?.toISOString() ?? null,
    createdAt: schedule.createdAt.toISOString(),
    updatedAt: schedule.updatedAt.toISOString(),
  };
}

function pastSlot({ slotAt, outcome, jobId, note, decidedAt }: ScheduleSlot): PastSlotDto {
  return {
    slotAt: slotAt.toISOString(),
    outcome,
    jobId: jobId ?? null,
    note: note ?? null,
    decidedAt: decidedAt.toISOString(),
  };
}
