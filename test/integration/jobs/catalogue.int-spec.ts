import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BackupDto, JobDto, Page } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import { BackupRemover } from '../../../src/modules/backups/backup-remover.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { runSql } from '../../support/postgres.js';
import { GatedSite, useJobsApp, storedNames } from './jobs-app.js';

const test = useJobsApp();

const unreachable = new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'The storage is away.' });
const fetchRaw = (path: string, api = test.operator): Promise<Response> =>
  fetch(api.url + path, { headers: { Authorization: `Bearer ${api.token ?? ''}` } });
const bundleOf = (site: GatedSite, backup: BackupDto): string =>
  join(
    test.config.paths.storage,
    'sites',
    site.id,
    storedNames(test, site.id).find((name) => name.includes(backup.id) && name.endsWith('.tar.zst')) ?? '',
  );

async function made(name: string): Promise<{ site: GatedSite; backup: BackupDto }> {
  const site = await GatedSite.make(test, name);
  expect((await site.backUp()).status).toBe('completed');
  const [backup] = await test.admin.backups(site.id);
  if (backup === undefined) throw new Error('no backup');
  return { site, backup };
}

/** Changes some bytes of a stored object. A new file: two local storages may share one inode. */
function damage(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes.write('damage!!', offset);
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
}

describe('reading a backup', () => {
  it('lists folders in pages', async () => {
    const { backup } = await made('browse');
    type Listing = { items: { name: string; path: string; type: string; size: number }[]; nextCursor: string | null };
    const folder = (query: string): Promise<Listing> => test.operator.get(`/backups/${backup.id}/files${query}`);
    expect((await folder('')).items.map((item) => item.name)).toEqual(['backupd', 'files']);
    const files = await folder('?path=files');
    expect(files.items.map((item) => `${item.type} ${item.name}`)).toEqual([
      'file index.html',
      'dir sub',
      'file ü & "odd" (1).txt',
    ]);
    const first = await folder('?path=files&limit=2');
    const rest = await folder(`?path=files&limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([...first.items, ...rest.items]).toEqual(files.items);
    expect(rest.nextCursor).toBeNull();
    expect(await test.operator.call('GET', `/backups/${backup.id}/files?path=files/none`)).toMatchObject({
      status: 404,
      body: { code: 'BACKUP_PATH_NOT_FOUND' },
    });
  });

  it('gives one file with its length and its real name', async () => {
    const { site, backup } = await made('one-file');
    const name = 'ü & "odd" (1).txt';
    const response = await fetchRaw(`/backups/${backup.id}/file?path=${encodeURIComponent(`files/${name}`)}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('3');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="_ & _odd_ (1).txt"; filename*=UTF-8''%C3%BC%20%26%20%22odd%22%20%281%29.txt`,
    );
    expect(await response.text()).toBe('odd');
    const big = await fetchRaw(`/backups/${backup.id}/file?path=files/sub/big.bin`);
    expect(Buffer.from(await big.arrayBuffer()).equals(readFileSync(join(site.path, 'sub/big.bin')))).toBe(true);
    for (const path of ['../etc/passwd', 'files/../../x', '/etc/passwd', 'files//x', 'files/./x'])
      expect(
        await test.operator.call('GET', `/backups/${backup.id}/file?path=${encodeURIComponent(path)}`),
      ).toMatchObject({
        status: 400,
        body: { code: 'PATH_INVALID' },
      });
    expect(await test.operator.call('GET', `/backups/${backup.id}/file?path=files/sub`)).toMatchObject({
      status: 400,
      body: { code: 'BACKUP_PATH_NOT_A_FILE' },
    });
  });

  it('gives the bundle that stock tools can read, and the manifest as lines', async () => {
    const { site, backup } = await made('download');
    const response = await fetchRaw(`/backups/${backup.id}/download`);
    expect(response.headers.get('content-type')).toContain('application/zstd');
    const bundle = Buffer.from(await response.arrayBuffer());
    expect(String(bundle.length)).toBe(response.headers.get('content-length'));
    expect(createHash('sha256').update(bundle).digest('hex')).toBe(
      (backup as unknown as { bundleSha256: string }).bundleSha256,
    );
    const folder = join(test.folder, 'unpacked');
    mkdirSync(folder);
    writeFileSync(join(folder, 'b.tar.zst'), bundle);
    execFileSync('tar', ['--zstd', '-xf', 'b.tar.zst'], { cwd: folder });
    expect(readdirSync(join(folder, 'files'))).toEqual(readdirSync(site.path));
    const manifest = (await (await fetchRaw(`/backups/${backup.id}/manifest`)).text()).trim().split('\n');
    const kinds = manifest.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(['header', 'trailer']);
  });

  it('never looks complete when it is damaged', async () => {
    const { site, backup } = await made('damaged');
    const bundle = bundleOf(site, backup);
    damage(bundle, Math.floor(readFileSync(bundle).length / 3));
    // Too small for a byte to have been sent: a proper error.
    expect(await test.operator.call('GET', `/backups/${backup.id}/download`)).toMatchObject({
      status: 500,
      body: { code: 'BUNDLE_DAMAGED' },
    });
    const large = await made('damaged-large');
    writeFileSync(join(large.site.path, 'noise.bin'), randomBytes(3_000_000));
    await large.site.backUp();
    const newest = (await test.admin.backups(large.site.id))[0];
    if (newest === undefined) throw new Error('no backup');
    const path = bundleOf(large.site, newest);
    damage(path, readFileSync(path).length - 200);
    await expect(fetchRaw(`/backups/${newest.id}/download`).then((response) => response.arrayBuffer())).rejects.toThrow(
      /terminated|other side closed|aborted/,
    );
  });

  it('asks who it is and what for', async () => {
    const { backup } = await made('roles');
    expect(await test.viewer.call('GET', `/backups/${backup.id}`)).toMatchObject({ status: 200 });
    for (const part of ['files', 'file?path=files/index.html', 'download', 'manifest'])
      expect(await test.viewer.call('GET', `/backups/${backup.id}/${part}`)).toMatchObject({ status: 403 });
    expect(await test.operator.call('DELETE', `/backups/${backup.id}`)).toMatchObject({ status: 403 });
    expect(await test.viewer.call('GET', '/backups/01a20b8c-d788-7649-97a8-12ebda60f327')).toMatchObject({
      status: 404,
      body: { code: 'BACKUP_NOT_FOUND' },
    });
  });
});

describe('the list of backups', () => {
  it('pages and filters, newest first', async () => {
    const { site, backup } = await made('many');
    await site.backUp();
    await site.backUp();
    const page = await test.viewer.get<Page<BackupDto>>(`/backups?siteId=${site.id}&limit=2&offset=1`);
    expect(page).toMatchObject({ total: 3, limit: 2, offset: 1 });
    expect(page.items.at(-1)?.id).toBe(backup.id);
    expect((await test.viewer.get<Page<BackupDto>>('/backups?limit=1')).total).toBeGreaterThan(3);
  });
});

describe('deleting', () => {
  it('protects the newest good one, deletes the others everywhere', async () => {
    const { site, backup } = await made('delete');
    expect(await test.admin.call('DELETE', `/backups/${backup.id}`)).toMatchObject({
      status: 409,
      body: { code: 'BACKUP_NEWEST' },
    });
    await site.backUp();
    expect(await test.admin.call('DELETE', `/backups/${backup.id}`)).toMatchObject({ status: 204 });
    expect(await test.admin.call('GET', `/backups/${backup.id}`)).toMatchObject({ status: 404 });
    // The newer one needs its bundle.
    const left = storedNames(test, site.id).filter((name) => name.includes(backup.id));
    expect(left).toEqual([expect.stringMatching(/\.tar\.zst$/)]);
    const [last] = await test.admin.backups(site.id);
    expect(await test.admin.call('DELETE', `/backups/${last?.id ?? ''}?force=true`)).toMatchObject({ status: 204 });
    expect(storedNames(test, site.id)).toEqual([]);
  });

  it('goes manifest, bundle, row; cut off after any step, it goes on and the backup is not shown', async () => {
    const { site, backup } = await made('order');
    const bundle = bundleOf(site, backup);
    const folder = join(bundle, '..');
    const driver = await test.app.get(StorageService, { strict: false }).driver(backup.copies[0]?.providerId ?? '');
    const really = driver.delete.bind(driver);
    driver.delete = (key) => (key.endsWith('.tar.zst') ? Promise.reject(unreachable) : really(key));
    const answer = await test.admin.call('DELETE', `/backups/${backup.id}?force=true`);
    driver.delete = really;
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(readdirSync(folder).filter((name) => name.endsWith('.manifest.ndjson.zst'))).toEqual([]);
    expect(existsSync(bundle)).toBe(true);
    expect(await test.admin.backups(site.id)).toEqual([]);
    const rows = await runSql(
      test.config.databaseUrl ?? '',
      `select deleting_at from backup where id = '${backup.id}'`,
    );
    expect(rows[0]?.['deleting_at']).toBeInstanceOf(Date);
    await test.app.get(BackupRemover, { strict: false }).finishAll();
    expect(await runSql(test.config.databaseUrl ?? '', `select 1 from backup where id = '${backup.id}'`)).toEqual([]);
    expect(storedNames(test, site.id)).toEqual([]);
  });

  it('is refused while a job works with it', async () => {
    const { site, backup } = await made('in-use');
    site.hold('prepare');
    const job = await test.admin.post<JobDto>(`/backups/${backup.id}/restore`);
    await site.reached('prepare');
    expect(await test.admin.call('DELETE', `/backups/${backup.id}?force=true`)).toMatchObject({
      status: 409,
      body: { code: 'BACKUP_IN_USE' },
    });
    site.release('prepare');
    expect((await test.admin.ended(job.id)).status).toBe('completed');
  });
});

const verify = async (id: string, level: string): Promise<JobDto> =>
  test.admin.ended((await test.operator.post<JobDto>(`/backups/${id}/verify`, { level })).id);

describe('verifying', () => {
  it('full proves it and dates the proof; quick does not', async () => {
    const { site, backup } = await made('verify');
    const quick = await verify(backup.id, 'quick');
    expect(quick).toMatchObject({ kind: 'verify', status: 'completed', backupId: backup.id, result: { ok: true } });
    expect((await test.admin.backups(site.id))[0]?.copies).toMatchObject([{ state: 'present', verifiedAt: null }]);
    expect(await verify(backup.id, 'full')).toMatchObject({ status: 'completed', result: { level: 'full', ok: true } });
    const [copy] = (await test.admin.backups(site.id))[0]?.copies ?? [];
    expect(copy?.state).toBe('verified');
    expect(Date.parse(copy?.verifiedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('damage and absence are found, named, and kept with the copy', async () => {
    const { site, backup } = await made('verify-damaged');
    const bundle = bundleOf(site, backup);
    damage(bundle, Math.floor(readFileSync(bundle).length / 3));
    expect(await verify(backup.id, 'quick')).toMatchObject({ status: 'completed' });
    const full = await verify(backup.id, 'full');
    expect(full).toMatchObject({ status: 'failed', error: { code: 'BACKUP_DAMAGED' }, result: { ok: false } });
    expect((await test.admin.backups(site.id))[0]?.copies).toMatchObject([{ state: 'damaged' }]);
    // No good backup is left, so a new one may replace it and this one may go.
    expect(await test.admin.get(`/sites/${site.id}`)).toMatchObject({ lastBackup: null });
    rmSync(bundle, { force: true });
    expect(await verify(backup.id, 'quick')).toMatchObject({ status: 'failed', error: { code: 'BACKUP_DAMAGED' } });
    expect((await test.admin.backups(site.id))[0]?.copies).toMatchObject([{ state: 'missing' }]);
    expect(await test.admin.call('DELETE', `/backups/${backup.id}`)).toMatchObject({ status: 204 });
  });
});

describe('several storages', () => {
  it('one that fails is a warning and known as a missing copy; the other copy is read', async () => {
    const { items } = await test.admin.get<Page<{ id: string }>>('/storage');
    const folder = join(test.folder, 'second');
    const second = await test.admin.post<{ id: string }>('/storage', {
      name: 'second',
      kind: 'local',
      settings: { path: folder },
    });
    await test.admin.call('PATCH', `/storage/${items[0]?.id ?? ''}`, { isDefault: false });
    const { site, backup } = await made('two-copies');
    expect(backup.copies.map((copy) => copy.state)).toEqual(['present', 'present']);
    const bundle = bundleOf(site, backup);
    damage(bundle, 100);
    rmSync(join(bundle, '..', storedNames(test, site.id).find((name) => name.endsWith('.ndjson.zst')) ?? ''), {
      force: true,
    });
    const response = await fetchRaw(`/backups/${backup.id}/file?path=files/index.html`);
    expect(await response.text()).toBe('<h1>two-copies</h1>');
    // A file where the second storage wants a folder: no upload can succeed there.
    rmSync(join(folder, 'sites'), { recursive: true, force: true });
    writeFileSync(join(folder, 'sites'), 'in the way');
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', warnings: [{ code: 'COPY_FAILED' }] });
    const copies = (await test.admin.backups(site.id))[0]?.copies ?? [];
    expect(new Map(copies.map((copy) => [copy.providerName, copy.state]))).toEqual(
      new Map([
        ['local', 'present'],
        ['second', 'missing'],
      ]),
    );
    expect((await test.admin.backups(site.id))[0]?.warnings).toBe(1);
    await test.admin.call('PATCH', `/storage/${second.id}`, { enabled: false });
  });

  it('may move with its copies, never away from them', async () => {
    const folders = ['before', 'after'].map((name) => join(test.folder, 'moving', name));
    const [before = '', after = ''] = folders;
    const settings = { path: before };
    const { id } = await test.admin.post<{ id: string }>('/storage', { name: 'moving', kind: 'local', settings });
    const site = await GatedSite.make(test, 'moving', { destinations: { mode: 'all', providers: [{ id }] } });
    expect((await site.backUp()).status).toBe('completed');
    cpSync(before, after, { recursive: true });
    rmSync(join(after, 'sites'), { recursive: true });
    const move = { settings: { path: after } };
    expect(await test.admin.call('PATCH', `/storage/${id}`, move)).toMatchObject({
      status: 409,
      body: { code: 'STORAGE_LACKS_COPIES', hint: expect.stringContaining('Move them there') as string },
    });
    const unchanged = await test.admin.get<{ settings: unknown }>(`/storage/${id}`);
    expect(unchanged.settings).toMatchObject({ path: before });
    cpSync(join(before, 'sites'), join(after, 'sites'), { recursive: true });
    expect(await test.admin.call('PATCH', `/storage/${id}`, move)).toMatchObject({ status: 200 });
    rmSync(before, { recursive: true });
    const [backup] = await test.admin.backups(site.id);
    expect(await verify(backup?.id ?? '', 'full')).toMatchObject({ status: 'completed', warnings: [] });
  });
});
