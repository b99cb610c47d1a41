import type { Rhythm } from '../rhythm.js';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** The rhythm as a person says it: `every day at 02:00`. */
export function describeRhythm(rhythm: Rhythm): string {
  if (rhythm.every === 'never') return 'never';
  if (rhythm.every === 'cron') return `by the cron expression ${rhythm.expression}`;
  if (rhythm.every === 'hours') {
    const often = rhythm.hours === 1 ? 'every hour' : `every ${rhythm.hours} hours from midnight`;
    return rhythm.minute === 0 ? `${often} on the hour` : `${often}, ${rhythm.minute} min past the hour`;
  }
  if (rhythm.every === 'day') return `every day at ${rhythm.at}`;
  if (rhythm.every === 'week') return `every ${weekdayNames(rhythm.days)} at ${rhythm.at}`;
  const last = rhythm.days.some((day) => day > 28) ? ' (or the last day of a shorter month)' : '';
  return `every month on the ${listed(sorted(rhythm.days).map(ordinal))}${last} at ${rhythm.at}`;
}

/** Weekdays by their numbers, 1 = Monday. */
export function weekdayNames(days: readonly number[]): string {
  return listed(sorted(days).map((day) => WEEKDAYS[day - 1] ?? String(day)));
}

function sorted(days: readonly number[]): number[] {
  return [...new Set(days)].toSorted((a, b) => a - b);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function ordinal(day: number): string {
  const ending = day % 100 >= 11 && day % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}
