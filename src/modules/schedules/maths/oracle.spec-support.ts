import { Temporal } from '@js-temporal/polyfill';
import { CronExpressionParser } from 'cron-parser';
import type { Rhythm } from '../rhythm.js';

/**
 * The slots of a rhythm found another way: dates are counted and turned into instants by Temporal, cron expressions are read by
 * cron-parser. Shares no code with what it checks.
 */
export function slotsByOracle(rhythm: Rhythm, timeZone: string, from: number, until: number): number[] {
  const found = new Set<number>();
  const first = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).toPlainDate();
  const last = Temporal.Instant.fromEpochMilliseconds(until).toZonedDateTimeISO(timeZone).toPlainDate();
  const times = rhythm.every === 'cron' ? cronTimes(rhythm.expression, first, last) : plainTimes(rhythm, first, last);
  for (const time of times) found.add(instantOf(time, timeZone));
  return [...found].filter((at) => at > from && at <= until).toSorted((a, b) => a - b);
}

/** All changes of the clock between two instants. */
export function transitions(timeZone: string, from: number, until: number): number[] {
  const found: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).getTimeZoneTransition('next');
  for (; at !== null && at.epochMilliseconds < until; at = at.getTimeZoneTransition('next'))
    found.push(at.epochMilliseconds);
  return found;
}

/** The first of two, or the first instant after the gap. */
export function instantOf(time: Temporal.PlainDateTime, timeZone: string): number {
  const at = time.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (at.toPlainDateTime().equals(time)) return at.epochMilliseconds;
  return at.getTimeZoneTransition('next')?.epochMilliseconds ?? NaN;
}

/** What the clock on the wall shows. */
export function wallOf(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
}

function* plainTimes(
  rhythm: Exclude<Rhythm, { every: 'cron' }>,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
): Generator<Temporal.PlainDateTime> {
  if (rhythm.every === 'never') return;
  for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    if (rhythm.every === 'hours') {
      for (let hour = 0; hour < 24; hour += rhythm.hours) yield date.toPlainDateTime({ hour, minute: rhythm.minute });
      continue;
    }
    if (rhythm.every === 'week' && !rhythm.days.includes(date.dayOfWeek)) continue;
    if (rhythm.every === 'month') {
      const isLast = date.day === date.daysInMonth;
      if (!rhythm.days.some((day) => day === date.day || (isLast && day > date.day))) continue;
    }
    yield date.toPlainDateTime(Temporal.PlainTime.from(rhythm.at));
  }
}

function* cronTimes(
  expression: string,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
): Generator<Temporal.PlainDateTime> {
  const begin = first.toZonedDateTime('UTC').epochMilliseconds - 1;
  const end = last.add({ days: 1 }).toZonedDateTime('UTC').epochMilliseconds;
  const cron = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: new Date(begin) });
  for (;;) {
    const at = cron.next().getTime();
    if (at >= end) return;
    yield Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').toPlainDateTime();
  }
}
