import { Cron } from 'croner';
import type { Rhythm, TimeOfDay } from '../rhythm.js';

const MINUTE = 60_000;
const MONTHS_OF_A_CENTURY = 1200;

/** The times on the wall at which a rhythm has its slots, whatever the clock on that wall does. */
export interface WallTimes {
  /** The first one after the given wall time (a full minute); null when there is none any more. */
  after(wall: number): number | null;
  /** In every hour: then it goes by the hours that really pass, and not by what they are called. */
  everyHour: boolean;
}

/** Of a rhythm that was checked. */
export function wallTimesOf(rhythm: Rhythm): WallTimes {
  if (rhythm.every === 'never') return { after: () => null, everyHour: false };
  if (rhythm.every === 'cron') return cronTimes(rhythm.expression);
  if (rhythm.every === 'hours')
    return cronTimes(`${rhythm.minute} ${rhythm.hours === 1 ? '*' : `*/${rhythm.hours}`} * * *`);
  const minutes = minutesOf(rhythm.at);
  const time = `${minutes % 60} ${Math.floor(minutes / 60)}`;
  if (rhythm.every === 'day') return cronTimes(`${time} * * *`);
  if (rhythm.every === 'week') return cronTimes(`${time} * * ${rhythm.days.join(',')}`);
  return { after: (wall) => nextOfMonth(rhythm.days, minutes, wall), everyHour: false };
}

/** What is wrong with a cron expression, as a sentence; null when nothing is. */
export function cronFault(expression: string): string | null {
  if (expression.trim().split(/\s+/).length !== 5)
    return 'it must have five fields: minute, hour, day of month, month, weekday';
  try {
    const cron = new Cron(expression, { utcOffset: 0, mode: '5-part' });
    return cron.nextRun(new Date()) === null ? 'it names a day that never comes' : null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

/** Minutes since midnight. */
export function minutesOf(time: TimeOfDay): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function cronTimes(expression: string): WallTimes {
  // Its own idea of time zones is not asked: in UTC no hour is special.
  const cron = new Cron(expression, { utcOffset: 0, mode: '5-part' });
  const hours = expression.trim().split(/\s+/)[1];
  return {
    after: (wall) => cron.nextRun(new Date(wall))?.getTime() ?? null,
    everyHour: hours === '*' || hours === '*/1' || hours === '0-23',
  };
}

function nextOfMonth(days: readonly number[], minutes: number, wall: number): number | null {
  const begin = new Date(wall);
  for (let step = 0; step < MONTHS_OF_A_CENTURY; step += 1) {
    const [year, month] = [begin.getUTCFullYear(), begin.getUTCMonth() + step];
    const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const times = days.map((day) => Date.UTC(year, month, Math.min(day, last)) + minutes * MINUTE);
    const later = times.filter((time) => time > wall);
    if (later.length > 0) return Math.min(...later);
  }
  return null;
}
