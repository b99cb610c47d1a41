import { firstMinute, minutesOf, wallClock } from './wall-clock.js';

export interface Digest {
  every: 'hour' | 'day';
  at?: string;
  timeZone?: string;
}

/** When what came first at `since` is sent together with what came after: at the next full hour, or the next time of day in the zone. */
export function digestTime({ every, at = '08:00', timeZone = 'UTC' }: Digest, since: Date): Date {
  const minute = every === 'hour' ? 0 : minutesOf(at);
  const reached = (time: Date): boolean => {
    const now = wallClock(time, timeZone).minutes;
    if (every === 'hour') return now % 60 === minute;
    const before = wallClock(new Date(time.getTime() - 60_000), timeZone).minutes;
    // Also where the clock jumps over it.
    return now >= minute && (before < minute || before > now);
  };
  return firstMinute(since, 2, reached) ?? since;
}
