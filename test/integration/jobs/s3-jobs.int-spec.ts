import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, it } from 'vitest';
import type { BackupDto, JobDto, Page } from '../../../src/cli/api-types.js';
import { locksObjects } from '../../../src/engine/ports/index.js';
import { keysFor } from '../../../src/engine/runner/index.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { LockKeeper } from '../../../src/modules/object-lock/index.js';
import { SettingsService } from '../../../src/modules/settings/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { runSql } from '../../support/postgres.js';
import { MIB, settingsFor } from '../storage/s3-storage.js';
import { GatedSite, useJobsApp } from './jobs-app.js';

const DAY_MS = 86_400_000;
let ceph: CephServer;
const test = useJobsApp();
beforeAll(async () => {
  ceph = await sharedCeph();
  const { items } = await test.admin.get<Page<{ id: string }>>('/storage');
  await test.admin.call('PATCH', `/storage/${items[0]?.id ?? ''}`, { enabled: false, isDefault: false });
});

async function addBucket(name: string, settings: Record<string, unknown>): Promise<string> {
  return (await test.admin.post<{ id: string }>('/storage', { name, kind: 's3', settings })).id;
}

async function siteOn(providerId: string, name: string): Promise<GatedSite> {
  const site = await GatedSite.make(test, name);
  const destinations = { mode: 'all', providers: [{ id: providerId }] };
  await test.admin.call('PATCH', `/sites/${site.id}`, { destinations });
  return site;
}

async function newest(site: GatedSite): Promise<BackupDto> {
  const [backup] = await test.admin.backups(site.id);
  if (backup === undefined) throw new Error('no backup');
  return backup;
}

it('backs up, verifies with each byte fetched once, and restores from a bucket', async () => {
  const proxy = await CuttingProxy.start({ port: ceph.port });
  const bucket = await ceph.createBucket();
  const { endpoint } = proxy;
  const providerId = await addBucket('plain', settingsFor(ceph, bucket, { endpoint }));
  const site = await siteOn(providerId, 's3-plain');
  writeFileSync(join(site.path, 'large.bin'), new SeededRandom(3).bytes(24 * MIB));
  expect(await site.backUp()).toMatchObject({ status: 'completed', warnings: [] });
  writeFileSync(join(site.path, 'more.txt'), 'more');
  expect(await site.backUp()).toMatchObject({ status: 'completed', warnings: [] });
  const backup = await newest(site);
  expect(backup.storedBytes).toBeLessThan(MIB);

  const before = proxy.bytesDown;
  const verify = await test.admin.post<JobDto>(`/backups/${backup.id}/verify`);
  expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed', warnings: [] });
  const fetched = proxy.bytesDown - before;
  expect(fetched).toBeGreaterThan(24 * MIB);
  expect(fetched).toBeLessThan(26 * MIB);

  const targetPath = join(test.folder, 'restored');
  mkdirSync(targetPath);
  expect(await test.admin.restore(backup.id, { what: 'files', targetPath })).toMatchObject({ status: 'completed' });
  // The tests' module restores the top folder.
  for (const name of ['large.bin', 'more.txt', 'index.html'])
    expect(readFileSync(join(targetPath, name)).equals(readFileSync(join(site.path, name))), name).toBe(true);
  await proxy.stop();
  await test.admin.call('PATCH', `/storage/${providerId}`, { enabled: false });
});

it('of a run that another master took over nothing stays in a bucket, neither objects nor begun uploads', async () => {
  const bucket = await ceph.createBucket();
  const settings = settingsFor(ceph, bucket);
  const site = await siteOn(await addBucket('taken-over', settings), 's3-taken-over');
  const job = await site.backUp();
  const lost = new Date('2026-01-02T03:04:05.000Z');
  const { bundleKey, manifestKey } = keysFor(site.id, lost, job.backupId ?? '');
  const at = (key: string): { Bucket: string; Key: string } => ({
    Bucket: bucket,
    Key: `${String(settings['prefix'])}/${key}`,
  });
  await ceph.client.send(new CreateMultipartUploadCommand(at(bundleKey)));
  await ceph.client.send(new PutObjectCommand({ ...at(manifestKey), Body: 'x' }));
  await runSql(
    test.config.databaseUrl ?? '',
    `update job set request = '{"full":false,"lostRuns":["${lost.toISOString()}"]}' where id = '${job.id}'`,
  );
  expect(await test.app.get(JobSweeper).clearLost(job.id)).toBe(true);
  expect((await ceph.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);
  const { Contents = [] } = await ceph.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const ofBackup = Contents.filter(({ Key }) => Key?.includes(job.backupId ?? '-') === true);
  expect(ofBackup.map(({ Key }) => Key?.includes('20260102T030405Z'))).toEqual([false, false]);
  expect((await test.admin.job(job.id)).request).toEqual({ full: false });
});

it('locks what it stores, makes locks longer while it is needed, and waits for them with what is deleted', async () => {
  const bucket = await ceph.createBucket({ lock: true });
  const settings = settingsFor(ceph, bucket, { objectLock: { mode: 'COMPLIANCE', days: 30 } });
  const providerId = await addBucket('locked', settings);
  const site = await siteOn(providerId, 's3-locked');
  await site.backUp();
  const first = await newest(site);
  writeFileSync(join(site.path, 'more.txt'), 'more');
  await site.backUp();
  const keys = await runSql(
    test.config.databaseUrl ?? '',
    `select key, kind from stored_object where provider_id = '${providerId}' order by key`,
  );
  expect(keys).toHaveLength(4);
  const driver = await test.app.get(StorageService, { strict: false }).driver(providerId);
  if (!locksObjects(driver)) throw new Error('it does not lock');
  const lockDays = async (): Promise<number[]> => {
    const until = await Promise.all(keys.map(async ({ key }) => driver.lockedUntil(String(key))));
    return until.map((date) => Math.round(((date?.getTime() ?? 0) - Date.now()) / DAY_MS));
  };
  expect(await lockDays()).toEqual([30, 30, 30, 30]);

  const keeper = test.app.get(LockKeeper, { strict: false });
  const lastRound = async (): Promise<Record<string, unknown>> =>
    (await test.app.get(SettingsService, { strict: false }).get(`object-lock.${providerId}`)) ?? {};
  await keeper.tick();
  const begun = await lastRound();
  // Long enough.
  expect(begun).toMatchObject({ looked: 4, extended: 0, failed: 0 });
  await keeper.tick();
  expect(await lastRound()).toEqual(begun);
  // As seen eleven days later, with less than two thirds left.
  const later = new Date(Date.now() + 11 * DAY_MS);
  await keeper.tick(later);
  expect(await lastRound()).toMatchObject({ looked: 4, extended: 4, failed: 0 });
  expect(await lockDays()).toEqual([41, 41, 41, 41]);

  const answer = await test.admin.call('DELETE', `/backups/${first.id}`);
  expect(answer.body).toMatchObject({ code: 'STORAGE_RETAINED' });
  // Hidden, and its row stays until the lock lets it go; the other one needs its bundle.
  expect(await test.admin.backups(site.id)).toHaveLength(1);
  const rows = await runSql(test.config.databaseUrl ?? '', `select 1 from backup where id = '${first.id}'`);
  expect(rows).toHaveLength(1);
  const muchLater = new Date(Date.now() + 30 * DAY_MS);
  // The manifest of the one that goes is not locked again.
  expect(await keeper.round(providerId, muchLater)).toEqual({ looked: 3, extended: 3, failed: 0 });
  // Nor is what retention has let go: it is to fall free.
  await runSql(test.config.databaseUrl ?? '', `update backup set expires_at = now() where site_id = '${site.id}'`);
  expect(await keeper.round(providerId, muchLater)).toEqual({ looked: 0, extended: 0, failed: 0 });
});
