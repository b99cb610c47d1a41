import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { BackupRemover } from '../../../src/modules/backups/index.js';
import { AppError } from '../../../src/common/errors/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { until } from '../../support/scratch.js';
import { type GatedSite, useJobsApp, storedNames } from '../jobs/jobs-app.js';
import { idsOf, makeBackups, makeSite, nth, retentionOf, sql } from './support.js';

const test = useJobsApp();

const { preview, apply, setPolicy, noGrace, reset } = retentionOf(test);
afterEach(() => reset());
const many = (site: GatedSite, count: number): Promise<BackupDto[]> => makeBackups(test, site, count);
describe('what never goes', () => {
  it('the newest good one: a damaged newer one does not count, and stays as long as a whole one would', async () => {
    const site = await makeSite(test, 'newest-good');
    const made = await many(site, 3);
    await sql(test, `update backup_copy set state = 'damaged' where backup_id = '${nth(made, 2).id}'`);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    const told = await preview(site);
    expect(told.items.map(({ action, reasons }) => [action, ...reasons])).toEqual([
      ['keep', 'last 1 of 1', 'not counted: damaged'],
      ['keep', 'newest good backup', 'last 1 of 1'],
      ['expire', 'not among the last 1'],
    ]);
    await apply(site);
    expect(await idsOf(test, site)).toEqual([nth(made, 2).id, nth(made, 1).id]);
    // Damage that is found between mark and deletion: looked at again at that moment.
    await sql(test, `update backup_copy set state = 'present' where backup_id = '${nth(made, 2).id}'`);
    await test.admin.call('PUT', '/retention', { graceHours: 1 });
    expect(await apply(site)).toMatchObject({ expired: 1, removed: 0 });
    await sql(
      test,
      `update backup set expires_at = now() - interval '1 minute' where site_id = '${site.id}' and expires_at is not null`,
    );
    await sql(test, `update backup_copy set state = 'damaged' where backup_id = '${nth(made, 2).id}'`);
    expect(await apply(site)).toMatchObject({ takenBack: 1, removed: 0 });
    expect(await idsOf(test, site)).toContain(nth(made, 1).id);
    // Nor by hand; the damaged one may, though it is newer.
    expect(await test.admin.call('DELETE', `/backups/${nth(made, 1).id}`)).toMatchObject({
      status: 409,
      body: { code: 'BACKUP_NEWEST' },
    });
    expect(await test.admin.call('DELETE', `/backups/${nth(made, 2).id}`)).toMatchObject({ status: 204 });
  });

  it('a pinned one: not by retention, not by hand, not with force; unpinned it may', async () => {
    const site = await makeSite(test, 'pinned');
    const made = await many(site, 3);
    const pinned = nth(made, 0);
    expect(await test.viewer.call('PATCH', `/backups/${pinned.id}`, { pinned: true })).toMatchObject({ status: 403 });
    expect(
      await test.operator.call('PATCH', `/backups/${pinned.id}`, { pinned: true, pinNote: 'before the relaunch' }),
    ).toMatchObject({ status: 200, body: { pinned: true, pinNote: 'before the relaunch' } });
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    expect((await preview(site)).items.at(-1)).toMatchObject({
      action: 'keep',
      reasons: ['pinned: before the relaunch'],
    });
    expect(await apply(site)).toMatchObject({ removed: 1 });
    for (const query of ['', '?force=true'])
      expect(await test.admin.call('DELETE', `/backups/${pinned.id}${query}`)).toMatchObject({
        status: 409,
        body: { code: 'BACKUP_PINNED' },
      });
    expect(await idsOf(test, site)).toEqual([nth(made, 2).id, pinned.id]);
    expect(await test.operator.call('PATCH', `/backups/${pinned.id}`, { pinned: false })).toMatchObject({
      body: { pinned: false, pinNote: null },
    });
    expect(await apply(site)).toMatchObject({ expired: 1, removed: 1 });
  });

  it('one that is pinned between mark and deletion', async () => {
    const site = await makeSite(test, 'pinned-late');
    const made = await many(site, 2);
    await setPolicy(site, { keepLast: 1 });
    await apply(site);
    await sql(
      test,
      `update backup set expires_at = now() - interval '1 minute', pinned = true where id = '${nth(made, 0).id}'`,
    );
    expect(await apply(site)).toMatchObject({ removed: 0, takenBack: 1 });
    expect(await idsOf(test, site)).toHaveLength(2);
  });

  it('one that a running backup may be compared with, until that has ended; all of the new one is there', async () => {
    const site = await makeSite(test, 'beside-a-backup');
    const made = await many(site, 2);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    site.hold('create_bundle');
    const job = await site.start();
    await site.reached('create_bundle');
    expect(await apply(site)).toMatchObject({ expired: 1, removed: 0, waiting: 1 });
    expect(storedNames(test, site.id).some((name) => name.includes(nth(made, 0).id))).toBe(true);
    site.release('create_bundle');
    const ended = await test.admin.ended(job.id);
    expect(ended.status).toBe('completed');
    await test.app.get(BackupRemover, { strict: false }).finishAll();
    expect(
      storedNames(test, site.id).filter((name) => name.includes(nth(made, 0).id) && name.includes('manifest')),
    ).toEqual([]);
    const verify = await test.admin.post<{ id: string }>(`/backups/${ended.backupId ?? ''}/verify`, { level: 'full' });
    expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed' });
  });

  it('one that a job works with, until that has ended', async () => {
    const site = await makeSite(test, 'beside-a-restore');
    const made = await many(site, 2);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    site.hold('prepare');
    const job = await test.admin.post<{ id: string }>(`/backups/${nth(made, 0).id}/restore`, {});
    await site.reached('prepare');
    expect(await apply(site)).toEqual({ expired: 1, takenBack: 0, removed: 0, waiting: 0 });
    site.release('prepare');
    expect(await test.admin.ended(job.id)).toMatchObject({ status: 'completed' });
    expect(await apply(site)).toEqual({ expired: 0, takenBack: 0, removed: 1, waiting: 0 });
  });

  it('and many that let go of one site at once wait for each other, and for nothing else', async () => {
    const site = await makeSite(test, 'crowd', 10_000);
    const made = await many(site, 3);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    // More than there are connections.
    const answers = await Promise.all([
      ...Array.from({ length: 15 }, () => test.admin.call('POST', `/sites/${site.id}/retention/apply`)),
      ...Array.from({ length: 15 }, () => test.admin.call('DELETE', `/backups/${nth(made, 2).id}`)),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(await idsOf(test, site)).toEqual([nth(made, 2).id]);
  });

  it('the row of one that a storage does not delete: it is tried again', async () => {
    const site = await makeSite(test, 'failing-storage');
    const made = await many(site, 2);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    const driver = await test.app
      .get(StorageService, { strict: false })
      .driver(nth(made, 0).copies[0]?.providerId ?? '');
    Object.assign(driver, {
      delete: () => Promise.reject(new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'away' })),
    });
    try {
      expect(await apply(site)).toMatchObject({ expired: 1, removed: 0, waiting: 1 });
    } finally {
      Reflect.deleteProperty(driver, 'delete');
    }
    const rows = await sql(
      test,
      `select deleting_at is not null as marked from backup where id = '${nth(made, 0).id}'`,
    );
    expect(rows).toEqual([{ marked: true }]);
    await test.app.get(BackupRemover, { strict: false }).finishAll();
    expect(await sql(test, `select 1 from backup where id = '${nth(made, 0).id}'`)).toEqual([]);
  });

  it('with backups, deletions by hand and retention all at once a good backup is left, and all that is left is whole', async () => {
    const site = await makeSite(test, 'race', 50_000);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    await many(site, 2);
    for (let round = 0; round < 8; round++) {
      writeFileSync(join(site.path, 'noise.bin'), randomBytes(20_000));
      const job = await site.start();
      const ids = await idsOf(test, site);
      await Promise.all([
        ...[1, 2, 3].map(() => apply(site)),
        ...ids.map((id) => test.admin.call('DELETE', `/backups/${id}`)),
        test.admin.ended(job.id),
      ]);
      const left = await test.admin.backups(site.id);
      expect(left.filter(({ copies }) => copies.some(({ state }) => state === 'present')).length).toBeGreaterThan(0);
    }
    await until('what waited to be gone', async () => {
      await test.app.get(BackupRemover, { strict: false }).finishAll();
      return (await sql(test, `select 1 from backup where deleting_at is not null`)).length === 0;
    });
    for (const { id } of await test.admin.backups(site.id)) {
      const verify = await test.admin.post<{ id: string }>(`/backups/${id}/verify`, { level: 'full' });
      expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed' });
    }
    expect(existsSync(join(test.config.paths.storage, 'sites', site.id))).toBe(true);
    expect(readdirSync(join(test.config.paths.storage, 'sites', site.id)).length).toBeGreaterThan(2);
  });
});
