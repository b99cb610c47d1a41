import type { ApiClient } from './api-client.js';
import type { ScheduleDto } from './api-types-schedules.js';
import { getNamed } from './named.js';

const SCHEDULE = {
  path: '/schedules',
  what: 'schedule',
  code: 'SCHEDULE_NOT_FOUND',
  list: 'backupd schedule list',
};

/** The schedule of a kind and scope; null when there is none. */
export async function findSchedule(
  api: ApiClient,
  { kind, scope, scopeValue }: { kind: string; scope: string; scopeValue: string | null },
): Promise<ScheduleDto | null> {
  for await (const each of api.all<ScheduleDto>('/schedules', { kind }))
    if (each.scope === scope && each.scopeValue === scopeValue) return each;
  return null;
}

/** The schedule meant by its name, its id or the beginning of one. Error: SCHEDULE_NOT_FOUND. */
export const getSchedule = (api: ApiClient, text: string): Promise<ScheduleDto> => getNamed(api, SCHEDULE, text);
