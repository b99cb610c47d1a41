import { beforeAll, expect, it } from 'vitest';
import { locksObjects } from '../../../src/engine/ports/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { until } from '../../support/scratch.js';
import { driverFor, MIB, settingsFor } from './s3-storage.js';

const DAY_MS = 86_400_000;
let ceph: CephServer;
beforeAll(async () => {
  ceph = await sharedCeph();
});

it('locks what it stores; a delete is refused as retained and changes nothing', async () => {
  const bucket = await ceph.createBucket({ lock: true });
  const driver = driverFor(settingsFor(ceph, bucket, { objectLock: { mode: 'COMPLIANCE', days: 30 } }));
  expect(locksObjects(driver)).toBe(true);
  const small = { bytes: Buffer.from('small') };
  const large = { bytes: Buffer.alloc(11 * MIB, 1) };
  for (const [key, source] of [
    ['small', small],
    ['large', large],
  ] as const) {
    await driver.put(key, source);
    const lockedUntil = (await driver.lockedUntil(key))?.getTime() ?? 0;
    expect(Math.abs(lockedUntil - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
    await expect(driver.delete(key)).rejects.toMatchObject({
      code: 'STORAGE_RETAINED',
      context: { key, until: new Date(lockedUntil).toISOString() },
    });
    expect(await driver.stat(key)).toMatchObject({ size: source.bytes.length });
  }
  const later = new Date(Date.now() + 60 * DAY_MS);
  await driver.extendLock('small', later);
  expect((await driver.lockedUntil('small'))?.getTime()).toBe(later.getTime());
  // Never shorter.
  await driver.extendLock('small', new Date(Date.now() + DAY_MS));
  expect((await driver.lockedUntil('small'))?.getTime()).toBe(later.getTime());
  await expect(driver.extendLock('none', later)).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND' });

  // What is stored unlocked can be locked for a moment, and goes when that is over.
  await driver.put('probe', { bytes: Buffer.from('p') }, { unlocked: true });
  expect(await driver.lockedUntil('probe')).toBeNull();
  await driver.extendLock('probe', new Date(Date.now() + 2000));
  await expect(driver.delete('probe')).rejects.toMatchObject({ code: 'STORAGE_RETAINED' });
  await until('the lock to end', async () => driver.delete('probe').then(() => true));
  expect(await driver.stat('probe')).toBeNull();
});

it('a bucket with versions: a delete frees all of them', async () => {
  const bucket = await ceph.createBucket({ versioned: true });
  const driver = driverFor(settingsFor(ceph, bucket, { prefix: '' }));
  for (let i = 0; i < 5; i++) await driver.put('site.json', { bytes: Buffer.from(`version ${i}`) });
  await driver.put('site.json.other', { bytes: Buffer.from('x') });
  expect(await ceph.countVersions(bucket)).toBe(6);
  await driver.delete('site.json');
  expect(await ceph.countVersions(bucket)).toBe(1);
  expect(await driver.stat('site.json')).toBeNull();
});

it('delete markers of somebody else hide an object, and go with it', async () => {
  const bucket = await ceph.createBucket({ versioned: true });
  const settings = settingsFor(ceph, bucket, { prefix: '' });
  const driver = driverFor(settings);
  await driver.put('a', { bytes: Buffer.from('x') });
  await ceph.deleteVisibly(bucket, 'a');
  expect(await ceph.countVersions(bucket)).toBe(2);
  expect(await driver.stat('a')).toBeNull();
  const listed: string[] = [];
  for await (const { key } of driver.list('')) listed.push(key);
  expect(listed).toEqual([]);
  await expect(driver.read('a')).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND' });
  await driver.delete('a');
  expect(await ceph.countVersions(bucket)).toBe(0);
});

it('a plain bucket does not lock: that is told, not taken for locked', async () => {
  const bucket = await ceph.createBucket();
  const driver = driverFor(settingsFor(ceph, bucket, { objectLock: { mode: 'GOVERNANCE', days: 1 } }));
  const step = driver.probeSteps.find(({ name }) => name === 'object lock');
  await expect(step?.run('probe')).rejects.toMatchObject({ code: 'STORAGE_LOCK_UNAVAILABLE' });
});
