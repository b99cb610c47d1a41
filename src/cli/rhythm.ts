import type { BlackoutDto, RhythmDto } from './api-types-schedules.js';
import { usageError } from './exit-codes.js';

/** From Monday on. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** What a person may write for a rhythm; shown with a fault and in the help. */
export const RHYTHMS = `Rhythms:
  hourly [:MM]                    every hour, at this minute
  every 6h [:MM]                  every 1, 2, 3, 4, 6, 8 or 12 hours from midnight
  daily HH:MM
  weekly mon,thu HH:MM
  monthly 1,15,31 HH:MM           a day that a month does not have is its last one
  "0 3 * * *"                     a cron expression
  never                           nothing: takes a site or label out of a wider schedule`;

/** The rhythm that the words say. */
export function parseRhythm(words: readonly string[]): RhythmDto {
  const text = words.join(' ').trim().toLowerCase();
  const [verb = '', ...rest] = text.split(/\s+/);
  if (text === 'never') return { every: 'never' };
  if (words.length === 1 && text.split(/\s+/).length === 5 && !/^[a-z]/.test(text))
    return { every: 'cron', expression: (words[0] ?? '').trim() };
  if (verb === 'hourly' && rest.length < 2) return { every: 'hours', hours: 1, minute: minuteOf(rest[0], text) };
  if (verb === 'every' && rest.length < 3) {
    const hours = /^(\d{1,2})h?$/.exec(rest[0] ?? '')?.[1];
    if (hours !== undefined) return { every: 'hours', hours: Number(hours), minute: minuteOf(rest[1], text) };
  }
  if (verb === 'daily' && rest.length === 1) return { every: 'day', at: clockOf(rest[0], text) };
  if (verb === 'weekly' && rest.length === 2)
    return { every: 'week', days: weekdaysOf(rest[0] ?? '', text), at: clockOf(rest[1], text) };
  if (verb === 'monthly' && rest.length === 2)
    return { every: 'month', days: numbersOf(rest[0] ?? '', text), at: clockOf(rest[1], text) };
  throw notUnderstood(text);
}

/** `08:00-20:00`, or `mon,tue 08:00-20:00`. */
export function parseBlackout(text: string): BlackoutDto {
  const words = text.trim().toLowerCase().split(/\s+/);
  const [from, until] = (words.at(-1) ?? '').split('-');
  const days = words.length === 2 ? { days: weekdaysOf(words[0] ?? '', text) } : {};
  if (words.length > 2 || !CLOCK.test(from ?? '') || !CLOCK.test(until ?? ''))
    throw usageError(`"${text}" is no blackout.`, 'Write it as 08:00-20:00, or "mon,tue 08:00-20:00".');
  return { from: clockOf(from, text), until: clockOf(until, text), ...days };
}

/** `90s`, `30m`, `2h`, `1d`, in seconds. */
export function parseSeconds(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text.trim().toLowerCase()) ?? [];
  if (number === undefined || unit === undefined)
    throw usageError(`"${text}" is no length of time.`, 'Write it as 90s, 30m, 2h or 1d.');
  return Number(number) * (UNITS[unit] ?? 1);
}

function minuteOf(text: string | undefined, whole: string): number {
  if (text === undefined) return 0;
  const minute = /^:([0-5]?\d)$/.exec(text)?.[1];
  if (minute === undefined) throw notUnderstood(whole);
  return Number(minute);
}

function clockOf(text: string | undefined, whole: string): string {
  const [, hours, minutes] = CLOCK.exec(text ?? '') ?? [];
  if (hours === undefined || minutes === undefined) throw notUnderstood(whole);
  return `${hours.padStart(2, '0')}:${minutes}`;
}

function weekdaysOf(text: string, whole: string): number[] {
  return text.split(',').map((day) => {
    const index = WEEKDAYS.indexOf(day.slice(0, 3));
    if (index < 0) throw notUnderstood(whole);
    return index + 1;
  });
}

function numbersOf(text: string, whole: string): number[] {
  if (!/^\d{1,2}(,\d{1,2})*$/.test(text)) throw notUnderstood(whole);
  return text.split(',').map(Number);
}

function notUnderstood(text: string): Error {
  return usageError(`"${text}" is no rhythm.`, RHYTHMS);
}
