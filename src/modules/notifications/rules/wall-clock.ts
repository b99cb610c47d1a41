const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall shows in the zone: minutes since midnight, and the weekday (1 = Monday). */
export function wallClock(at: Date, timeZone: string): { minutes: number; weekday: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
  };
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `HH:MM` in minutes since midnight. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The first full minute after `after` for which it holds; null when there is none within so many days. */
export function firstMinute(after: Date, days: number, holds: (at: Date) => boolean): Date | null {
  const start = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let i = 1; i <= days * 1440; i += 1) {
    const at = new Date(start + i * MINUTE_MS);
    if (holds(at)) return at;
  }
  return null;
}
