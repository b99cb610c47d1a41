import { createHash } from 'node:crypto';
import { type DueRules, Slots } from './maths/index.js';
import type { Rhythm } from './rhythm.js';
import { type Schedule, ScheduleKind, ScheduleScope } from './schedule.entity.js';

/** What a schedule needs to know of a site. */
export interface ScheduledSite {
  id: string;
  /** Sorted. */
  labels: readonly string[];
  timeZone: string | null;
  nodeId: string | null;
  paused: boolean;
}

/** The schedule that counts for a site. */
export interface Effective {
  schedule: Schedule;
  timeZone: string;
  /** Whether it starts anything: not when it or the site is paused, or its rhythm is `never`. */
  active: boolean;
  /** Changes with all that decides when the slots are. */
  fingerprint: string;
}

/** Kinds that are a job of each site; the others are the whole installation's. */
export const SITE_KINDS = [ScheduleKind.Backup, ScheduleKind.Verify] as const;
export const INSTALLATION_KINDS = [ScheduleKind.Retention, ScheduleKind.Reconcile, ScheduleKind.Scan] as const;

/** Whether it is a job of each site. */
export function isSiteKind(kind: string): kind is (typeof SITE_KINDS)[number] {
  return SITE_KINDS.some((each) => each === kind);
}

/** All schedules, and which of them counts for whom. */
export class ScheduleBook {
  private readonly byScope = new Map<string, Schedule>();
  private readonly slots = new Map<string, Slots>();

  constructor(
    schedules: readonly Schedule[],
    /** The installation's. */
    readonly timeZone: string,
  ) {
    for (const schedule of schedules)
      this.byScope.set(keyOf(schedule.kind, schedule.scope, schedule.scopeValue ?? null), schedule);
  }

  /** The closest one: the site's own, its label's (of several the first by the alphabet), its host's, the one for all. */
  of(kind: ScheduleKind, site: ScheduledSite): Effective | null {
    const at = (scope: ScheduleScope, value: string | null): Schedule | undefined =>
      this.byScope.get(keyOf(kind, scope, value));
    const labelled = site.labels.map((label) => at(ScheduleScope.Label, label)).find((each) => each !== undefined);
    const schedule =
      at(ScheduleScope.Site, site.id) ?? labelled ?? at(ScheduleScope.Node, site.nodeId) ?? at(ScheduleScope.All, null);
    return schedule === undefined ? null : this.effective(schedule, site);
  }

  /** The one of a kind that has no site. */
  ofInstallation(kind: ScheduleKind): Effective | null {
    const schedule = this.byScope.get(keyOf(kind, ScheduleScope.All, null));
    return schedule === undefined ? null : this.effective(schedule, null);
  }

  effective(schedule: Schedule, site: Pick<ScheduledSite, 'timeZone' | 'paused'> | null): Effective {
    const timeZone = schedule.timeZone ?? site?.timeZone ?? this.timeZone;
    const active = !schedule.paused && site?.paused !== true && schedule.rhythm.every !== 'never';
    return { schedule, timeZone, active, fingerprint: fingerprintOf(schedule, timeZone) };
  }

  slotsOf({ schedule, timeZone }: Effective): Slots {
    const key = `${schedule.id}/${timeZone}`;
    const slots = this.slots.get(key) ?? new Slots(schedule.rhythm, timeZone);
    this.slots.set(key, slots);
    return slots;
  }
}

/** What moves the starts of a site's runs. */
export function rulesOf({ schedule, timeZone }: Effective, siteId: string): DueRules {
  const { id, jitterSeconds, blackouts } = schedule;
  return { siteId, scheduleId: id, jitterSeconds, blackouts, timeZone };
}

function keyOf(kind: string, scope: string, value: string | null): string {
  return JSON.stringify([kind, scope, value]);
}

function fingerprintOf({ id, rhythm, jitterSeconds, blackouts }: Schedule, timeZone: string): string {
  const decisive = JSON.stringify([id, sorted(rhythm), timeZone, jitterSeconds, blackouts.map(sorted)]);
  return createHash('sha256').update(decisive).digest('base64url').slice(0, 22);
}

/** The database gives the fields of JSON in an order of its own. */
function sorted(value: Rhythm | object): unknown[] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
