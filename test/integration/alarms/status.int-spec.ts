import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AlarmDto } from '../../../src/cli/api-types-alarms.js';
import type { SiteDto } from '../../../src/cli/api-types.js';
import { StatusService } from '../../../src/modules/alarms/index.js';
import { cliAs } from '../core/cli.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { broken, HOUR, useAlarms } from './support.js';

const alarms = useAlarms();
const { test } = alarms;

it('says in one sentence whether all is well, for people, programs and Nagios', async () => {
  const first = await GatedSite.make(test, 'first');
  await first.backUp();
  await alarms.round();
  await alarms.sql(`update stored_object set read_at = '2026-03-01T04:10:20Z' where read_at is null`);
  expect(await cliAs(test.viewer, ['status'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining(
      'The one site is safe. No schedule of backups is set (`backupd schedule set daily 02:00`): nothing is backed up by itself.',
    ),
  });
  const schedule = `insert into schedule (id, name, kind, scope, scope_value, rhythm, blackouts, missed, options, paused, created_at, updated_at)
    values (gen_random_uuid(), 'x', 'backup', 'label', `;
  await alarms.sql(`${schedule} 'z', '{"every": "never"}', '[]', 'run-once', '{}', false, now(), now())`);
  const well = await cliAs(test.viewer, ['status']);
  expect(well).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^✔ The one site is safe\. Last proof: \d{4}-/),
  });
  expect(await cliAs(test.viewer, ['status', '--nagios'])).toMatchObject({ code: 0 });
  // Schedules that rest, and rules that fail, are no alarms: but nor is all well.
  const rest = `'{"every": "day", "at": "02:00"}', '[]', 'run-once', '{}', `;
  await alarms.sql(`${schedule} 'a', ${rest} true, now(), now())`);
  expect(await cliAs(test.viewer, ['status'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('All schedules of backups are paused: nothing is backed up by itself.'),
  });
  await alarms.sql(`${schedule} 'b', ${rest} false, now(), now())`);
  expect(await cliAs(test.viewer, ['status'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 schedule of backups is paused.'),
  });
  await alarms.sql(`delete from schedule where scope_value <> 'z'`);
  // Nobody looks at what lies on a disabled storage.
  await alarms.sql('update storage_provider set enabled = false');
  expect(await test.viewer.get('/status')).toMatchObject({ level: 'warning', sites: { safe: 0 } });
  await alarms.sql('update storage_provider set enabled = true');
  const service = test.app.get(StatusService, { strict: false });
  expect(await service.show()).toMatchObject({ level: 'ok', blindTo: [] });
  const blind = await service.show(null, new Date(Date.now() + HOUR));
  expect(blind).toMatchObject({ level: 'warning', blindTo: expect.arrayContaining(['backup.overdue', 'disk.low']) });
  expect(blind.sentence).toContain('Could not be looked at lately (see the log): backup.overdue, ');
  const site = await GatedSite.make(test, 'new');
  expect(await test.viewer.get('/status')).toMatchObject({ level: 'warning', alarms: { critical: 0, warning: 0 } });
  expect((await cliAs(test.viewer, ['status'])).stdout).toContain(
    `! new has no backup on an enabled storage: backupd backup ${site.id}`,
  );
  site.fail('backup_files', broken);
  await site.backUp();
  await alarms.becomes('backup.failed', site.id, true);
  const bad = await cliAs(test.viewer, ['status']);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toMatch(/^✖ \d of \d sites are safe\. 1 critical alarm\. /);
  expect(bad.stdout).toContain('The backup of "new" failed: The site is not readable.');
  expect((await cliAs(test.viewer, ['status', '--nagios'])).code).toBe(2);
  // What somebody has seen is not news, and the site is not safe for that.
  await test.operator.post(`/alarms/${(await alarms.one('backup.failed', site.id)).id}/acknowledge`);
  expect(await test.viewer.get('/status')).toMatchObject({
    level: 'warning',
    alarms: { critical: 0, warning: 0, acknowledged: 1 },
    open: [],
  });
  await alarms.sql(`update alarm set acknowledged_at = null where subject = '${site.id}'`);
  const gone = { url: 'http://127.0.0.1:1', token: 'x' };
  expect(await cliAs(gone, ['status', '--nagios'])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('CRITICAL: '),
  });
  // A check never starts a server of its own, which would say that all is well.
  const dataDir = join(test.folder, 'nobody');
  const nobody = await cliAs({ url: '', token: null }, ['status', '--nagios'], {
    env: { BACKUPD_DATA_DIR: dataDir, BACKUPD_CONFIG: '/dev/null', BACKUPD_MODE: 'master' },
  });
  expect(nobody).toMatchObject({ code: 2, stdout: expect.stringMatching(/^CRITICAL: No backupd runs on this host/) });
  expect(JSON.parse((await cliAs(test.viewer, ['status', '--json'])).stdout)).toEqual(await test.viewer.get('/status'));
  const list = await cliAs(test.viewer, ['alarms']);
  expect(list.stdout).toContain('backup.failed');
  const settings = await cliAs(test.admin, ['alarms', 'settings', '--grace', '90', '--rows', '25', '--json']);
  expect(JSON.parse(settings.stdout)).toMatchObject({ graceMinutes: 90, rowsPercent: 25, sizePercent: 50 });
  expect((await cliAs(test.operator, ['alarms', 'settings', '--grace', 'auto'])).code).toBe(1);
  expect((await test.admin.call('PUT', '/alarms/settings', { sizePercent: 101 })).status).toBe(400);
});

it('the command line shows the alarms of a site, a kind, a severity, and changes the limits of a site', async () => {
  const [bad, worse] = [await GatedSite.make(test, 'bad'), await GatedSite.make(test, 'worse')];
  for (const site of [bad, worse]) {
    site.fail('backup_files', broken);
    await site.backUp();
  }
  for (const { id } of [bad, worse]) await alarms.becomes('backup.failed', id, true);
  const shown = async (...words: string[]): Promise<string[]> =>
    (JSON.parse((await cliAs(test.viewer, ['alarms', '--json', ...words])).stdout) as AlarmDto[]).map(
      ({ subject }) => subject,
    );
  expect(await shown('--site', 'worse')).toEqual([worse.id]);
  expect(await shown('--kind', 'backup.failed', '--severity', 'critical')).toEqual(
    expect.arrayContaining([bad.id, worse.id]),
  );
  expect(await shown('--severity', 'warning', '--site', 'bad')).toEqual([]);
  expect((await cliAs(test.viewer, ['alarms', '--kind', 'disk.low'])).stdout).toContain('There is no such alarm.');

  const edit = (...words: string[]) => cliAs(test.operator, ['sites', 'edit', 'bad', ...words]);
  expect((await edit('--label', 'shop', '--alarm', 'size=90', '--alarm', 'files=0')).stdout).toMatch(
    /alarms +size 90 %, files never\n/,
  );
  const found = async (): Promise<SiteDto> => test.viewer.get(`/sites/${bad.id}`);
  expect(await found()).toMatchObject({ alarms: { sizePercent: 90, filesPercent: 0 } });
  await edit('--alarm', 'rows=10', '--alarm', 'size=default', '--alarm', 'files=default');
  expect((await found()).alarms).toEqual({ rowsPercent: 10 });
  expect((await edit('--alarm', 'rows=default')).stdout).toMatch(/alarms +as everywhere\n/);
  expect((await found()).alarms).toBeNull();
  expect(await edit('--alarm', 'colour=9')).toMatchObject({ code: 2 });
  const labelled = JSON.parse((await cliAs(test.viewer, ['sites', '--label', 'shop', '--json'])).stdout) as SiteDto[];
  expect(labelled.map(({ id }) => id)).toEqual([bad.id]);
});
