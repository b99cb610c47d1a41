const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });

/** A time in words a person would use, in the browser's zone: `just now`, `12 min ago`, `today 03:12`, `in 3 h`, `4 Mar 14:05`. */
export function relative(at: Date, now: Date = new Date()): string {
  const ms = at.getTime() - now.getTime();
  const distance = Math.abs(ms);
  if (distance < MINUTE) return ms > 0 ? 'in a moment' : 'just now';
  const amount = distance < HOUR ? `${Math.round(distance / MINUTE)} min` : `${Math.round(distance / HOUR)} h`;
  if (distance < 6 * HOUR) return ms > 0 ? `in ${amount}` : `${amount} ago`;
  return `${dayOf(at, now)} ${time.format(at)}`;
}

/** The day and the time of day: `27 Nov 2026, 03:12`. */
export function dateTime(at: Date): string {
  return `${full.format(at)}, ${time.format(at)}`;
}

/** The day alone, in few letters: `27 Nov`. */
export function day(at: Date): string {
  return dayMonth.format(at);
}

export function timeOfDay(at: Date): string {
  return time.format(at);
}

/** Nanoseconds since 1970 as text, as the API has times of files, in ISO form. */
export function isoOf(nanoseconds: string): string {
  return new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
}

function dayOf(at: Date, now: Date): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY);
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  if (days > 1 && days < 7) return weekday.format(at);
  return at.getFullYear() === now.getFullYear() ? dayMonth.format(at) : full.format(at);
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Sentences of the API have times in UTC; people get them as all other times are shown. */
export function withLocalTimes(text: string, now: Date = new Date()): string {
  return text.replaceAll(/(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(?::(\d{2}))? UTC/g, (_all, date: string, at: string) =>
    relative(new Date(`${date}T${at}:00Z`), now),
  );
}
