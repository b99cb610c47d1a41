import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmLimits } from '../alarm-settings.js';
import { type AlarmRule, type Finding, type Look, minuteOf, onlySites } from './alarm-rule.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** So long without a backup and without a schedule. */
const FORGOTTEN_MS = 7 * DAY_MS;

type Time = string | Date | null;

interface Row {
  id: string;
  name: string;
  schedule: string;
  next_slot: Time;
  last_slot: Time;
  due_at: Time;
  waiting: string | null;
  jitter: number;
  good_at: Time;
  /** The first slot after the last good backup, and how many there were. */
  first_missed: Time;
  missed: number;
  active: boolean;
}

/** A site on its schedule. */
export interface Punctuality {
  /** The first slot that no good backup has followed. */
  slot: Date;
  /** The newest slot that has passed. */
  newest: Date;
  /** Slots that have passed without a good backup since. */
  missed: number;
  /** From one slot to the next; null = not known. */
  intervalMs: number | null;
  jitterMs: number;
  /** It is being backed up, or waits on purpose (for the end of a blackout window, for room): so late that it is a fault a whole interval later. */
  excused: boolean;
}

/** How bad it is that there is no backup yet; null = it is not late. Critical from the second missed slot on. */
export function lateness(
  { slot, newest, missed, intervalMs, jitterMs, excused }: Punctuality,
  { graceMinutes }: Pick<AlarmLimits, 'graceMinutes'>,
  now: Date,
): Severity | null {
  const usual = Math.min(DAY_MS, Math.max(HOUR_MS, (intervalMs ?? 0) / 2));
  const graceMs = (graceMinutes === null ? usual : graceMinutes * MINUTE_MS) + jitterMs;
  const patienceMs = excused ? Math.max(graceMs, intervalMs ?? DAY_MS) : graceMs;
  if (now.getTime() <= slot.getTime() + patienceMs) return null;
  const second = missed > 2 || (missed === 2 && now.getTime() > newest.getTime() + patienceMs);
  return second ? Severity.Critical : Severity.Warning;
}

/** No good backup where the schedule says there must be one; and sites that no schedule backs up, where others have one. */
export const backupOverdue: AlarmRule = {
  kind: AlarmKind.BackupOverdue,
  everyMinutes: 1,
  afterJob: 'site',
  async find(look: Look): Promise<Finding[]> {
    const late = await scheduled(look);
    return [...late, ...(await unscheduled(look))];
  },
};

async function scheduled(look: Look): Promise<Finding[]> {
  const { em, now, limits } = look;
  const only = onlySites(look);
  const at = now.toISOString();
  const rows = await em.execute<Row[]>(
    `select s.id, s.name, c.name as schedule, st.next_slot, st.last_slot, st.due_at, st.waiting, c.jitter_seconds as jitter,
        good.at as good_at, m.first_missed, m.missed,
        exists (select 1 from job j where j.site_id = s.id and j.kind = 'backup' and j.status in ('pending', 'running')) as active
      from site s join schedule_state st on st.site_id = s.id and st.kind = 'backup'
        join schedule c on c.id = st.schedule_id and not c.paused
        left join lateral (select b.created_at as at from backup b where b.site_id = s.id and b.deleting_at is null
          order by b.started_at desc limit 1) good on true
        cross join lateral (select min(x.slot_at) as first_missed, count(*)::int as missed from schedule_slot x
          where x.site_id = s.id and x.kind = 'backup' and x.slot_at > coalesce(good.at, st.since) and x.slot_at >= st.since
            and x.slot_at <= ?) m
        cross join lateral (select case when st.next_slot <= ? then st.next_slot else st.last_slot end as slot) d
      where not s.paused and d.slot >= st.since and (good.at is null or good.at < d.slot) ${only.sql}`,
    [at, at, ...only.values],
  );
  return rows.flatMap((row) => judged(row, limits, now));
}

function judged(row: Row, limits: AlarmLimits, now: Date): Finding[] {
  const next = dateOf(row.next_slot);
  const last = dateOf(row.last_slot);
  const isWaiting = next !== null && next <= now;
  const newest = isWaiting ? next : last;
  if (newest === null) return [];
  const first = dateOf(row.first_missed);
  const slot = first !== null && first < newest ? first : newest;
  // The one that waits is not decided, so it is not among those that were.
  const missed = Math.max(1, row.missed + (isWaiting && row.missed > 0 ? 1 : 0));
  const dueAt = dateOf(row.due_at);
  const severity = lateness(
    {
      slot,
      newest,
      missed,
      intervalMs: next === null || last === null ? null : next.getTime() - last.getTime(),
      jitterMs: row.jitter * 1000,
      excused: row.active || (isWaiting && dueAt !== null && dueAt > now),
    },
    limits,
    now,
  );
  if (severity === null) return [];
  const good = dateOf(row.good_at);
  const since = good === null ? 'It was never backed up' : `Its last good backup is of ${minuteOf(good)}`;
  const slots =
    missed === 1 ? `since the slot of ${minuteOf(slot)}` : `since ${missed} slots, the first of ${minuteOf(slot)}`;
  const waits = row.waiting === null ? '' : ` It waits: ${row.waiting}`;
  return [
    {
      subject: row.id,
      siteId: row.id,
      severity,
      message: `"${row.name}" has no good backup ${slots} of its schedule "${row.schedule}". ${since}.${waits}`,
      hint: 'Look why: `backupd jobs` shows its last jobs. Back it up now: `backupd backup <site>`. If it is not to be backed up for a while, pause it: `backupd sites pause <site>`.',
      context: {
        schedule: row.schedule,
        slot: slot.toISOString(),
        missed,
        lastBackupAt: good?.toISOString() ?? null,
      },
    },
  ];
}

/**
 * Forgotten ones, on no schedule where others have one: never backed up a day after they were registered, or not for a week, as when the
 * label or the schedule is gone that they were backed up by. Not those that are left out on purpose.
 */
async function unscheduled(look: Look): Promise<Finding[]> {
  const only = onlySites(look);
  const before = (ms: number): string => new Date(look.now.getTime() - ms).toISOString();
  const rows = await look.em.execute<{ id: string; name: string; good_at: Time }[]>(
    `select s.id, s.name, good.at as good_at from site s
        left join lateral (select b.created_at as at from backup b where b.site_id = s.id and b.deleting_at is null
          order by b.started_at desc limit 1) good on true
      where not s.paused and s.created_at < ? and (good.at is null or good.at < ?) ${only.sql}
        and exists (select 1 from schedule c where c.kind = 'backup' and not c.paused)
        and not exists (select 1 from schedule_state st where st.site_id = s.id and st.kind = 'backup')
        and not exists (select 1 from schedule c where c.kind = 'backup' and (c.paused or c.rhythm->>'every' = 'never')
          and (c.scope = 'site' and c.scope_value = s.id::text or c.scope = 'label' and s.labels @> to_jsonb(c.scope_value)))`,
    [before(DAY_MS), before(FORGOTTEN_MS), ...only.values],
  );
  return rows.map(({ id, name, good_at: at }) => {
    const good = dateOf(at);
    const since = good === null ? 'was never backed up' : `was last backed up at ${minuteOf(good)}`;
    return {
      subject: id,
      siteId: id,
      severity: Severity.Warning,
      message: `"${name}" ${since}, and no schedule is for it.`,
      hint: 'Give it a schedule (`backupd schedule set daily 02:00` is for all sites). If that is meant, say so: `backupd schedule set never --site <site>`, or `backupd sites pause <site>`.',
      context: { schedule: null, slot: null, missed: 0, lastBackupAt: good?.toISOString() ?? null },
    };
  });
}

const dateOf = (time: Time): Date | null => (time === null ? null : new Date(time));
