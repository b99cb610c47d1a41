import type { Type } from '@nestjs/common';
import { beforeAll } from 'vitest';
import type { AlarmDto, AlarmSettingsDto } from '../../../src/cli/api-types-alarms.js';
import type { Page } from '../../../src/cli/api-types.js';
import { EventHub, EventLog } from '../../../src/modules/events/index.js';
import { AlarmBook, AlarmRules, AlarmsService, AlarmWatch } from '../../../src/modules/alarms/index.js';
import { until } from '../../support/scratch.js';
import { stopCrons, type TestApp } from '../core/test-app.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { sql } from '../retention/support.js';

export const HOUR = 3_600_000;
/** What a site's stage fails with. */
export const broken = {
  code: 'SITE_UNREADABLE',
  kind: 'source',
  retry: 'never',
  message: 'The site is not readable.',
} as const;

/** One application and its alarms, for all tests of a file. */
export interface Alarms {
  test: TestApp;
  /** One round over everything, as at this time. */
  round: (now?: Date) => Promise<void>;
  /** One that has not looked at anything yet. */
  watch: () => AlarmWatch;
  /** The same by the rule of one kind. */
  look: (kind: string, now?: Date) => Promise<{ raised: number; cleared: number }>;
  open: (kind?: string) => Promise<AlarmDto[]>;
  /** The open alarm of the kind and subject; fails when there is none. */
  one: (kind: string, subject: string) => Promise<AlarmDto>;
  /** Waits until a job's end has led to (or cleared) it by itself. */
  becomes: (kind: string, subject: string, isOpen: boolean) => Promise<void>;
  settings: (change: Partial<AlarmSettingsDto>) => Promise<void>;
  /** Events of alarms in order: `raised backup.failed`. */
  told: (subject: string) => Promise<string[]>;
  sql: (text: string) => Promise<Record<string, unknown>[]>;
}

export function useAlarms(): Alarms {
  const test = useJobsApp({ limits: { io: 4, network: 4, cpu: 2, bandwidthMbps: 0 } });
  const get = <T>(type: Type<T>): T => test.app.get(type, { strict: false });
  const open = async (kind?: string): Promise<AlarmDto[]> =>
    (await test.viewer.get<Page<AlarmDto>>(`/alarms?open=true&limit=500${kind === undefined ? '' : `&kind=${kind}`}`))
      .items;
  const settings = async (change: Partial<AlarmSettingsDto>): Promise<void> => {
    const before = await test.admin.get<AlarmSettingsDto>('/alarms/settings');
    const answer = await test.admin.call('PUT', '/alarms/settings', { ...before, ...change });
    if (answer.status !== 200) throw new Error(`the settings were refused: ${JSON.stringify(answer.body)}`);
  };
  // How full the disk of whoever runs the tests is, is not the matter.
  beforeAll(async () => {
    await settings({ diskPercent: 0 });
    // Rounds at other times than a test says would find other things; and the schedules are the tests' own.
    await stopCrons(test.app);
  });
  return {
    test,
    round: (now = new Date()) => test.app.get(AlarmWatch, { strict: false }).round(now),
    watch: () => new AlarmWatch(get(AlarmRules), get(AlarmBook), get(EventHub), get(EventLog), get(AlarmsService)),
    look: async (kind, now = new Date()) => {
      const rule = test.app.get(AlarmRules, { strict: false }).all.find((each) => each.kind === kind);
      if (rule === undefined) throw new Error(`no rule ${kind}`);
      return test.app.get(AlarmBook, { strict: false }).settle(rule, now);
    },
    open,
    one: async (kind, subject) => {
      const found = (await open(kind)).find((alarm) => alarm.subject === subject);
      if (found === undefined) throw new Error(`no open alarm ${kind} of ${subject}: ${JSON.stringify(await open())}`);
      return found;
    },
    becomes: async (kind, subject, isOpen) => {
      await until(
        `${kind} of ${subject} to be ${isOpen ? 'open' : 'cleared'}`,
        async () => (await open(kind)).some((alarm) => alarm.subject === subject) === isOpen,
        { everyMs: 30 },
      );
    },
    settings,
    told: async (subject) => {
      const rows = await sql(
        test,
        `select type || ' ' || (data->>'kind') || case data->>'severity' when 'critical' then '!' else '' end as what
          from job_event where type like 'alarm.%' and data->>'subject' = '${subject}' order by id`,
      );
      return rows.map((row) => String(row['what']).replace('alarm.', ''));
    },
    sql: (text) => sql(test, text),
  };
}
