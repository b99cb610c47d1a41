import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AlarmDto } from '../../../src/cli/api-types-alarms.js';
import type { JobDto, Page } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { until } from '../../support/scratch.js';
import { cliAs } from '../core/cli.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { backUp, makeSite } from '../retention/support.js';
import { broken, HOUR, useAlarms } from './support.js';

const alarms = useAlarms();
const { test } = alarms;

const json = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'::jsonb`;
const at = (time: number): string => `'${new Date(time).toISOString()}'`;

/** A backup schedule of every four hours for the site, whose last slot was then. */
async function scheduled(site: { id: string }, lastSlot: number, paused = false): Promise<string> {
  const id = newId();
  await alarms.sql(
    `insert into schedule (id, name, kind, scope, scope_value, rhythm, blackouts, missed, options, paused, created_at, updated_at)
      values ('${id}', 'four-hourly', 'backup', 'site', '${site.id}', ${json({ every: 'hours', hours: 4, minute: 0 })}, '[]', 'run-once', '{}',
        ${paused}, now(), now())`,
  );
  await alarms.sql(
    `insert into schedule_state (site_id, kind, schedule_id, fingerprint, next_slot, due_at, last_slot, since, updated_at)
      values ('${site.id}', 'backup', '${id}', 'x', ${at(lastSlot + 4 * HOUR)}, ${at(lastSlot + 4 * HOUR)}, ${at(lastSlot)},
        ${at(lastSlot - 24 * HOUR)}, now())`,
  );
  await slotPassed(site, id, lastSlot);
  return id;
}

const slotPassed = (site: { id: string }, scheduleId: string, slot: number): Promise<unknown> =>
  alarms.sql(
    `insert into schedule_slot (site_id, kind, slot_at, schedule_id, outcome, decided_at)
      values ('${site.id}', 'backup', ${at(slot)}, '${scheduleId}', 'failed', now())`,
  );

describe('a backup that fails', () => {
  it('is told at once, is worse when it goes on, and is well again with the next good one', async () => {
    const site = await GatedSite.make(test, 'failing');
    const fails = async (): Promise<JobDto> => {
      site.fail('backup_files', broken);
      return site.backUp();
    };
    expect((await fails()).status).toBe('failed');
    await alarms.becomes('backup.failed', site.id, true);
    const alarm = await alarms.one('backup.failed', site.id);
    // It has no backup at all.
    expect(alarm).toMatchObject({
      severity: 'critical',
      siteId: site.id,
      context: { code: 'SITE_UNREADABLE', failures: 1 },
    });
    expect(alarm.message).toContain('"failing" failed: The site is not readable.');
    expect((await site.backUp()).status).toBe('completed');
    await alarms.becomes('backup.failed', site.id, false);
    const failedTimes = async (failures: number): Promise<AlarmDto> => {
      await fails();
      return until('the failure to be counted', async () => {
        const found = (await alarms.open('backup.failed')).find(({ subject }) => subject === site.id);
        return found?.context['failures'] === failures ? found : null;
      });
    };
    const { id } = await failedTimes(1);
    expect(await cliAs(test.operator, ['alarms', 'ack', id.slice(0, 30)])).toMatchObject({ code: 0 });
    expect(await alarms.one('backup.failed', site.id)).toMatchObject({
      severity: 'warning',
      acknowledgedBy: 'operator',
    });
    expect((await cliAs(test.operator, ['alarms', 'show', id])).stdout).toContain(`acknowledged (${id})`);
    expect(await cliAs(test.operator, ['alarms', 'show', newId()])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[ALARM_NOT_FOUND]'),
    });
    await failedTimes(2);
    await failedTimes(3);
    // It became critical: that somebody saw the warning does not count any more.
    expect(await alarms.one('backup.failed', site.id)).toMatchObject({ severity: 'critical', acknowledgedAt: null });
    const again = (await alarms.one('backup.failed', site.id)).id;
    expect((await cliAs(test.operator, ['alarms', 'ack', again])).stdout).toContain('Seen: no more reminders');
    await site.backUp();
    await alarms.becomes('backup.failed', site.id, false);
    expect((await cliAs(test.operator, ['alarms', 'ack', again])).stdout).toContain('It is over already: cleared');
    expect(await alarms.told(site.id)).toEqual([
      'raised backup.failed!',
      'cleared backup.failed!',
      'raised backup.failed',
      'raised backup.failed!',
      'cleared backup.failed!',
    ]);
    const all = await test.viewer.get<Page<AlarmDto>>(`/alarms?siteId=${site.id}`);
    expect(all.total).toBe(2);
    expect(await test.viewer.get(`/alarms/${all.items[0]?.id ?? ''}`)).toMatchObject({ clearedAt: expect.any(String) });
    expect((await test.operator.call('POST', `/alarms/${alarm.id}/acknowledge`)).body).toMatchObject({
      code: 'ALARM_CLEARED',
    });
    expect((await test.viewer.call('POST', `/alarms/${alarm.id}/acknowledge`)).status).toBe(403);
    expect((await test.viewer.call('GET', `/alarms/${newId()}`)).body).toMatchObject({ code: 'ALARM_NOT_FOUND' });
    // A paused site is nobody's alarm.
    await fails();
    await alarms.becomes('backup.failed', site.id, true);
    await test.admin.post(`/sites/${site.id}/pause`);
    await alarms.look('backup.failed');
    expect(await alarms.open('backup.failed')).toEqual([]);
  });

  it('is one alarm, however many masters look', async () => {
    const site = await GatedSite.make(test, 'watched');
    site.fail('backup_files', broken);
    await site.backUp();
    await alarms.becomes('backup.failed', site.id, true);
    await alarms.sql(`delete from alarm where subject = '${site.id}'`);
    const looks = await Promise.all([1, 2, 3, 4].map(() => alarms.look('backup.failed')));
    expect(looks.reduce((sum, { raised }) => sum + raised, 0)).toBe(1);
    await site.backUp();
    await alarms.becomes('backup.failed', site.id, false);
  });
});

describe('a backup that does not come', () => {
  it('is a warning after the grace, critical after the second slot, and cleared by a good one; a paused schedule is none', async () => {
    const site = await GatedSite.make(test, 'late');
    const slot = Date.now() - 10_000;
    const schedule = await scheduled(site, slot);
    const looksAt = (hours: number): Promise<unknown> => alarms.look('backup.overdue', new Date(slot + hours * HOUR));
    await looksAt(1.9);
    expect(await alarms.open('backup.overdue')).toEqual([]);
    // What is held back on purpose, by a blackout or for want of room, is late a whole interval after its slot.
    const state = (next: number, due: number): Promise<unknown> =>
      alarms.sql(
        `update schedule_state set last_slot = ${at(next - 4 * HOUR)}, next_slot = ${at(next)}, due_at = ${at(due)} where site_id = '${site.id}'`,
      );
    await state(slot, slot + 6 * HOUR);
    await looksAt(3.9);
    expect(await alarms.open('backup.overdue')).toEqual([]);
    await state(slot + 4 * HOUR, slot + 4 * HOUR);
    await looksAt(2.1);
    expect(await alarms.one('backup.overdue', site.id)).toMatchObject({
      severity: 'warning',
      context: { schedule: 'four-hourly', missed: 1, lastBackupAt: null },
    });
    await slotPassed(site, schedule, slot + 4 * HOUR);
    await alarms.sql(
      `update schedule_state set last_slot = ${at(slot + 4 * HOUR)}, next_slot = ${at(slot + 8 * HOUR)} where site_id = '${site.id}'`,
    );
    await looksAt(4.5);
    expect(await alarms.one('backup.overdue', site.id)).toMatchObject({ severity: 'warning', context: { missed: 2 } });
    // Nobody drives the schedule any more: the slot that has passed counts all the same.
    await alarms.sql(
      `update schedule_state set last_slot = ${at(slot)}, next_slot = ${at(slot + 4 * HOUR)} where site_id = '${site.id}';
        delete from schedule_slot where slot_at > ${at(slot)}`,
    );
    await looksAt(6.1);
    expect(await alarms.one('backup.overdue', site.id)).toMatchObject({ severity: 'critical', context: { missed: 2 } });
    expect(await alarms.told(site.id)).toEqual(['raised backup.overdue', 'raised backup.overdue!']);
    await alarms.sql(`update schedule set paused = true where id = '${schedule}'`);
    await looksAt(6.2);
    expect(await alarms.open('backup.overdue')).toEqual([]);
    await alarms.sql(`update schedule set paused = false where id = '${schedule}'`);
    await looksAt(6.3);
    await alarms.one('backup.overdue', site.id);
    await site.backUp();
    await alarms.becomes('backup.overdue', site.id, false);
    await alarms.sql(`delete from schedule_state; delete from schedule_slot`);
  });

  it('because no schedule is for the site, where others have one', async () => {
    const site = await GatedSite.make(test, 'forgotten');
    await alarms.look('backup.overdue', new Date(Date.now() + 23 * HOUR));
    expect(await alarms.open('backup.overdue')).toEqual([]);
    await alarms.look('backup.overdue', new Date(Date.now() + 25 * HOUR));
    expect((await alarms.one('backup.overdue', site.id)).message).toBe(
      '"forgotten" was never backed up, and no schedule is for it.',
    );
    // One that was backed up is forgotten after a week.
    await site.backUp();
    await alarms.becomes('backup.overdue', site.id, false);
    await alarms.look('backup.overdue', new Date(Date.now() + 6.9 * 24 * HOUR));
    expect(await alarms.open('backup.overdue')).toEqual([]);
    await alarms.look('backup.overdue', new Date(Date.now() + 7.1 * 24 * HOUR));
    expect((await alarms.one('backup.overdue', site.id)).message).toMatch(
      /^"forgotten" was last backed up at .* UTC, and no schedule is for it\.$/,
    );
    // Left out on purpose.
    await scheduled(site, Date.now(), true);
    await alarms.sql(`delete from schedule_state`);
    await alarms.look('backup.overdue', new Date(Date.now() + 8 * 24 * HOUR));
    expect((await alarms.open('backup.overdue')).map(({ subject }) => subject)).not.toContain(site.id);
    // Nobody has a schedule.
    await alarms.sql(`delete from schedule_slot; delete from schedule`);
    await alarms.look('backup.overdue', new Date(Date.now() + 8 * 24 * HOUR));
    expect(await alarms.open('backup.overdue')).toEqual([]);
    await test.admin.call('DELETE', `/sites/${site.id}`);
  });
});

describe('a backup that is not what it should be', () => {
  it('partial: until one without warnings', async () => {
    const site = await GatedSite.make(test, 'partial');
    await site.backUp();
    await alarms.sql(`update backup set warning_count = 2 where site_id = '${site.id}'`);
    await alarms.look('backup.partial');
    expect((await alarms.one('backup.partial', site.id)).message).toContain('"partial" is partial: 2 warnings');
    await site.backUp();
    await alarms.becomes('backup.partial', site.id, false);
  });

  it('much smaller: told at once by the job, cleared by a person who meant it, and not told again', async () => {
    const site = await makeSite(test, 'shrunk', 2_000_000);
    await backUp(test, site);
    rmSync(`${site.path}/noise.bin`);
    const after = await backUp(test, site);
    await alarms.becomes('backup.shrunk', site.id, true);
    const alarm = await alarms.one('backup.shrunk', site.id);
    expect(alarm).toMatchObject({
      severity: 'warning',
      context: { backupId: after.id, falls: [{ measure: 'bytes' }] },
    });
    expect(alarm.message).toMatch(/^The backups of "shrunk" have become smaller: 8\d % fewer bytes/);
    expect((await test.operator.post<AlarmDto>(`/alarms/${alarm.id}/acknowledge`)).clearedAt).not.toBeNull();
    await backUp(test, site);
    await alarms.look('backup.shrunk');
    expect(await alarms.open('backup.shrunk')).toEqual([]);
    // Rows count too, and a site may have its own limit.
    await alarms.sql(`update backup set row_count = 1000 where site_id = '${site.id}'`);
    const newest = await backUp(test, site);
    await alarms.sql(`update backup set row_count = 700 where id = '${newest.id}'`);
    await alarms.look('backup.shrunk');
    expect(await alarms.open('backup.shrunk')).toEqual([]);
    await test.admin.call('PATCH', `/sites/${site.id}`, { alarms: { rowsPercent: 20 } });
    await alarms.look('backup.shrunk');
    expect((await alarms.one('backup.shrunk', site.id)).message).toContain('30 % fewer rows (1000 before, 700 now)');
    // Without a limit of its own: as everywhere.
    const unclear = await test.admin.call('PATCH', `/sites/${site.id}`, { alarms: { rowsPercent: null } });
    expect(unclear.status).toBe(400);
    await test.admin.call('PATCH', `/sites/${site.id}`, { alarms: {} });
    await alarms.look('backup.shrunk');
    expect(await alarms.open('backup.shrunk')).toEqual([]);
    await test.admin.call('PATCH', `/sites/${site.id}`, { alarms: { rowsPercent: 0 } });
    await alarms.look('backup.shrunk');
    expect(await alarms.open('backup.shrunk')).toEqual([]);
  });
});

describe('places', () => {
  it('damaged copies, storage by storage, and what is done about it; whole nowhere is critical', async () => {
    const site = await GatedSite.make(test, 'damaged');
    await site.backUp();
    await alarms.sql(
      `update backup_copy set state = 'damaged' where backup_id in (select id from backup where site_id = '${site.id}')`,
    );
    await alarms.look('copy.damaged');
    const [alarm] = await alarms.open('copy.damaged');
    expect(alarm).toMatchObject({ severity: 'critical', context: { damaged: 1, missing: 0, lost: 1, sites: 1 } });
    expect(alarm?.message).toContain('1 damaged), of damaged. One backup is whole on no storage');
    // Whole on another one: a repair will do.
    const other = await test.admin.post<{ id: string }>('/storage', {
      name: 'other',
      kind: 'local',
      settings: { path: join(test.folder, 'other') },
    });
    await alarms.sql(
      `insert into backup_copy (backup_id, provider_id, state, size, created_at)
        select backup_id, '${other.id}', 'verified', size, now() from backup_copy where state = 'damaged'`,
    );
    await alarms.look('copy.damaged');
    expect(await alarms.open('copy.damaged')).toMatchObject([
      { severity: 'warning', context: { lost: 0 }, message: expect.stringContaining('The next hourly repair') },
    ]);
    await alarms.sql(`delete from backup_copy where provider_id = '${other.id}'`);
    await test.admin.call('DELETE', `/storage/${other.id}`);
    await alarms.sql(`update backup_copy set state = 'present'`);
    await alarms.look('copy.damaged');
    expect(await alarms.open('copy.damaged')).toEqual([]);
  });

  it('a storage that is away twice in a row, one that is read too rarely, a quota, a disk, a site that is gone', async () => {
    const { items } = await test.admin.get<Page<{ id: string }>>('/storage');
    const storageId = items[0]?.id ?? '';
    const folder = test.config.paths.storage;
    const start = Date.now();
    await alarms.sql(`delete from setting where key like 'observed.reach.%'`);
    renameSync(folder, `${folder}-away`);
    await alarms.look('storage.unreachable', new Date(start));
    await alarms.look('storage.unreachable', new Date(start + 60_000));
    expect(await alarms.open('storage.unreachable')).toEqual([]);
    await Promise.all([1, 2].map(() => alarms.look('storage.unreachable', new Date(start + 301_000))));
    expect(await alarms.one('storage.unreachable', storageId)).toMatchObject({
      severity: 'critical',
      providerId: storageId,
    });
    // One that is disabled is not missed.
    await alarms.sql('update storage_provider set enabled = false');
    await alarms.look('storage.unreachable', new Date(start + 302_000));
    expect(await alarms.open('storage.unreachable')).toEqual([]);
    await alarms.sql('update storage_provider set enabled = true');
    await alarms.look('storage.unreachable', new Date(start + 303_000));
    await alarms.one('storage.unreachable', storageId);
    renameSync(`${folder}-away`, folder);
    await alarms.look('storage.unreachable', new Date(start + 602_000));
    expect(await alarms.open('storage.unreachable')).toEqual([]);

    await alarms.look('proof.overdue', new Date(start + 31 * 24 * HOUR));
    expect(await alarms.one('proof.overdue', storageId)).toMatchObject({
      severity: 'warning',
      context: { everyDays: 30 },
    });
    await alarms.look('proof.overdue', new Date(start + 61 * 24 * HOUR));
    expect((await alarms.one('proof.overdue', storageId)).severity).toBe('critical');
    await alarms.look('proof.overdue', new Date(start));
    expect(await alarms.open('proof.overdue')).toEqual([]);

    const used = Number((await alarms.sql('select sum(size)::text as n from stored_object'))[0]?.['n']);
    await test.admin.call('PUT', `/quotas/provider/${storageId}`, { bytes: Math.floor(used / 0.85) });
    await alarms.look('quota.near');
    expect(await alarms.one('quota.near', `provider:${storageId}`)).toMatchObject({
      severity: 'warning',
      context: { percent: 85 },
    });
    await test.admin.call('PUT', `/quotas/provider/${storageId}`, { bytes: used });
    await alarms.look('quota.near');
    expect((await alarms.one('quota.near', `provider:${storageId}`)).severity).toBe('critical');
    await test.admin.call('DELETE', `/quotas/provider/${storageId}`);

    await alarms.settings({ diskPercent: 100 });
    await alarms.look('disk.low');
    const [disk, ...same] = await alarms.open('disk.low');
    expect(disk?.message).toContain(`The disk of the data dir (${test.config.paths.root}`);
    expect(same).toEqual([]);
    await alarms.settings({ diskPercent: 0 });
    const largest = 4e15;
    await alarms.sql(`update backup set bundle_size = bundle_size + ${largest}`);
    await alarms.look('disk.low');
    expect(await alarms.open('disk.low')).toMatchObject([
      { severity: 'critical', message: expect.stringMatching(/; the largest bundle so far had 4\.0 PB\.$/) },
    ]);
    await alarms.sql(`update backup set bundle_size = bundle_size - ${largest}`);
    await alarms.look('disk.low');
    expect(await alarms.open('disk.low')).toEqual([]);

    const site = await GatedSite.make(test, 'moving');
    renameSync(site.path, `${site.path}-elsewhere`);
    await alarms.sql(
      `update alarm set cleared_at = now() - case kind when 'disk.low' then interval '366 days' else interval '364 days' end
        where cleared_at is not null and kind in ('disk.low', 'quota.near')`,
    );
    const watch = alarms.watch();
    await watch.tick();
    // A site that has moved stays the same site: registered anew it would begin without a past, and this alarm would stay.
    expect(await alarms.one('site.vanished', site.id)).toMatchObject({
      severity: 'critical',
      hint: expect.stringContaining(`backupd sites edit ${site.id} --path <path>`),
    });
    expect((await test.viewer.get<Page<AlarmDto>>('/alarms?kind=disk.low')).total).toBe(0);
    expect((await test.viewer.get<Page<AlarmDto>>('/alarms?kind=quota.near')).total).toBe(1);
    await test.admin.call('PUT', `/quotas/site/${site.id}`, { bytes: 0 });
    await alarms.look('quota.near');
    expect(await alarms.one('quota.near', `site:${site.id}`)).toMatchObject({
      message: expect.stringContaining('(0 B of 0 B)'),
    });
    await test.admin.post(`/sites/${site.id}/pause`);
    await alarms.look('quota.near');
    expect(await alarms.open('quota.near')).toEqual([]);
    await test.admin.call('DELETE', `/quotas/site/${site.id}`);
    await alarms.look('site.vanished');
    expect(await alarms.open('site.vanished')).toEqual([]);
    await test.admin.post(`/sites/${site.id}/resume`);
    await alarms.look('site.vanished');
    renameSync(`${site.path}-elsewhere`, site.path);
    // Looked at every five minutes only.
    await watch.tick();
    await alarms.one('site.vanished', site.id);
    await site.backUp();
    await alarms.round();
    expect((await alarms.open()).map(({ kind, message }) => `${kind}: ${message}`)).toEqual([]);
  });
});
