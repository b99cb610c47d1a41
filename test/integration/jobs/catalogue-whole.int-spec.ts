import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueTaskDto, RebuildReportDto, RecoveryReportDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import { portableTables } from '../../../src/database/index.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { SealedReader } from '../../../src/modules/catalogue/catalogue-file.js';
import { CatalogueSchedule } from '../../../src/modules/catalogue/catalogue-schedule.js';
import { newId } from '../../../src/common/ids.js';
import { SecretBox, SecretRotation } from '../../../src/modules/secrets/index.js';
import { SettingsService } from '../../../src/modules/settings/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import type { TestApi } from '../../support/api.js';
import { runSql } from '../../support/postgres.js';
import { makeScratch, until } from '../../support/scratch.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite, startJobsApp } from './jobs-app.js';

const sqlOf = (test: TestApp, text: string): Promise<Record<string, unknown>[]> =>
  runSql(test.config.databaseUrl ?? '', text);

async function task(api: TestApi, path: string, body: Record<string, unknown> = {}): Promise<CatalogueTaskDto> {
  const begun = await api.post<CatalogueTaskDto>(path, body);
  return until('the task to end', async () => {
    const now = await api.get<CatalogueTaskDto>(`/catalogue/tasks/${begun.id}`);
    return now.status === 'running' ? null : now;
  });
}

/** Rows of all portable tables as text, but for tokens: those of the first start differ. */
async function rowsOf(
  test: TestApp,
  tables = portableTables.map(({ name }) => name),
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of tables) {
    // What is observed changes by itself.
    const where = table === 'setting' ? `where not starts_with(key, 'observed.')` : '';
    const rows = await sqlOf(test, `select to_jsonb(t)::text as row from ${table} t ${where} order by 1`);
    found[table] = rows.map((row) => String(row['row']));
  }
  return found;
}

/** But for the note of the catalogue's backup itself, which is made after it. */
const others = (rows: string[] = []): string[] => rows.filter((row) => !row.includes('"catalogue.backup"'));

/** Whole in its place, as a new file. */
function damageBack(path: string, bytes: Buffer): void {
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
}

/** The rows of a catalogue backup. */
async function contentOf(path: string, box: SecretBox): Promise<{ table: string; row: Record<string, unknown> }[]> {
  const parts: Buffer[] = [];
  const reader = await SealedReader.open(path, (keyId) => box.key(keyId));
  for await (const part of reader.content()) parts.push(part);
  const lines = zstdDecompressSync(Buffer.concat(parts)).toString().trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'end' });
  return lines.slice(1, -1).map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> });
}

/** A place outside of any data dir. */
const shelf = makeScratch('shelf');
const storagePath = join(shelf.path, 'storage');
const catalogueFiles = (): string[] =>
  readdirSync(join(storagePath, 'catalogue'))
    .filter((name) => name.endsWith('.backupd'))
    .toSorted();
const addShelf = async (test: TestApp): Promise<string> =>
  (
    await test.admin.post<{ id: string }>('/storage', {
      name: 'shelf',
      kind: 'local',
      settings: { path: storagePath },
      isDefault: true,
    })
  ).id;

let first: TestApp;
let firstShelf: string;
const sites: GatedSite[] = [];
beforeAll(async () => {
  first = await startJobsApp();
  // The shelf alone: what lies in the data dir is lost with it.
  const [own] = (await first.admin.get<{ items: { id: string }[] }>('/storage')).items;
  firstShelf = await addShelf(first);
  await first.admin.call('PATCH', `/storage/${own?.id ?? ''}`, { isDefault: false, enabled: false });
  for (const name of ['one', 'two', 'three']) {
    const overrides = { DB_PASSWORD: `secret of ${name}`, DB_HOST: 'db' };
    // What schedules choose by: a site that comes back without it would not be backed up.
    const chosenBy = { labels: ['shop', name], timeZone: 'Europe/Berlin' };
    const site = await GatedSite.make(first, name, { overrides, ...chosenBy });
    sites.push(site);
    await site.backUp();
    writeFileSync(join(site.path, 'index.html'), 'changed');
    await site.backUp();
  }
  await first.app.get(SettingsService).set('test', { open: 1 }, { token: 'sealed token' });
});
afterAll(async () => {
  await first.close();
  shelf.remove();
});

describe('the backup of the catalogue', () => {
  it('goes sealed to every enabled storage, and nothing in it is in the clear', async () => {
    const done = await task(first.admin, '/catalogue/backups');
    expect(done).toMatchObject({
      status: 'completed',
      report: { stored: ['shelf'], failed: [], rows: { site: 3, backup: 6 } },
    });
    const bytes = readFileSync(join(storagePath, String(done.report?.['key'])));
    for (const text of ['secret of', 'index.html', 'shelf', 'plain', 'setting'])
      expect(bytes.includes(text)).toBe(false);
    expect(bytes.subarray(0, bytes.indexOf('\n')).toString()).toContain(first.app.get(SecretBox).keyId);
    expect(readdirSync(first.config.paths.work)).toEqual([]);
    const shown = await first.admin.get<{ lastBackupAt: string }>('/catalogue');
    expect(Date.parse(shown.lastBackupAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('keeps the last 14 of this master, and those of others', async () => {
    const other = 'catalogue/20200101T000000Z-01a20b8c-d788-7649-97a8-12ebda60f327.backupd';
    writeFileSync(join(storagePath, other), 'x');
    const name = catalogueFiles().at(-1) ?? '';
    for (let day = 1; day <= 20; day += 1)
      writeFileSync(
        join(storagePath, 'catalogue', name.replace(/^\d{8}/, `202001${String(day).padStart(2, '0')}`)),
        'old',
      );
    await task(first.admin, '/catalogue/backups');
    const names = catalogueFiles();
    expect(names.filter((each) => each.endsWith(name.slice(16)))).toHaveLength(14);
    expect(names).toContain(other.slice('catalogue/'.length));
    rmSync(join(storagePath, other));
  });

  it('counts only where the answer is right; one storage that fails is told, all of them are an error', async () => {
    const path = join(shelf.path, 'second');
    const second = await first.admin.post<{ id: string }>('/storage', {
      name: 'second',
      kind: 'local',
      settings: { path },
    });
    const driverOf = (id: string): Promise<StorageDriver> => first.app.get(StorageService).driver(id);
    const liar = await driverOf(second.id);
    const stat = liar.stat.bind(liar);
    liar.stat = async (key) => {
      const found = await stat(key);
      return found === null ? null : { ...found, size: found.size + 1 };
    };
    const done = await task(first.admin, '/catalogue/backups');
    const failed = [{ provider: 'second', code: 'UPLOAD_MISMATCH' }];
    expect(done).toMatchObject({ status: 'completed', report: { stored: ['shelf'], failed } });
    const { lastBackupAt } = await first.admin.get<{ lastBackupAt: string }>('/catalogue');
    const whole = await driverOf(firstShelf);
    whole.put = () => Promise.reject(new AppError({ code: 'STORAGE_FULL', kind: 'storage', message: 'It is full.' }));
    try {
      const none = await task(first.admin, '/catalogue/backups');
      expect(none).toMatchObject({ status: 'failed', error: { code: 'CATALOGUE_NOT_STORED' } });
      expect(none.error?.message).toContain('It is full.');
    } finally {
      Reflect.deleteProperty(whole, 'put');
    }
    // So it is due as before.
    expect(await first.admin.get('/catalogue')).toMatchObject({ lastBackupAt });
    expect((await first.admin.call('DELETE', `/storage/${second.id}`)).status).toBe(204);
  });

  it('is made once a day, at once after a change of the key, and never of nothing', async () => {
    const schedule = first.app.get(CatalogueSchedule);
    const idle = (): Promise<unknown> =>
      until(
        'idle',
        async () => (await first.admin.get<{ task: CatalogueTaskDto }>('/catalogue')).task.status !== 'running',
      );
    expect(await schedule.runIfDue()).toBe(false);
    await first.app.get(SettingsService).set('catalogue.backup', {
      at: new Date(Date.now() - 86_000_000).toISOString(),
      keyId: first.app.get(SecretBox).keyId,
    });
    expect(await schedule.runIfDue()).toBe(true);
    await idle();
    expect(await schedule.runIfDue()).toBe(false);
    await first.app.get(SecretRotation).rotate();
    expect(await schedule.runIfDue()).toBe(true);
    await idle();
    const empty = await startJobsApp();
    expect(await empty.app.get(CatalogueSchedule).runIfDue()).toBe(false);
    await empty.close();
  });

  it('is a consistent snapshot while backups run', async () => {
    const [site] = sites;
    if (site === undefined) throw new Error('no site');
    const state = { running: true };
    const running = (async () => {
      for (let i = 0; state.running; i += 1) {
        writeFileSync(join(site.path, 'index.html'), `round ${i}`);
        await site.backUp();
      }
    })();
    const counts = new Set<number>();
    // Backups must have come between, however slow they are.
    for (let i = 0; i < 6 || counts.size < 2; i += 1) {
      const done = await task(first.admin, '/catalogue/backups');
      const rows = await contentOf(join(storagePath, String(done.report?.['key'])), first.app.get(SecretBox));
      const of = (table: string): Record<string, unknown>[] =>
        rows.flatMap((row) => (row.table === table ? [row.row] : []));
      const keys = new Set(of('stored_object').map((row) => row['key']));
      const bundles = new Set(of('backup_bundle').map((row) => row['bundle_key']));
      const copies = new Set(of('backup_copy').map((row) => row['backup_id']));
      for (const backup of of('backup')) {
        expect(keys.has(backup['manifest_key']) && keys.has(backup['bundle_key'])).toBe(true);
        expect(bundles.has(backup['bundle_key']) && copies.has(backup['id'])).toBe(true);
      }
      expect(copies.size).toBe(of('backup').length);
      counts.add(copies.size);
    }
    state.running = false;
    await running;
  });
});

describe('a catalogue from manifests alone', () => {
  let second: TestApp;
  let providerId: string;
  beforeEach(async () => {
    second = await startJobsApp();
    providerId = await addShelf(second);
  });
  afterEach(() => second.close());
  const rebuild = async (): Promise<RebuildReportDto> => {
    const done = await task(second.admin, '/catalogue/rebuild', { providerId });
    expect(done.error).toBeNull();
    return done.report as unknown as RebuildReportDto;
  };

  it('has every site and backup again, and a second time changes nothing; then a restore works', async () => {
    const total = (await sqlOf(first, 'select id from backup')).length;
    const report = await rebuild();
    expect(report.sites).toEqual({ entered: 3, known: 0, conflict: 0, refused: 0 });
    expect(report.backups).toEqual({ adopted: total, known: 0, damaged: 0, incomplete: 0, later: 0 });
    const facts = async (test: TestApp): Promise<unknown[]> => [
      await sqlOf(
        test,
        `select to_jsonb(b) - 'job_id' - 'created_at' - 'warning_count' as row from backup b order by id`,
      ),
      await sqlOf(test, `select to_jsonb(b) as row from backup_bundle b order by backup_id, bundle_key`),
      await sqlOf(test, `select key, kind, site_id, size, sha256, state from stored_object order by key`),
      await sqlOf(test, `select backup_id, state, size from backup_copy order by backup_id`),
      await sqlOf(
        test,
        `select id, name, url, path, module, settings, excludes, paused, retention, labels, time_zone from site order by id`,
      ),
    ];
    expect(await facts(second)).toEqual(await facts(first));
    expect(await sqlOf(second, `select labels, time_zone from site where labels ? 'one'`)).toEqual([
      { labels: ['one', 'shop'], time_zone: 'Europe/Berlin' },
    ]);
    // What is no secret came back too.
    expect(await sqlOf(second, `select distinct overrides from site`)).toEqual([
      { overrides: { DB_HOST: { value: 'db' } } },
    ]);
    const before = await rowsOf(second);
    expect((await rebuild()).backups).toEqual({ adopted: 0, known: total, damaged: 0, incomplete: 0, later: 0 });
    expect(await rowsOf(second)).toEqual(before);
    const [site] = sites;
    const [newest] = await second.admin.backups(site?.id ?? '');
    const target = join(second.folder, 'restored');
    expect(await second.admin.restore(newest?.id ?? '', { targetPath: target })).toMatchObject({ status: 'completed' });
    // The tests' module restores the top folder.
    for (const name of ['index.html', 'ü & "odd" (1).txt'])
      expect(readFileSync(join(target, name))).toEqual(readFileSync(join(site?.path ?? '', name)));
    expect((await second.admin.backUp(site?.id ?? '')).status).toBe('completed');
  });

  it('adds to a catalogue that has some, and goes on where it was cut off', async () => {
    await rebuild();
    const before = (await sqlOf(second, 'select id from backup order by id')).map((row) => row['id']);
    const [one] = sites;
    await sqlOf(
      second,
      `delete from backup_copy where backup_id in (select id from backup where site_id = '${one?.id ?? ''}')`,
    );
    await sqlOf(second, `delete from backup where site_id = '${one?.id ?? ''}'`);
    await sqlOf(second, `delete from site where id = '${sites[1]?.id ?? ''}'`);
    const report = await rebuild();
    expect(report.sites).toMatchObject({ entered: 1, known: 2 });
    expect(report.backups.adopted).toBeGreaterThan(0);
    expect((await sqlOf(second, 'select id from backup order by id')).map((row) => row['id'])).toEqual(before);
  });

  it('says which sites have their folder taken, and pauses those whose folder is not here', async () => {
    const [one, two] = sites;
    const taken = await second.admin.addSite(one?.path ?? '', { module: 'plain', name: 'taken' });
    renameSync(two?.path ?? '', `${two?.path ?? ''}.away`);
    try {
      const report = await rebuild();
      expect(report.sites).toEqual({ entered: 2, known: 0, conflict: 1, refused: 0 });
      expect(report.findings.map(({ key, code }) => `${key} ${code}`).toSorted()).toEqual(
        [`sites/${one?.id ?? ''} SITE_CONFLICT`, `sites/${two?.id ?? ''} SITE_ENTERED`].toSorted(),
      );
      expect(report.findings.some(({ message }) => message.includes(taken.id))).toBe(true);
      expect(await sqlOf(second, 'select id from site where paused')).toEqual([{ id: two?.id }]);
      // Its backups can be restored all the same.
      expect((await second.admin.backups(one?.id ?? '')).length).toBeGreaterThan(1);
    } finally {
      renameSync(`${two?.path ?? ''}.away`, two?.path ?? '');
    }
  });

  it('keeps what was on nodes apart from this host, where others may have the same folders', async () => {
    const nodeId = newId();
    const file = join(storagePath, 'sites', sites[2]?.id ?? '', 'site.json');
    const before = readFileSync(file);
    const about = JSON.parse(before.toString()) as Record<string, unknown>;
    expect(about).toMatchObject({ nodeId: null });
    rmSync(file);
    writeFileSync(file, JSON.stringify({ ...about, nodeId, path: sites[0]?.path }));
    try {
      const report = await rebuild();
      expect(report.sites).toEqual({ entered: 3, known: 0, conflict: 0, refused: 0 });
      expect(report.findings).toMatchObject([{ code: 'SITE_ENTERED', message: expect.stringContaining('sites move') }]);
      expect(await sqlOf(second, 'select id, node_id, path from site where paused')).toEqual([
        { id: sites[2]?.id, node_id: nodeId, path: sites[0]?.path },
      ]);
    } finally {
      damageBack(file, before);
    }
  });

  it('tells of damaged and incomplete backups, and of a site without site.json, and takes the rest', async () => {
    const folder = join(storagePath, 'sites', sites[2]?.id ?? '');
    const names = readdirSync(folder).toSorted();
    const manifests = names.filter((name) => name.includes('.manifest.'));
    const kept = join(shelf.path, 'kept');
    mkdirSync(kept);
    for (const name of names) writeFileSync(join(kept, name), readFileSync(join(folder, name)));
    const damage = (name: string, bytes: Buffer): void => {
      rmSync(join(folder, name));
      writeFileSync(join(folder, name), bytes);
    };
    damage(manifests[0] ?? '', Buffer.from('not a manifest'));
    rmSync(join(folder, (manifests[1] ?? '').replace('.manifest.ndjson.zst', '.tar.zst')));
    rmSync(join(folder, 'site.json'));
    try {
      const report = await rebuild();
      expect(report.backups).toMatchObject({ damaged: 1, incomplete: 1 });
      expect(report.findings.map(({ code }) => code).toSorted()).toEqual(['BACKUP_INCOMPLETE', 'MANIFEST_DAMAGED']);
      expect(report.sites.entered).toBe(3);
      expect(await second.admin.backups(sites[2]?.id ?? '')).toEqual([]);
    } finally {
      for (const name of names) damageBack(join(folder, name), readFileSync(join(kept, name)));
      rmSync(kept, { recursive: true });
    }
    expect((await rebuild()).backups).toMatchObject({ adopted: 2, damaged: 0, incomplete: 0 });
  });
});

describe('a catalogue from its sealed backup', () => {
  let second: TestApp;
  let providerId: string;
  let secretKey: string;
  beforeEach(async () => {
    second = await startJobsApp();
    providerId = await addShelf(second);
    const box = first.app.get(SecretBox);
    secretKey = box.key(box.keyId).toString('base64');
  });
  afterEach(() => second.close());

  it('comes back with everything, its secrets, and what was stored since', async () => {
    await task(first.admin, '/catalogue/backups');
    const expected = await rowsOf(first);
    const [, two] = sites;
    expect((await two?.backUp())?.status).toBe('completed');
    const newer = (await first.admin.backups(two?.id ?? ''))[0];
    const shown = await second.admin.get<{ items: { canOpen: boolean; host: string | null }[] }>(
      `/catalogue/backups?providerId=${providerId}`,
    );
    expect(shown.items[0]).toMatchObject({ canOpen: false, host: expect.any(String) as string });
    const done = await task(second.admin, '/catalogue/recover', { providerId, secretKey });
    expect(done.error).toBeNull();
    const report = done.report as unknown as RecoveryReportDto;
    expect(report.unreadableSecrets).toBe(0);
    expect(report.rows['backup']).toBe(expected['backup']?.length);
    const compared = report.providers.find(({ id }) => id === firstShelf);
    const stored = sites.flatMap(({ id }) =>
      readdirSync(join(storagePath, 'sites', id)).filter((each) => each.includes('.manifest.')),
    );
    expect(compared?.rebuilt?.backups.adopted).toBe(stored.length - (expected['backup']?.length ?? 0));
    expect(compared?.rebuilt?.missing).toBe(0);
    // But for the comparison it is the catalogue as it was.
    for (const table of ['site', 'setting', 'quota'])
      expect(others((await rowsOf(second, [table]))[table])).toEqual(others(expected[table]));
    const ids = (await sqlOf(second, 'select id from backup')).map((row) => row['id']);
    expect(ids).toEqual(expect.arrayContaining((await sqlOf(first, 'select id from backup')).map((row) => row['id'])));
    expect(ids).toHaveLength(stored.length);
    const tokens = (await rowsOf(second, ['api_token']))['api_token'] ?? [];
    for (const token of expected['api_token'] ?? [])
      expect(tokens.some((row) => row.includes((JSON.parse(token) as { hash: string }).hash))).toBe(true);
    expect(await second.app.get(SettingsService).secretsOf('test')).toEqual({ token: 'sealed token' });
    expect(second.app.get(SecretBox).keyId).toBe(first.app.get(SecretBox).keyId);
    const box = await SecretBox.open(second.config.paths.secretKey);
    expect(box.keyId).toBe(first.app.get(SecretBox).keyId);
    // The token of the lost server lets in again, and its newest backup can be restored.
    const old = second.admin.as(first.admin.token);
    const target = join(second.folder, 'restored');
    expect(await old.restore(newer?.id ?? '', { targetPath: target })).toMatchObject({ status: 'completed' });
    expect(readFileSync(join(target, 'index.html'))).toEqual(readFileSync(join(two?.path ?? '', 'index.html')));
    expect((await old.backUp(two?.id ?? '')).status).toBe('completed');
    expect(await second.admin.call('POST', '/catalogue/recover', { providerId: firstShelf, secretKey })).toMatchObject({
      status: 409,
      body: { code: 'CATALOGUE_NOT_EMPTY' },
    });
  });

  it('refuses another key, no key, and what is no key, and leaves everything as it was', async () => {
    await task(first.admin, '/catalogue/backups');
    const before = await rowsOf(second);
    const keyId = second.app.get(SecretBox).keyId;
    for (const body of [{ secretKey: randomBytes(32).toString('hex') }, {}])
      expect((await task(second.admin, '/catalogue/recover', { providerId, ...body })).error).toMatchObject({
        code: 'SECRET_UNREADABLE',
      });
    expect(await second.admin.call('POST', '/catalogue/recover', { providerId, secretKey: 'swordfish' })).toMatchObject(
      {
        status: 400,
        body: { code: 'SECRET_KEY_MALFORMED' },
      },
    );
    expect(
      await second.admin.call('POST', '/catalogue/recover', { providerId, key: 'catalogue/none.backupd' }),
    ).toMatchObject({ status: 202 });
    await until(
      'it to end',
      async () => (await second.admin.get<{ task: CatalogueTaskDto }>('/catalogue')).task.status !== 'running',
    );
    expect((await second.admin.get<{ task: CatalogueTaskDto }>('/catalogue')).task.error?.code).toBe(
      'CATALOGUE_BACKUP_NOT_FOUND',
    );
    expect(await rowsOf(second)).toEqual(before);
    expect(second.app.get(SecretBox).keyId).toBe(keyId);
  });

  it('refuses a changed or cut one, wherever, and leaves everything as it was', async () => {
    const done = await task(first.admin, '/catalogue/backups');
    const key = String(done.report?.['key']);
    const whole = readFileSync(join(storagePath, key));
    const before = await rowsOf(second);
    for (let round = 0; round < 12; round += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor((round / 12) * whole.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8));
      damageBack(join(storagePath, key), round % 4 === 3 ? whole.subarray(0, at) : bytes);
      const { error } = await task(second.admin, '/catalogue/recover', { providerId, secretKey, key });
      expect(error?.code).toMatch(/^(CATALOGUE_DAMAGED|CATALOGUE_FORMAT_UNSUPPORTED|SECRET_UNREADABLE)$/);
    }
    damageBack(join(storagePath, key), whole);
    expect(await rowsOf(second)).toEqual(before);
    expect((await task(second.admin, '/catalogue/recover', { providerId, secretKey, key })).error).toBeNull();
  });

  it('marks what is gone from the storage since', async () => {
    await task(first.admin, '/catalogue/backups');
    const folder = join(storagePath, 'sites', sites[2]?.id ?? '');
    const [name = ''] = readdirSync(folder)
      .filter((each) => each.includes('.manifest.'))
      .toSorted()
      .toReversed();
    const bytes = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    try {
      const { report } = await task(second.admin, '/catalogue/recover', { providerId, secretKey });
      expect(
        (report as unknown as RecoveryReportDto).providers.find(({ id }) => id === firstShelf)?.rebuilt?.missing,
      ).toBe(1);
      const states = await sqlOf(
        second,
        `select c.state from backup_copy c join backup b on b.id = c.backup_id where b.manifest_key like '%${name}'`,
      );
      expect(states).toEqual([{ state: 'missing' }]);
    } finally {
      writeFileSync(join(folder, name), bytes);
    }
  });

  it('takes nothing for read back that could not be looked at, and knows what was lost with the data folder', async () => {
    const emptied = await first.admin.post<{ id: string }>('/storage', {
      name: 'emptied',
      kind: 'local',
      settings: { path: join(shelf.path, 'emptied') },
    });
    const inside = newId();
    try {
      await sqlOf(
        first,
        `insert into storage_provider (id, name, kind, settings, is_default, enabled, created_at, updated_at)
          values ('${inside}', 'inside', 'local', '{"path": "${second.config.paths.storage}"}', false, true, now(), now())`,
      );
      for (const id of [emptied.id, inside]) {
        await sqlOf(
          first,
          `insert into backup_copy (backup_id, provider_id, state, size, verified_at, created_at)
            select backup_id, '${id}', 'verified', size, now(), now() from backup_copy where provider_id = '${firstShelf}'`,
        );
        await sqlOf(
          first,
          `insert into stored_object (provider_id, key, kind, site_id, size, sha256, state, read_at, read_by, created_at)
            select '${id}', key, kind, site_id, size, sha256, 'present', now(), 'verify', now() from stored_object
              where provider_id = '${firstShelf}'`,
        );
      }
      await task(first.admin, '/catalogue/backups');
      const { report } = await task(second.admin, '/catalogue/recover', { providerId, secretKey });
      const providers = (report as unknown as RecoveryReportDto).providers;
      expect(providers.find(({ id }) => id === inside)?.rebuilt?.missing).toBeGreaterThan(0);
      expect(JSON.stringify(providers.find(({ id }) => id === emptied.id))).toContain('RECONCILIATION_DOUBTFUL');
      const states = await sqlOf(
        second,
        `select distinct p.name, c.state from backup_copy c join storage_provider p on p.id = c.provider_id
          where p.name in ('inside', 'emptied') order by p.name`,
      );
      expect(states).toEqual([
        { name: 'emptied', state: 'present' },
        { name: 'inside', state: 'missing' },
      ]);
    } finally {
      for (const table of ['backup_copy', 'stored_object'])
        await sqlOf(first, `delete from ${table} where provider_id in ('${emptied.id}', '${inside}')`);
      await sqlOf(first, `delete from storage_provider where id in ('${emptied.id}', '${inside}')`);
    }
  });
});
