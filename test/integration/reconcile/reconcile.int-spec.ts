import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { bundleKey, manifestKey, siteWith, Stored } from './reconcile-support.js';

const test = useJobsApp();
const stored = Stored.use(test);

const copyOf = async (backup: BackupDto): Promise<string | undefined> =>
  (await test.admin.get<BackupDto>(`/backups/${backup.id}`)).copies[0]?.state;
const orphanOf = (siteId: string, end = 'tar.zst'): string => `sites/${siteId}/20200101T000000Z-${newId()}.${end}`;
const all = ['adopt', 'mark', 'delete'];

it('finds nothing where nothing differs; a dry run is for operators, actions are for admins', async () => {
  await siteWith(test, 'clean', 2);
  const path = `/storage/${stored.providerId}/reconciliations`;
  const answer = await test.operator.call<{ id: string }>('POST', path);
  expect(answer.status).toBe(202);
  const report = await stored.ended(answer.body.id);
  expect(report).toMatchObject({ status: 'completed', counts: { listed: 5, known: 4, own: 1 }, findings: [] });
  expect(await test.operator.call('POST', path, { actions: ['mark'] })).toMatchObject({
    status: 403,
    body: { code: 'ROLE_TOO_LOW' },
  });
  expect(await test.viewer.call('POST', path)).toMatchObject({ status: 403 });
  expect(await test.admin.call('POST', path, { actions: ['format'] })).toMatchObject({ status: 400 });
  expect(await test.admin.call('POST', `/storage/${newId()}/reconciliations`)).toMatchObject({ status: 404 });
  const listed = await test.viewer.get<{ items: { id: string; findings?: unknown }[] }>(
    `/reconciliations?providerId=${stored.providerId}`,
  );
  expect(listed.items[0]?.id).toBe(report.id);
  expect(listed.items[0]?.findings).toBeUndefined();
});

describe('missing and changed objects', () => {
  it('are reported by a dry run, marked when asked, and are back when they are back', async () => {
    const { site, backups } = await siteWith(test, 'marks', 3);
    const [first, second, third] = backups as [BackupDto, BackupDto, BackupDto];
    const foreign = stored.write('somebody/else.txt', 'hands off');
    const orphan = stored.write(orphanOf(site.id), 'an orphan');
    const content = stored.take(bundleKey(second));
    const manifest = stored.take(manifestKey(first));
    stored.write(manifestKey(first), `${manifest.toString('latin1')}x`);
    const dry = await stored.reconcile();
    expect(dry.counts).toMatchObject({ orphan: 1, foreign: 1, missing: 1, size: 1, orphanBytes: 9 });
    expect(
      dry.findings
        .map(({ kind, key, action }) => ({ kind, key, action }))
        .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
    ).toEqual([
      { kind: 'foreign', key: foreign, action: 'none' },
      { kind: 'missing', key: bundleKey(second), action: 'none' },
      { kind: 'orphan', key: orphan, action: 'none' },
      { kind: 'size', key: manifestKey(first), action: 'none' },
    ]);
    expect(await stored.state(bundleKey(second))).toBe('present');
    expect(await copyOf(second)).toBe('present');

    const marking = await stored.reconcile({ actions: ['mark'] });
    expect(marking.counts).toMatchObject({ marked: 2 });
    expect(await stored.state(bundleKey(second))).toBe('missing');
    expect(await stored.state(manifestKey(first))).toBe('damaged');
    // The third backup lies in the second one's bundle, too.
    expect([await copyOf(first), await copyOf(second), await copyOf(third)]).toEqual(['damaged', 'missing', 'missing']);

    stored.write(bundleKey(second), content);
    const back = await stored.reconcile({ actions: ['mark'] });
    expect(back.counts).toMatchObject({ back: 1 });
    expect([await copyOf(first), await copyOf(second), await copyOf(third)]).toEqual(['damaged', 'present', 'present']);
    expect(existsSync(stored.path(foreign))).toBe(true);
    stored.write(manifestKey(first), manifest);
    for (const key of [foreign, orphan]) rmSync(stored.path(key));
  });
});

describe('orphans', () => {
  it('a backup is adopted, and never deleted before', async () => {
    const { backups } = await siteWith(test, 'adopted', 2);
    const [first, second] = backups as [BackupDto, BackupDto];
    for (const backup of [first, second]) await stored.forget(backup);
    for (const backup of backups) for (const key of [bundleKey(backup), manifestKey(backup)]) stored.age(key, 100);
    const deleting = await stored.reconcile({ actions: ['delete'], graceDays: 0 });
    expect(deleting.counts).toMatchObject({ orphan: 4, waiting: 4 });
    expect(deleting.counts['deleted']).toBeUndefined();
    const report = await stored.reconcile({ actions: all, graceDays: 0 });
    expect(report.counts).toMatchObject({ orphan: 4, adopted: 4 });
    expect(await copyOf(second)).toBe('present');
    const job = await test.admin.ended((await test.admin.post<{ id: string }>(`/backups/${second.id}/verify`)).id);
    expect(job.status).toBe('completed');
    expect((await stored.reconcile()).findings).toEqual([]);
  });

  it('of an ended job that is still to be cleaned up after are left to it', async () => {
    const { site, backups } = await siteWith(test, 'litter', 1);
    const [only] = backups as [BackupDto];
    await stored.sql(`update job set litter = true where backup_id = '${only.id}'`);
    for (const table of ['backup_bundle', 'backup_copy', 'backup'])
      await stored.sql(`delete from ${table} where ${table === 'backup' ? 'id' : 'backup_id'} = '${only.id}'`);
    await stored.sql(`delete from stored_object where key in ('${bundleKey(only)}', '${manifestKey(only)}')`);
    const report = await stored.reconcile({ actions: all, graceDays: 0 });
    expect(report).toMatchObject({ findings: [], counts: { ofJobs: 2 } });
    expect((await test.admin.call('GET', `/backups/${only.id}`)).status).toBe(404);
    await test.app.get(JobSweeper, { strict: false }).sweepAll();
    expect([bundleKey(only), manifestKey(only)].map((key) => existsSync(stored.path(key)))).toEqual([false, false]);
    stored.take(`sites/${site.id}/site.json`);
  });

  it('that a backup needs stay, though the catalogue has lost its note of them', async () => {
    const { site, backups } = await siteWith(test, 'needed', 2);
    const [first, second] = backups as [BackupDto, BackupDto];
    expect((await test.admin.call('DELETE', `/backups/${first.id}`)).status).toBe(204);
    const key = bundleKey(first);
    await stored.sql(`delete from stored_object where key = '${key}'`);
    stored.age(key, 30);
    const report = await stored.reconcile({ actions: all });
    expect(report.findings).toMatchObject([{ kind: 'orphan', key, action: 'waiting', note: 'A backup needs it.' }]);
    expect(await stored.verify(second)).toBe('completed');
    await stored.forget(second);
    for (const left of [key, bundleKey(second), manifestKey(second), `sites/${site.id}/site.json`]) stored.take(left);
  });

  it('that are no backups are deleted after the grace, what a kept manifest needs is not', async () => {
    const { site, backups } = await siteWith(test, 'deleted', 2);
    const [first, second] = backups as [BackupDto, BackupDto];
    const old = stored.write(orphanOf(site.id), 'old', 8);
    const young = stored.write(orphanOf(site.id), 'young', 6);
    const broken = stored.write(orphanOf(site.id, 'manifest.ndjson.zst'), 'no manifest', 30);
    const itsBundle = stored.write(broken.replace('manifest.ndjson.zst', 'tar.zst'), 'its bundle', 30);
    const gone = newId();
    const alone = stored.write(`sites/${gone}/site.json`, '{}', 30);
    const probe = stored.write('probe/0123456789abcdef.txt', 'probe', 30);
    const foreign = stored.write('sites/notes.txt', 'mine', 30);
    // A backup that points into a bundle of an earlier one, and can't be adopted: part of it is gone here, and may lie elsewhere.
    await stored.forget(first);
    await stored.forget(second);
    const content = stored.take(bundleKey(second));
    for (const key of [bundleKey(first), manifestKey(first), manifestKey(second)]) stored.age(key, 30);
    stored.take(manifestKey(first));
    const ages: number[] = [];
    stored.driver.removeAbandoned = (olderThanMs) => Promise.resolve(ages.push(olderThanMs));
    await stored.reconcile({ actions: ['adopt', 'mark'] });
    expect(ages).toEqual([]);
    const report = await stored.reconcile({ actions: all });
    Reflect.deleteProperty(stored.driver, 'removeAbandoned');
    expect(report.counts).toMatchObject({ abandonedUploads: 1 });
    expect(ages).toEqual([7 * 86_400_000]);
    const actionOf = (key: string): string | undefined => report.findings.find((each) => each.key === key)?.action;
    expect([old, broken, itsBundle, alone, probe].map(actionOf)).toEqual(Array(5).fill('deleted'));
    expect([young, manifestKey(second), bundleKey(first)].map(actionOf)).toEqual(Array(3).fill('waiting'));
    expect([old, broken, itsBundle, alone, probe].map((key) => existsSync(stored.path(key)))).toEqual(
      Array(5).fill(false),
    );
    expect(existsSync(stored.path(`sites/${gone}`))).toBe(false);
    expect([young, manifestKey(second), bundleKey(first), foreign].map((key) => existsSync(stored.path(key)))).toEqual(
      Array(4).fill(true),
    );
    // What was missing comes back: now it is a backup.
    stored.write(bundleKey(second), content);
    expect((await stored.reconcile({ actions: ['adopt'] })).counts).toMatchObject({ adopted: 3 });
    expect(await copyOf(second)).toBe('present');
    for (const key of [young, foreign]) rmSync(stored.path(key));
  });

  it('of a site of which nothing is left take its site.json along', async () => {
    const { site, backups } = await siteWith(test, 'all-gone', 1);
    const [only] = backups as [BackupDto];
    await stored.forget(only);
    stored.take(manifestKey(only));
    for (const key of [bundleKey(only), `sites/${site.id}/site.json`]) stored.age(key, 30);
    expect((await stored.reconcile()).findings.map(({ key }) => key)).toEqual([bundleKey(only)]);
    await stored.reconcile({ actions: ['delete'] });
    expect(existsSync(stored.path(`sites/${site.id}`))).toBe(false);
  });
});
