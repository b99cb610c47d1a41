import type { QuietHours } from '../notification.entity.js';
import { firstMinute, minutesOf, wallClock } from './wall-clock.js';

/** Whether it is a quiet time: by the clock on the wall, so also on days that have 23 or 25 hours. */
export function isQuiet(quiet: QuietHours, at: Date): boolean {
  const { minutes, weekday } = wallClock(at, quiet.timeZone);
  const [from, until] = [minutesOf(quiet.from), minutesOf(quiet.until)];
  const on = (day: number): boolean => quiet.days === undefined || quiet.days.includes(day);
  // From a time to the same time is the whole day.
  if (from === until) return on(minutes >= from ? weekday : yesterday(weekday));
  if (from < until) return on(weekday) && minutes >= from && minutes < until;
  return (on(weekday) && minutes >= from) || (on(yesterday(weekday)) && minutes < until);
}

/** When the quiet time that it is now ends; null when it is none. One without end is looked at again in a week. */
export function quietUntil(quiet: QuietHours, now: Date): Date | null {
  if (!isQuiet(quiet, now)) return null;
  return firstMinute(now, 7, (at) => !isQuiet(quiet, at)) ?? new Date(now.getTime() + 7 * 86_400_000);
}

const yesterday = (weekday: number): number => (weekday === 1 ? 7 : weekday - 1);
