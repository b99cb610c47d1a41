import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { BackupRemover } from '../../../src/modules/backups/backup-remover.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite, useJobsApp, storedNames, workFolders } from './jobs-app.js';

const test = useJobsApp();

const unreachable = new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'The storage is away.' });
const remover = (): BackupRemover => test.app.get(BackupRemover, { strict: false });
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
const folderOf = (site: GatedSite): string => join(test.config.paths.storage, 'sites', site.id);
const stored = (site: GatedSite, backupId: string, end: string): string => {
  const name = storedNames(test, site.id).find((each) => each.includes(backupId) && each.endsWith(end));
  return join(folderOf(site), name ?? `no ${end} of ${backupId}`);
};
const bundleOf = (site: GatedSite, backupId: string): string => stored(site, backupId, '.tar.zst');
const manifestOf = (site: GatedSite, backupId: string): string => stored(site, backupId, '.manifest.ndjson.zst');
const isStored = (site: GatedSite, backupId: string, end: string): boolean => existsSync(stored(site, backupId, end));

/** A site with something to keep: `noise.bin` is its largest file. */
async function makeSite(name: string, more: Record<string, unknown> = {}): Promise<GatedSite> {
  const site = await GatedSite.make(test, name, more);
  writeFileSync(join(site.path, 'noise.bin'), randomBytes(400_000));
  return site;
}

/** Backs up with a new small file in it, so that no two backups are the same. */
async function backUp(site: GatedSite, request: Record<string, unknown> = {}): Promise<BackupDto> {
  writeFileSync(join(site.path, `${randomBytes(6).toString('hex')}.txt`), randomBytes(2000));
  const job = await test.admin.post<JobDto>(`/sites/${site.id}/backups`, request);
  const ended = await test.admin.ended(job.id);
  expect(ended.error).toBeNull();
  return test.admin.get<BackupDto>(`/backups/${ended.backupId ?? ''}`);
}

const verify = async (backup: BackupDto, level = 'full'): Promise<JobDto> =>
  test.admin.ended((await test.admin.post<JobDto>(`/backups/${backup.id}/verify`, { level })).id);
const remove = async (backup: BackupDto): Promise<number> =>
  (await test.admin.call('DELETE', `/backups/${backup.id}?force=true`)).status;
const states = async (site: GatedSite): Promise<Record<string, string | undefined>> =>
  Object.fromEntries((await test.admin.backups(site.id)).map(({ id, copies }) => [id, copies[0]?.state]));

/** Flips one bit. A new file, as the old one may have other names. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

async function withDriver<T>(
  backup: BackupDto,
  change: Partial<StorageDriver>,
  work: (driver: StorageDriver) => Promise<T>,
): Promise<T> {
  const driver = await test.app.get(StorageService, { strict: false }).driver(backup.copies[0]?.providerId ?? '');
  const own = Object.getOwnPropertyDescriptors(driver);
  Object.assign(driver, change);
  try {
    return await work(driver);
  } finally {
    for (const name of Object.keys(change)) {
      const before = own[name];
      if (before === undefined) Reflect.deleteProperty(driver, name);
      else Object.defineProperty(driver, name, before);
    }
  }
}

/** Deletes of keys that match fail. */
async function failingDeletes<T>(backup: BackupDto, bad: (key: string) => boolean, work: () => Promise<T>): Promise<T> {
  const driver = await test.app.get(StorageService, { strict: false }).driver(backup.copies[0]?.providerId ?? '');
  const really = driver.delete.bind(driver);
  const failing = (key: string): Promise<void> => (bad(key) ? Promise.reject(unreachable) : really(key));
  return withDriver(backup, { delete: failing }, work);
}

describe('an incremental backup', () => {
  it('stores what is new and says what it needs', async () => {
    const site = await makeSite('increments');
    const first = await backUp(site);
    expect(first).toMatchObject({ parentBackupId: null, bundles: 1 });
    const second = await backUp(site);
    expect(second).toMatchObject({ parentBackupId: first.id, bundles: 2, sourceBytes: first.sourceBytes + 2000 });
    expect(second.storedBytes).toBeLessThan(first.storedBytes / 10);
    expect(await verify(second)).toMatchObject({ status: 'completed' });
    const rows = await sql(`select own from backup_bundle where backup_id = '${second.id}' order by bundle_key`);
    expect(rows).toEqual([{ own: false }, { own: true }]);
  });

  it('is full when asked, reads all again when asked or due, and the job says so', async () => {
    const site = await makeSite('options');
    const first = await backUp(site);
    const job = await test.admin.ended((await test.admin.post<JobDto>(`/sites/${site.id}/backups`, { full: true })).id);
    expect(job.request).toEqual({ full: true, reread: false });
    const full = await test.admin.get<BackupDto>(`/backups/${job.backupId ?? ''}`);
    expect(full).toMatchObject({ parentBackupId: null, bundles: 1 });
    const details = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
      const next = await test.admin.post<JobDto>(`/sites/${site.id}/backups`, request);
      const ended = await test.admin.ended(next.id);
      expect(ended.request).toMatchObject(request);
      return ended.stages.find((stage) => stage.name === 'backup_files')?.details ?? {};
    };
    expect(await details({ reread: true })).toMatchObject({ kept: 0, parent: full.id });
    expect(await details({})).toMatchObject({ files: 0 });
    await test.admin.call('PATCH', `/sites/${site.id}`, { settings: { ...site.dto.settings, rereadEveryDays: 1e-9 } });
    expect(await details({})).toMatchObject({ kept: 0 });
    await test.admin.call('PATCH', `/sites/${site.id}`, { settings: { ...site.dto.settings, rereadEveryDays: 1 } });
    expect(await details({})).toMatchObject({ files: 0 });
    expect(await test.admin.call('POST', `/sites/${site.id}/backups`, { full: 'yes' })).toMatchObject({ status: 400 });
    // A re-reading one finds by hash what is stored already.
    const [newest] = await test.admin.backups(site.id);
    expect(newest?.storedBytes).toBeLessThan(first.storedBytes / 10);
  });

  it('passes over a parent whose manifest can not be read, with a note', async () => {
    const site = await makeSite('unreadable-parent');
    const first = await backUp(site);
    const second = await backUp(site);
    flip(manifestOf(site, second.id), 50);
    const third = await backUp(site);
    expect(third.parentBackupId).toBe(first.id);
    const events = await test.admin.follow(third.jobId ?? '');
    const notes = events.filter((event) => event.type === 'job.note');
    expect(notes.map((note) => note.data['context'])).toContainEqual({ backupId: second.id, code: 'MANIFEST_DAMAGED' });
    rmSync(manifestOf(site, third.id));
    rmSync(manifestOf(site, first.id));
    expect(await backUp(site)).toMatchObject({ parentBackupId: null, bundles: 1 });
  });

  it('is compared with what every storage has', async () => {
    const site = await makeSite('two-places');
    const first = await backUp(site);
    const second = await test.admin.post<{ id: string }>('/storage', {
      name: 'second place',
      kind: 'local',
      settings: { path: join(test.folder, 'second-place') },
    });
    const chosen = await sql('select id from storage_provider where enabled');
    expect(chosen).toHaveLength(2);
    await sql('update storage_provider set is_default = false');
    try {
      const both = await backUp(site);
      expect(both.copies).toHaveLength(2);
      expect(both.parentBackupId).toBeNull();
      expect(await backUp(site)).toMatchObject({ parentBackupId: both.id, bundles: 2 });
    } finally {
      await test.admin.call('PATCH', `/storage/${second.id}`, { enabled: false });
      await test.admin.call('PATCH', `/storage/${first.copies[0]?.providerId ?? ''}`, { isDefault: true });
    }
  });

  it('fails when a bundle it needs is lost while it runs; the next one stores that again', async () => {
    const site = await makeSite('vanished');
    const first = await backUp(site);
    site.hold('create_bundle');
    const job = await site.start();
    await site.reached('create_bundle');
    rmSync(bundleOf(site, first.id));
    site.release('create_bundle');
    expect(await test.admin.ended(job.id)).toMatchObject({ status: 'failed', error: { code: 'BUNDLE_VANISHED' } });
    await until('the leftovers to go', () => workFolders(test).length === 0);
    const next = await backUp(site);
    expect(next).toMatchObject({ parentBackupId: first.id, bundles: 1 });
    expect(await verify(next)).toMatchObject({ status: 'completed' });
  });
});

describe('deleting what others need', () => {
  it('keeps shared bundles to the last, whatever the order', { timeout: 120_000 }, async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const site = await makeSite(`order-${order.join('')}`);
      const made = [await backUp(site), await backUp(site), await backUp(site)];
      for (const [index, each] of order.entries()) {
        const gone = made[each];
        if (gone === undefined) throw new Error('no backup');
        expect(await remove(gone)).toBe(204);
        expect(isStored(site, gone.id, '.manifest.ndjson.zst')).toBe(false);
        for (const left of order.slice(index + 1)) {
          expect(await verify(made[left] ?? gone)).toMatchObject({ status: 'completed' });
        }
      }
      expect(storedNames(test, site.id)).toEqual([]);
      expect(await sql(`select 1 from backup_bundle where bundle_key like 'sites/${site.id}/%'`)).toEqual([]);
    }
  });

  it('cut off at any step it goes on, and no bundle goes before the manifests that name it', async () => {
    const steps: [string, (key: string) => boolean][] = [
      ['manifest', (key) => key.endsWith('.manifest.ndjson.zst')],
      ['bundle', (key) => key.endsWith('.tar.zst')],
      ['site', (key) => key.endsWith('site.json')],
    ];
    for (const [name, isBad] of steps) {
      const site = await makeSite(`cut-${name}`);
      const first = await backUp(site);
      const second = await backUp(site);
      await failingDeletes(first, isBad, async () => {
        await remove(first);
        await remove(second);
        await remover().finishAll();
        // The second one's manifest names both bundles.
        const isNamed = isStored(site, second.id, '.manifest.ndjson.zst');
        expect([first, second].filter(({ id }) => isNamed && !isStored(site, id, '.tar.zst'))).toEqual([]);
      });
      expect(await test.admin.backups(site.id)).toEqual([]);
      // One that is (or was) being deleted is nothing to compare with.
      expect(await backUp(site)).toMatchObject({ parentBackupId: null, bundles: 1 });
      await remover().finishAll();
      const [left] = await test.admin.backups(site.id);
      expect(await remove(left ?? first)).toBe(204);
      expect(storedNames(test, site.id)).toEqual([]);
    }
  });

  it('waits for a running backup that may need its bundles', async () => {
    const site = await makeSite('waits');
    const first = await backUp(site);
    const second = await backUp(site, { full: true });
    site.hold('create_bundle');
    const job = await site.start();
    await site.reached('create_bundle');
    expect(await remove(second)).toBe(204);
    await remover().finishAll();
    expect(await test.admin.call('GET', `/backups/${second.id}`)).toMatchObject({ status: 404 });
    expect(isStored(site, second.id, '.tar.zst')).toBe(true);
    site.release('create_bundle');
    const ended = await test.admin.ended(job.id);
    expect(ended.status).toBe('completed');
    await remover().finishAll();
    expect(isStored(site, second.id, '.manifest.ndjson.zst')).toBe(false);
    const [made] = await test.admin.backups(site.id);
    expect(made).toMatchObject({ id: ended.backupId, parentBackupId: second.id });
    expect(await verify(await test.admin.get<BackupDto>(`/backups/${made?.id ?? ''}`))).toMatchObject({
      status: 'completed',
    });
    expect(await remove(first)).toBe(204);
    expect(isStored(site, first.id, '.tar.zst')).toBe(false);
  });
});

describe('damage heals', () => {
  it('what a verify found damaged is stored again by the next backup', async () => {
    const site = await makeSite('heals');
    const first = await backUp(site);
    const second = await backUp(site);
    expect(await verify(first)).toMatchObject({ status: 'completed' });
    expect(await verify(second)).toMatchObject({ status: 'completed' });
    flip(bundleOf(site, first.id), 200_000);
    expect(await verify(second)).toMatchObject({ status: 'failed', error: { code: 'BACKUP_DAMAGED' } });
    // The other one needs that bundle too.
    expect(await states(site)).toEqual({ [second.id]: 'damaged', [first.id]: 'damaged' });
    expect((await test.admin.get<BackupDto>(`/backups/${first.id}`)).copies[0]?.verifiedAt).toBeNull();
    const third = await backUp(site);
    expect(third.storedBytes).toBeGreaterThan(400_000);
    expect(await verify(third)).toMatchObject({ status: 'completed' });
    expect(await states(site)).toMatchObject({ [third.id]: 'verified' });
    const fourth = await backUp(site);
    expect(fourth.parentBackupId).toBe(third.id);
    expect(fourth.storedBytes).toBeLessThan(100_000);
    expect(await verify(fourth)).toMatchObject({ status: 'completed' });
  });

  it('found while a backup is made that shares the bundle, it is that one’s too', async () => {
    const site = await makeSite('found-meanwhile');
    const first = await backUp(site);
    site.hold('create_bundle');
    const { id } = await site.start();
    await site.reached('create_bundle');
    await sql(`update stored_object set state = 'damaged' where kind = 'bundle' and key like '%${first.id}%'`);
    site.release('create_bundle');
    const ended = await test.admin.ended(id);
    expect(ended.status).toBe('completed');
    expect(await states(site)).toMatchObject({ [ended.backupId ?? '']: 'damaged' });
  });

  it('a later good verify clears it', async () => {
    const site = await makeSite('clears');
    const first = await backUp(site);
    const second = await backUp(site);
    flip(bundleOf(site, first.id), 200_000);
    expect(await verify(second)).toMatchObject({ status: 'failed' });
    expect(await sql(`select 1 from stored_object where state <> 'present' and key like '%${first.id}%'`)).toHaveLength(
      1,
    );
    flip(bundleOf(site, first.id), 200_000);
    expect(await verify(first)).toMatchObject({ status: 'completed' });
    expect(await sql(`select 1 from stored_object where state <> 'present' and key like '%${first.id}%'`)).toEqual([]);
    expect((await backUp(site)).storedBytes).toBeLessThan(100_000);
  });

  it('a bundle that is gone or cut is stored again without any verify', async () => {
    const site = await makeSite('lost');
    const first = await backUp(site);
    const second = await backUp(site);
    writeFileSync(bundleOf(site, first.id), 'short');
    const third = await backUp(site);
    expect(third).toMatchObject({ parentBackupId: second.id });
    expect(third.storedBytes).toBeGreaterThan(400_000);
    expect(await verify(third)).toMatchObject({ status: 'completed' });
  });
});

describe('stages at the same time', () => {
  it('are shown as such, and stop together', async () => {
    const site = await makeSite('side', { module: 'side' });
    site.hold('backup_db');
    site.hold('backup_files');
    const job = await site.start();
    await site.reached('backup_db');
    await site.reached('backup_files');
    const seen = await until('both to be shown as running', async () => {
      const now = await test.admin.job(job.id);
      return now.stages.filter((stage) => stage.status === 'running').length === 2 && now.progress ? now : null;
    });
    expect(seen.stages.map((stage) => stage.status)).toEqual(['running', 'running', 'pending', 'pending', 'pending']);
    expect(['backup_db', 'backup_files']).toContain(seen.progress?.stage);
    const status = await test.admin.get(`/daemon/backup/status/${site.id}`);
    expect(status).toMatchObject({
      status: 'running',
      stages: {
        backup_db: { status: 'running' },
        backup_files: { status: 'running' },
        create_bundle: { status: 'pending' },
      },
    });
    await test.admin.post(`/jobs/${job.id}/cancel`);
    const ended = await test.admin.ended(job.id);
    expect(ended.status).toBe('cancelled');
    expect(ended.stages.map((stage) => stage.status)).toEqual(['failed', 'failed', 'skipped', 'skipped', 'completed']);
    for (const stage of ['backup_db', 'backup_files']) site.release(stage);
    expect((await site.backUp()).status).toBe('completed');
  });

  it('a passing fault of one keeps what the other has finished', async () => {
    const site = await makeSite('side-later', { module: 'side' });
    site.hold('backup_db');
    site.fail('backup_db', { code: 'TEST_BUSY', kind: 'source', retry: 'later', message: 'Busy just now.' });
    const job = await site.start();
    await until('the files to be planned', async () =>
      (await test.admin.job(job.id)).stages.some(
        ({ name, status }) => name === 'backup_files' && status === 'completed',
      ),
    );
    site.release('backup_db');
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', attempt: 2 });
    const started = (await test.admin.follow(job.id)).filter((event) => event.type === 'stage.started');
    const names = started.map((event) => String(event.data['stage']));
    expect(names.filter((name) => name === 'backup_db')).toHaveLength(2);
    expect(names.filter((name) => name !== 'backup_db')).toEqual([
      'backup_files',
      'create_bundle',
      'upload_remote',
      'cleanup',
    ]);
  });
});
