import { type FieldFault, InvalidRequestError } from '../../common/http/index.js';
import { describeRhythm, cronFault } from './maths/index.js';
import type { RhythmDto } from './dto/rhythm.dto.js';
import type { ScheduleInputDto, ScheduleOptionsDto } from './dto/schedule-input.dto.js';
import type { Blackout, Rhythm } from './rhythm.js';
import { isSiteKind } from './book.js';
import { type Schedule, ScheduleKind, ScheduleScope } from './schedule.entity.js';

const FIELDS: Readonly<Record<RhythmDto['every'], readonly (keyof RhythmDto)[]>> = {
  never: [],
  cron: ['expression'],
  hours: ['hours', 'minute'],
  day: ['at'],
  week: ['days', 'at'],
  month: ['days', 'at'],
};
const OPTIONS: Readonly<Record<ScheduleKind, readonly (keyof ScheduleOptionsDto)[]>> = {
  backup: ['full', 'reread'],
  verify: ['level'],
  retention: [],
  reconcile: [],
  scan: ['roots', 'enrol', 'labels', 'followMoves'],
};

/** The rhythm that a request means. Error: REQUEST_INVALID with the field. */
export function rhythmOf(given: RhythmDto): Rhythm {
  const faults: FieldFault[] = [];
  for (const [field, value] of Object.entries(given))
    if (value !== undefined && field !== 'every' && !FIELDS[given.every].some((each) => each === field))
      faults.push({ field: `rhythm.${field}`, message: `rhythm.${field} does not go with "every": "${given.every}"` });
  const { every, expression = '', hours = 1, minute = 0, days = [], at = '00:00' } = given;
  const cronProblem = every === 'cron' ? cronFault(expression) : null;
  if (cronProblem !== null)
    faults.push({ field: 'rhythm.expression', message: `rhythm.expression is no cron expression: ${cronProblem}` });
  if (every === 'week' && days.some((day) => day > 7))
    faults.push({ field: 'rhythm.days', message: 'rhythm.days must be weekdays from 1 (Monday) to 7 (Sunday)' });
  if (faults.length > 0) throw new InvalidRequestError(faults);
  if (every === 'never') return { every };
  if (every === 'cron') return { every, expression: expression.trim().split(/\s+/).join(' ') };
  if (every === 'hours') return { every, hours, minute };
  return every === 'day' ? { every, at } : { every, days: days.toSorted((a, b) => a - b), at };
}

/** The blackouts that a request means. Error: REQUEST_INVALID with the field. */
export function blackoutsOf(given: readonly Blackout[]): Blackout[] {
  const empty = given.findIndex(({ from, until }) => from === until);
  if (empty >= 0) {
    const field = `blackouts.${empty}.until`;
    throw new InvalidRequestError([{ field, message: `${field} must differ from its "from"` }]);
  }
  return given.map(({ from, until, days }) => ({ from, until, ...(days === undefined ? {} : { days }) }));
}

/** The options, of which all must go with the kind. Error: REQUEST_INVALID with the field. */
export function optionsOf(kind: ScheduleKind, given: ScheduleOptionsDto): Record<string, unknown> {
  const options = Object.entries(given).filter(([, value]) => value !== undefined);
  const faults = options
    .filter(([name]) => !OPTIONS[kind].some((each) => each === name))
    .map(([name]) => ({ field: `options.${name}`, message: `options.${name} does not go with the kind "${kind}"` }));
  if (faults.length > 0) throw new InvalidRequestError(faults);
  return Object.fromEntries(options);
}

/** The scope's value as it is kept. Error: REQUEST_INVALID. */
export function scopeValueOf(kind: ScheduleKind, scope: ScheduleScope, value: string | null): string | null {
  if (!isSiteKind(kind) && scope !== ScheduleScope.All)
    return refuse('scope', `must be "all" for the kind "${kind}", which is for the whole installation`);
  if (scope === ScheduleScope.All) return value === null ? null : refuse('scopeValue', 'must be left out for "all"');
  if (scope === ScheduleScope.Node) return value === 'self' ? null : value;
  if (value === null)
    return refuse('scopeValue', scope === ScheduleScope.Site ? 'must be the id of a site' : 'must be a label');
  return value.toLowerCase();
}

function refuse(field: string, message: string): never {
  throw new InvalidRequestError([{ field, message: `${field} ${message}` }]);
}

/** What applies to kinds with sites only. Error: REQUEST_INVALID. */
export function checkLimits(kind: ScheduleKind, { maxPerNode }: ScheduleInputDto): void {
  if (isSiteKind(kind) || maxPerNode === undefined || maxPerNode === null) return;
  refuse('maxPerNode', `does not go with the kind "${kind}"`);
}

/** A schedule in words: `every day at 02:00, Europe/Berlin`. */
export function textOf({
  kind,
  rhythm,
  timeZone,
  paused,
}: Pick<Schedule, 'kind' | 'rhythm' | 'paused'> & { timeZone: string | null }): string {
  if (rhythm.every === 'never') return 'never';
  const where = timeZone ?? (isSiteKind(kind) ? "each site's time zone" : 'the time zone of backupd');
  return `${describeRhythm(rhythm)}, ${where}${paused ? ' (paused)' : ''}`;
}
