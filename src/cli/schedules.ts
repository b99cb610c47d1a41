import { AppError } from '../common/errors/index.js';
import type { ApiClient } from './api-client.js';
import type { ScheduleDto } from './api-types-schedules.js';
import { usageError } from './exit-codes.js';
import { printable, shortId } from './format.js';

/** The schedule of a kind and scope; null when there is none. */
export async function findSchedule(
  api: ApiClient,
  { kind, scope, scopeValue }: { kind: string; scope: string; scopeValue: string | null },
): Promise<ScheduleDto | null> {
  for await (const each of api.all<ScheduleDto>('/schedules', { kind }))
    if (each.scope === scope && each.scopeValue === scopeValue) return each;
  return null;
}

/** The schedule meant by its id, the beginning of one (four characters or more), or its name. */
export async function getSchedule(api: ApiClient, text: string): Promise<ScheduleDto> {
  const wanted = text.toLowerCase();
  const found: ScheduleDto[] = [];
  for await (const each of api.all<ScheduleDto>('/schedules')) {
    if (each.id === wanted) return each;
    if (each.name.toLowerCase() === wanted || (wanted.length >= 4 && each.id.startsWith(wanted))) found.push(each);
  }
  const [first, second] = found;
  if (first === undefined)
    throw new AppError({
      code: 'SCHEDULE_NOT_FOUND',
      kind: 'not-found',
      message: `No schedule has the id or name "${printable(text)}".`,
      hint: '"backupd schedule list" lists them.',
      retry: 'never',
    });
  if (second !== undefined)
    throw usageError(
      `"${printable(text)}" means more than one schedule: ${found.map((each) => shortId(each.id)).join(', ')}.`,
      'Give the id.',
    );
  return first;
}
