import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import { ResourceService } from '../../../src/modules/resources/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import {
  addPlace,
  backedUp,
  bundlePath,
  contentOf,
  flip,
  manifestPath,
  newest,
  type Place,
  repair,
  scheduler,
  shutOut,
  siteIn,
  stateOn,
  verify,
} from './copies-support.js';
import { type GatedSite, useJobsApp } from './jobs-app.js';

const test = useJobsApp();
let [one, two]: [Place, Place] = [
  { id: '', name: '', folder: '' },
  { id: '', name: '', folder: '' },
];
beforeAll(async () => {
  one = await addPlace(test, 'one');
  two = await addPlace(test, 'two');
});

const inBoth = (name: string): Promise<GatedSite> => siteIn(test, name, [one, two]);

/** Both places have the same, byte for byte, and a verify of the newest says so. */
async function expectWhole(site: GatedSite): Promise<void> {
  expect(contentOf(two, site)).toEqual(contentOf(one, site));
  const backup = await newest(test, site);
  expect(await verify(test, backup)).toMatchObject({ status: 'completed', warnings: [] });
}

describe('a copy that failed', () => {
  it('is missing, and is made by a repair of its own accord, byte for byte', async () => {
    const site = await inBoth('failed-copy');
    await backedUp(test, site);
    const letIn = shutOut(two, site);
    const second = await backedUp(test, site, 300_000);
    expect(second.warnings).toBe(1);
    expect([stateOn(second, one), stateOn(second, two)]).toEqual(['present', 'missing']);
    // It is tried, fails, and is not tried again at once.
    const [failing] = await scheduler(test).run();
    expect(await test.admin.ended(failing?.id ?? '')).toMatchObject({ kind: 'repair', status: 'failed' });
    expect(await scheduler(test).run()).toEqual([]);
    letIn();
    const [job] = await scheduler(test).run(new Date(Date.now() + 3_700_000));
    const ended = await test.admin.ended(job?.id ?? '');
    expect(ended).toMatchObject({
      status: 'completed',
      backupId: second.id,
      warnings: [],
      result: { objects: 2, lost: 0 },
    });
    expect(stateOn(await newest(test, site), two)).toBe('present');
    await expectWhole(site);
    expect(await test.operator.call('POST', `/sites/${site.id}/repair`)).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_TO_REPAIR' },
    });
    const third = await backedUp(test, site, 1000);
    expect(third).toMatchObject({ parentBackupId: second.id, warnings: 0 });
  });

  it('is wanted too on a storage of the site that is disabled, and made when that ends', async () => {
    const site = await inBoth('disabled-place');
    await test.admin.call('PATCH', `/storage/${two.id}`, { enabled: false });
    const backup = await backedUp(test, site);
    expect(backup.warnings).toBe(0);
    expect([stateOn(backup, one), stateOn(backup, two)]).toEqual(['present', 'missing']);
    await test.admin.call('PATCH', `/storage/${two.id}`, { enabled: true });
    expect(await repair(test, site)).toMatchObject({ status: 'completed', result: { objects: 2, lost: 0 } });
    await expectWhole(site);
  });

  it('is not made over the quota of its storage', async () => {
    const site = await inBoth('full-place');
    const letIn = shutOut(two, site);
    const backup = await backedUp(test, site, 200_000);
    letIn();
    await test.admin.call('PUT', `/quotas/provider/${two.id}`, { bytes: 0, over: 'fail' });
    expect(await repair(test, site)).toMatchObject({ status: 'failed', error: { code: 'QUOTA_EXCEEDED' } });
    expect(stateOn(backup, two)).toBe('missing');
    await test.admin.call('DELETE', `/quotas/provider/${two.id}`);
    expect(await repair(test, site)).toMatchObject({ status: 'completed', result: { objects: 2 } });
    await expectWhole(site);
  });

  it('goes with its backup, whatever lies there', async () => {
    const site = await inBoth('failed-and-deleted');
    await backedUp(test, site);
    const letIn = shutOut(two, site);
    const second = await backedUp(test, site, 1000);
    letIn();
    await backedUp(test, site, 1000);
    expect(await test.admin.call('DELETE', `/backups/${second.id}`)).toMatchObject({ status: 204 });
    expect([...contentOf(one, site).keys()]).toEqual([...contentOf(two, site).keys()]);
  });
});

describe('damage', () => {
  it('in one copy is repaired from the other', async () => {
    const site = await inBoth('one-damaged');
    const first = await backedUp(test, site);
    const second = await backedUp(test, site, 100_000);
    flip(bundlePath(one, site, first), 50);
    flip(manifestPath(one, site, second), 60);
    const checked = await verify(test, second);
    expect(checked).toMatchObject({ status: 'completed', warnings: [{ code: 'COPY_DAMAGED' }] });
    expect(stateOn(await newest(test, site), one)).toBe('damaged');
    expect(await verify(test, first)).toMatchObject({ status: 'completed' });
    expect(await repair(test, site)).toMatchObject({ status: 'completed', warnings: [], result: { objects: 2 } });
    await expectWhole(site);
  });

  it('in both, in different objects, is repaired in both', async () => {
    const site = await inBoth('both-damaged');
    const first = await backedUp(test, site);
    const second = await backedUp(test, site, 100_000);
    flip(bundlePath(one, site, first), 50);
    rmSync(bundlePath(two, site, second));
    await verify(test, second);
    expect([one, two].map((place) => stateOn(second, place))).toEqual(['present', 'present']);
    const now = await newest(test, site);
    expect([one, two].map((place) => stateOn(now, place))).toEqual(['damaged', 'missing']);
    expect(await repair(test, site)).toMatchObject({ status: 'completed', warnings: [], result: { objects: 2 } });
    await expectWhole(site);
  });

  it('of the source is found on the way, noted, and the next source is taken', async () => {
    const site = await inBoth('bad-source');
    const first = await backedUp(test, site, 100_000);
    const three = await addPlace(test, 'three');
    const wanted = await test.operator.post<JobDto>(`/backups/${first.id}/copies`, { providerId: three.id });
    expect(await test.admin.ended(wanted.id)).toMatchObject({ status: 'completed', result: { objects: 2 } });
    expect(contentOf(three, site)).toEqual(contentOf(one, site));
    rmSync(bundlePath(three, site, first));
    await verify(test, first);
    // Found by nobody yet: whichever is asked first, both are whole in the end.
    flip(bundlePath(one, site, first), 500);
    flip(manifestPath(one, site, first), 50);
    flip(manifestPath(three, site, first), 51);
    await test.admin.ended((await test.admin.post<JobDto>(`/backups/${first.id}/verify`, { level: 'quick' })).id);
    expect(await repair(test, site)).toMatchObject({ status: 'completed', warnings: [] });
    expect(contentOf(three, site).get('site.json')).toEqual(contentOf(two, site).get('site.json'));
    await verify(test, first);
    if (stateOn(await newest(test, site), one) !== 'verified') await repair(test, site);
    expect(contentOf(one, site)).toEqual(contentOf(two, site));
    expect(contentOf(three, site)).toEqual(contentOf(two, site));
    await test.admin.call('PATCH', `/storage/${three.id}`, { enabled: false });
  });

  it('everywhere is a warning, and heals with the next backup', async () => {
    const site = await inBoth('lost');
    const first = await backedUp(test, site, 100_000);
    flip(bundlePath(one, site, first), 100);
    flip(bundlePath(two, site, first), 200);
    expect(await verify(test, first)).toMatchObject({ status: 'failed', error: { code: 'BACKUP_DAMAGED' } });
    const ended = await repair(test, site);
    expect(ended).toMatchObject({ status: 'completed', warnings: [{ code: 'OBJECT_LOST' }], result: { lost: 1 } });
    const second = await backedUp(test, site);
    expect(second.storedBytes).toBeGreaterThan(100_000);
    expect(await verify(test, second)).toMatchObject({ status: 'completed', warnings: [] });
    // Nothing can be done for the first one: that is not tried every hour.
    expect(await scheduler(test).run()).toEqual([]);
  });
});

describe('a repair', () => {
  it('that is cut off goes on where it was', async () => {
    const site = await inBoth('cut-off');
    const made = [
      await backedUp(test, site, 10_000),
      await backedUp(test, site, 10_000),
      await backedUp(test, site, 10_000),
    ];
    rmSync(join(two.folder, 'sites', site.id), { recursive: true });
    for (const backup of made) await verify(test, backup);
    const driver = await test.app.get(StorageService, { strict: false }).driver(two.id);
    const put = driver.put.bind(driver);
    let puts = 0;
    Object.assign(driver, {
      put: (...args: Parameters<typeof put>): ReturnType<typeof put> => {
        puts += 1;
        if (puts === 4)
          return Promise.reject(
            new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'It went away.', retry: 'later' }),
          );
        return put(...args);
      },
    });
    try {
      const ended = await repair(test, site);
      expect(ended).toMatchObject({ status: 'completed', attempt: 2, warnings: [] });
      // Six objects and site.json; only the one that failed was tried twice.
      expect(puts).toBe(8);
    } finally {
      Reflect.deleteProperty(driver, 'put');
    }
    await expectWhole(site);
  });

  it('sends out of the one upload budget of the host, as a backup does', async () => {
    const { bandwidth } = test.app.get(ResourceService, { strict: false });
    const take = bandwidth.take.bind(bandwidth);
    let taken = 0;
    bandwidth.take = async (bytes, signal) => {
      taken += bytes;
      await take(bytes, signal);
    };
    try {
      const site = await inBoth('budget');
      const backup = await backedUp(test, site, 200_000);
      expect(taken).toBeGreaterThan(200_000);
      rmSync(bundlePath(two, site, backup));
      await verify(test, backup);
      taken = 0;
      expect(await repair(test, site)).toMatchObject({ status: 'completed', result: { objects: 1 } });
      expect(taken).toBeGreaterThan(200_000);
    } finally {
      Reflect.deleteProperty(bandwidth, 'take');
    }
  });

  it('leaves disabled storages alone, and says why nothing is done', async () => {
    const site = await inBoth('disabled');
    const first = await backedUp(test, site, 1000);
    rmSync(bundlePath(two, site, first));
    await verify(test, first);
    await test.admin.call('PATCH', `/storage/${two.id}`, { enabled: false });
    expect(await test.operator.call('POST', `/sites/${site.id}/repair`)).toMatchObject({ status: 409 });
    const copy = (id: string): Promise<unknown> =>
      test.operator.call('POST', `/backups/${first.id}/copies`, { providerId: id });
    expect(await copy(two.id)).toMatchObject({ status: 409, body: { code: 'STORAGE_DISABLED' } });
    expect(await copy(one.id)).toMatchObject({ status: 409, body: { code: 'COPY_EXISTS' } });
    expect(await copy(first.id)).toMatchObject({ status: 404, body: { code: 'STORAGE_NOT_FOUND' } });
    await test.admin.call('PATCH', `/storage/${two.id}`, { enabled: true });
    expect(await test.viewer.call('POST', `/sites/${site.id}/repair`)).toMatchObject({ status: 403 });
    expect(await repair(test, site)).toMatchObject({ status: 'completed' });
    await expectWhole(site);
  });
});
