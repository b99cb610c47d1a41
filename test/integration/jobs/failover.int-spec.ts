import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keysFor } from '../../../src/engine/runner/index.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { addPlace, backedUp, newest, type Place, shutOut, siteIn, unmount, verify } from './copies-support.js';
import { type GatedSite, useJobsApp, workFolders } from './jobs-app.js';

const test = useJobsApp();
let places: Place[] = [];
beforeAll(async () => {
  places = [await addPlace(test, 'one'), await addPlace(test, 'two'), await addPlace(test, 'three')];
});

function placeOf(backup: BackupDto): Place {
  const found = places.filter(({ id }) => backup.copies.some((copy) => copy.providerId === id));
  const [place] = found;
  if (place === undefined || found.length > 1) throw new Error('one copy is wanted');
  return place;
}

const objectsOf = (place: Place, site: GatedSite): string[] => {
  const folder = join(place.folder, 'sites', site.id);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'site.json') : [];
};

/** Every bundle that a kept backup names lies where its copy is. */
async function expectNothingDangling(site: GatedSite): Promise<void> {
  for (const backup of await test.admin.backups(site.id)) {
    const rows = await runSql(
      test.config.databaseUrl ?? '',
      `select bundle_key from backup_bundle where backup_id = '${backup.id}'`,
    );
    for (const row of rows) expect(existsSync(join(placeOf(backup).folder, String(row['bundle_key'])))).toBe(true);
    expect(await verify(test, backup)).toMatchObject({ status: 'completed' });
  }
}

describe('failover', () => {
  it('a site stays with its storage; when that is away the next one is used, and nothing dangles', async () => {
    const site = await siteIn(test, 'away', places, 'failover');
    const first = await backedUp(test, site, 100_000);
    const second = await backedUp(test, site, 1000);
    const home = placeOf(first);
    expect(placeOf(second)).toBe(home);
    expect(second.parentBackupId).toBe(first.id);
    const back = unmount(home);
    const third = await backedUp(test, site, 1000);
    const other = placeOf(third);
    expect(other).not.toBe(home);
    expect(third).toMatchObject({ parentBackupId: null, warnings: 0 });
    const fourth = await backedUp(test, site, 1000);
    expect(placeOf(fourth)).toBe(other);
    expect(fourth.parentBackupId).toBe(third.id);
    back();
    // Home again, compared with what lies there.
    const fifth = await backedUp(test, site, 1000);
    expect(placeOf(fifth)).toBe(home);
    expect(fifth.parentBackupId).toBe(second.id);
    await expectNothingDangling(site);
  });

  it('a storage that does not take it is given up for this backup, which is made anew for the next', async () => {
    const site = await siteIn(test, 'refuses', places, 'failover');
    const first = await backedUp(test, site, 100_000);
    const home = placeOf(first);
    const letIn = shutOut(home, site);
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', attempt: 2 });
    const second = await newest(test, site);
    expect(placeOf(second)).not.toBe(home);
    expect(second.parentBackupId).toBeNull();
    expect(second.storedBytes).toBeGreaterThan(100_000);
    letIn();
    await expectNothingDangling(site);
    await until('the work folder to go', () => workFolders(test).length === 0);
  });

  it('what a storage took before it was given up is removed from there', async () => {
    const site = await siteIn(test, 'half-way', places, 'failover');
    const first = await backedUp(test, site, 50_000);
    const home = placeOf(first);
    const before = objectsOf(home, site);
    site.hold('create_bundle');
    const { id } = await site.start();
    await site.reached('create_bundle');
    const job = await test.admin.job(id);
    const [row] = await runSql(test.config.databaseUrl ?? '', `select backup_id from job where id = '${id}'`);
    const backupId = String(row?.['backup_id']);
    const keys = keysFor(site.id, new Date(job.startedAt ?? ''), backupId);
    // Home takes the bundle, and not the manifest.
    mkdirSync(join(home.folder, keys.manifestKey), { recursive: true });
    site.release('create_bundle');
    await until('the bundle to be at home', () => existsSync(join(home.folder, keys.bundleKey)));
    expect(await test.admin.ended(id)).toMatchObject({ status: 'completed' });
    const sweeper = test.app.get(JobSweeper, { strict: false });
    await until('the bundle to be removed', async () => {
      await sweeper.sweepAll();
      return !existsSync(join(home.folder, keys.bundleKey));
    });
    rmdirSync(join(home.folder, keys.manifestKey));
    expect(objectsOf(home, site)).toEqual(before);
    const [made] = await test.admin.backups(site.id);
    expect(made?.id).toBe(backupId);
    expect(made && placeOf(made).id).not.toBe(home.id);
    await expectNothingDangling(site);
  });

  it('a storage whose quota is used up is passed over, found out before the first stage or at the upload', async () => {
    const site = await siteIn(test, 'full-home', places, 'failover');
    const first = await backedUp(test, site, 50_000);
    const home = placeOf(first);
    await test.admin.call('PUT', `/quotas/provider/${home.id}`, { bytes: 0, over: 'fail' });
    const second = await backedUp(test, site, 1000);
    expect(placeOf(second).id).not.toBe(home.id);
    await test.admin.call('DELETE', `/quotas/provider/${home.id}`);
    await expectNothingDangling(site);
  });

  it('fails when none can be used, and says why', async () => {
    const site = await siteIn(test, 'none', places, 'failover');
    const back = places.map((place) => unmount(place));
    const job: JobDto = await site.backUp();
    for (const mount of back) mount();
    expect(job).toMatchObject({ status: 'failed', error: { code: 'NO_STORAGE' } });
    expect(await test.admin.backups(site.id)).toEqual([]);
    await test.admin.call('PATCH', `/storage/${places[0]?.id ?? ''}`, { enabled: false });
    const only = await siteIn(test, 'only-disabled', places.slice(0, 1), 'failover');
    expect(await only.backUp()).toMatchObject({ status: 'failed', error: { code: 'NO_STORAGE' } });
    await test.admin.call('PATCH', `/storage/${places[0]?.id ?? ''}`, { enabled: true });
    expect((await only.backUp()).status).toBe('completed');
  });
});
