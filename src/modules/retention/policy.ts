import { before, type Duration, parseDuration } from '../../common/durations.js';
import { Calendar, type Period, PERIODS } from './periods.js';

/**
 * What is kept; a backup stays when one of the rules wants it. A policy without any rule keeps everything. Counts that are
 * absent or 0 are no rule.
 */
export interface RetentionPolicy {
  /** The newest so many. */
  keepLast?: number | undefined;
  /** The newest of each of the last so many hours, days, … that have one. */
  hourly?: number | undefined;
  daily?: number | undefined;
  weekly?: number | undefined;
  monthly?: number | undefined;
  yearly?: number | undefined;
  /** All that is not older than the newest good one by more than this: `P30D`, `30d`. */
  keepWithin?: string | undefined;
  /** IANA name; UTC when absent. */
  timeZone?: string | undefined;
}

/** What the decision needs to know of a backup. */
export interface RetainedBackup {
  id: string;
  at: Date;
  /** Whether some copy of it can be restored, as far as is known. */
  good: boolean;
  pinned: boolean;
  pinNote?: string | null | undefined;
}

export interface Verdict {
  id: string;
  at: Date;
  action: 'keep' | 'expire';
  /** Every rule that keeps it; for one that goes, why none does. Never empty. */
  reasons: string[];
}

/**
 * Decides for every backup of one site whether it stays; the answer is newest first. Pure.
 *
 * Only good backups count. The newest good one, pinned ones and those from the future (a wrong clock) always stay, and those from
 * the future count for nothing. A damaged backup takes no place of a good one; it stays as long as it would if it were whole (it
 * may yet be repaired). `null` = nobody has set a policy: everything stays.
 */
export function decide(backups: readonly RetainedBackup[], policy: RetentionPolicy | null, now: Date): Verdict[] {
  const sorted = backups.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
  const newestGood = sorted.find((backup) => backup.good);
  const newestPast = sorted.find((backup) => backup.good && backup.at <= now);
  const rules = policy === null ? [] : rulesOf(policy, newestPast?.at ?? now);
  const everything = policy === null ? 'no policy is set' : 'the policy keeps everything';
  return sorted.map((backup) => {
    const keep: string[] = [];
    const against: string[] = [];
    if (backup.pinned) keep.push(pinText(backup));
    if (backup === newestGood || backup === newestPast) keep.push('newest good backup');
    if (newestGood === undefined) keep.push('no good backup is left');
    if (backup.at > now) keep.push('from the future: check the clock');
    else if (rules.length === 0) keep.push(everything);
    else {
      for (const rule of rules) {
        const { keeps, text } = rule(backup);
        (keeps ? keep : against).push(text);
      }
    }
    const note = backup.good ? [] : ['not counted: damaged'];
    const action = keep.length > 0 ? 'keep' : 'expire';
    return { id: backup.id, at: backup.at, action, reasons: [...(action === 'keep' ? keep : against), ...note] };
  });
}

/** Whether the policy lets nothing go. */
export function keepsEverything(policy: RetentionPolicy | null): boolean {
  return policy === null || rulesOf(policy, new Date(0)).length === 0;
}

/** Asked for one backup after the other, newest first. */
type Rule = (backup: RetainedBackup) => { keeps: boolean; text: string };

function rulesOf(policy: RetentionPolicy, newest: Date): Rule[] {
  const rules: Rule[] = [];
  if ((policy.keepLast ?? 0) > 0) rules.push(lastRule(policy.keepLast ?? 0));
  const calendar = new Calendar(policy.timeZone ?? 'UTC');
  for (const period of PERIODS) {
    const most = policy[period] ?? 0;
    if (most > 0) rules.push(periodRule(period, most, calendar));
  }
  const within = policy.keepWithin === undefined ? null : parseDuration(policy.keepWithin);
  if (within !== null && policy.keepWithin !== undefined) rules.push(withinRule(policy.keepWithin, within, newest));
  return rules;
}

function lastRule(most: number): Rule {
  let seen = 0;
  return (backup) => {
    const place = seen + 1;
    if (backup.good) seen = place;
    return place <= most
      ? { keeps: true, text: `last ${place} of ${most}` }
      : { keeps: false, text: `not among the last ${most}` };
  };
}

function periodRule(period: Period, most: number, calendar: Calendar): Rule {
  const seen = new Set<string>();
  return (backup) => {
    const name = calendar.periodsOf(backup.at)[period];
    if (seen.has(name)) return { keeps: false, text: `${period}: ${name} has a newer one` };
    const place = seen.size + 1;
    if (backup.good) seen.add(name);
    return place <= most
      ? { keeps: true, text: `${period} ${place} of ${most}: ${name}` }
      : { keeps: false, text: `${period}: ${name} is not among the last ${most}` };
  };
}

function withinRule(given: string, duration: Duration, newest: Date): Rule {
  const since = before(newest, duration);
  return (backup) =>
    backup.at >= since
      ? { keeps: true, text: `within ${given} of the newest` }
      : { keeps: false, text: `not within ${given} of the newest` };
}

function pinText({ pinNote }: RetainedBackup): string {
  return typeof pinNote === 'string' && pinNote !== '' ? `pinned: ${pinNote}` : 'pinned';
}
