import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { DirectoryHandle } from '../../../src/engine/native/directory.js';
import { extractTree, measureSelection, selectEntries } from '../../../src/engine/snapshot/restore/index.js';
import { findEntry, type StoredBackup } from '../../../src/engine/snapshot/read/index.js';
import { SeededRandom, snapshotTree } from '../../../src/engine/testing/index.js';
import { BackupReader } from '../../../src/modules/backups/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { addPlace, backedUp, bundlePath, flip, manifestPath, type Place, siteIn, unmount } from './copies-support.js';
import { type GatedSite, useJobsApp } from './jobs-app.js';

const test = useJobsApp();
let site: GatedSite;
let [first, second]: [BackupDto | null, BackupDto | null] = [null, null];
let [one, two]: [Place, Place] = [
  { id: '', name: '', folder: '' },
  { id: '', name: '', folder: '' },
];
let expected: unknown;
let outs = 0;

beforeAll(async () => {
  one = await addPlace(test, 'one');
  two = await addPlace(test, 'two');
  site = await siteIn(test, 'best-copy', [one, two]);
  const random = new SeededRandom(77);
  mkdirSync(join(site.path, 'many'));
  for (let index = 0; index < 120; index++)
    writeFileSync(join(site.path, 'many', `${index}.txt`), `${index} `.repeat(random.below(4000)));
  // Several frames, some that compress and some that do not.
  writeFileSync(
    join(site.path, 'large.txt'),
    Array.from({ length: 150_000 }, (_, i) => `line ${i} ${i * 7919}`).join('\n'),
  );
  writeFileSync(join(site.path, 'noise.jpg'), randomBytes(1_500_000));
  first = await backedUp(test, site);
  second = await backedUp(test, site, 50_000);
  expected = await extracted(await open(made(second)));
}, 60_000);

function made(backup: BackupDto | null): BackupDto {
  if (backup === null) throw new Error('no backup');
  return backup;
}

const open = (backup: BackupDto): Promise<StoredBackup> =>
  test.app.get(BackupReader, { strict: false }).open(backup.id);
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
/** As if nothing was known of the objects: the first place is asked first. */
const forget = (): Promise<unknown> =>
  sql(`update stored_object set state = 'present', damaged_at = null, read_at = null, read_by = null`);
const badOnes = (): Promise<Record<string, unknown>[]> =>
  sql(`select provider_id, key, state from stored_object where state <> 'present'`);

/** The tree that a restore writes, by the threads' way. */
async function extracted(backup: StoredBackup, paths: string[] = []): Promise<unknown> {
  outs += 1;
  const out = join(test.folder, `out-${outs}`);
  mkdirSync(out, { mode: 0o700 });
  const root = DirectoryHandle.open(out);
  try {
    const selection = { prefix: 'files', paths };
    const facts = await measureSelection(backup, selection);
    await extractTree(backup, selectEntries(backup, selection, facts), root);
    return snapshotTree(out);
  } finally {
    root.close();
    rmSync(out, { recursive: true });
  }
}

async function contentOf(backup: StoredBackup, path: string): Promise<Buffer> {
  const entry = await findEntry(backup, Buffer.from(path));
  if (entry === null) throw new Error(`no ${path}`);
  return buffer(await backup.content(entry));
}

const get = (path: string): Promise<Response> =>
  fetch(test.operator.url + path, { headers: { Authorization: `Bearer ${test.operator.token ?? ''}` } });
/** Names and contents: times differ once a file was written again. */
const names = (tree: ReturnType<typeof snapshotTree>): unknown =>
  tree.map((fact) => ({ path: fact.path, content: 'content' in fact ? fact.content : null }));

describe('with single bits flipped in one of two copies', () => {
  it('every restore is equal, without an error', { timeout: 400_000 }, async () => {
    const random = new SeededRandom(4711);
    const [older, newer] = [made(first), made(second)];
    const paths = [bundlePath(one, site, older), bundlePath(one, site, newer), manifestPath(one, site, newer)];
    const sizes = paths.map((path) => readFileSync(path).length);
    let noted = 0;
    for (let round = 0; round < 22; round++) {
      const which = round % 3;
      const path = paths[which] ?? '';
      // The beginning and the end as well: headers, index, seek table.
      const size = sizes[which] ?? 0;
      const at = round % 4 === 3 ? random.below(Math.min(64, size)) : random.below(size);
      const position = round % 8 === 7 ? size - 1 - at : at;
      const bit = random.below(8);
      flip(path, position, bit);
      const backup = await open(newer);
      expect(await extracted(backup), `bit ${bit} of byte ${position} of ${path}`).toEqual(expected);
      // One file, and a folder.
      const name = ['large.txt', 'noise.jpg', 'many/7.txt'][random.below(3)] ?? '';
      const file = await contentOf(await open(newer), `files/${name}`).catch((error: unknown) => {
        throw new Error(`bit ${bit} of byte ${position} of ${path}`, { cause: error });
      });
      expect(file.equals(readFileSync(join(site.path, name)))).toBe(true);
      const listed = await test.operator.get<{ items: unknown[] }>(`/backups/${newer.id}/files?path=files/many`);
      expect(listed.items).toHaveLength(120);
      flip(path, position, bit);
      noted += (await badOnes()).length;
      expect((await badOnes()).filter((bad) => bad['provider_id'] !== one.id)).toEqual([]);
      await forget();
    }
    expect(noted).toBeGreaterThan(12);
  });

  it('a small restore is equal too, and all ways to read', async () => {
    const newer = made(second);
    const whole = await extracted(await open(newer), ['many/3.txt', 'index.html']);
    const bundle = bundlePath(one, site, made(first));
    const size = readFileSync(bundle).length;
    const random = new SeededRandom(12);
    for (let round = 0; round < 20; round++) {
      // Most of the file, so that its frames are hit.
      const positions = Array.from({ length: 30 }, () => random.below(size));
      flip(bundle, positions);
      expect(await extracted(await open(newer), ['many/3.txt', 'index.html'])).toEqual(whole);
      flip(bundle, positions);
      await forget();
    }
  });

  it('a download of the bundle and the text of the manifest are whole', async () => {
    const older = made(first);
    const good = readFileSync(bundlePath(two, site, older));
    flip(bundlePath(one, site, older), Math.floor(good.length / 2));
    flip(manifestPath(one, site, older), 300);
    const download = await get(`/backups/${older.id}/download`);
    expect(Buffer.from(await download.arrayBuffer()).equals(good)).toBe(true);
    expect((await (await get(`/backups/${older.id}/manifest`)).text()).trim().split('\n').length).toBeGreaterThan(120);
    flip(bundlePath(one, site, older), Math.floor(good.length / 2));
    flip(manifestPath(one, site, older), 300);
    const bad = await until('both to be noted', async () => ((await badOnes()).length === 2 ? badOnes() : null));
    expect(bad.map((row) => row['state'])).toEqual(['damaged', 'damaged']);
    await forget();
  });
});

describe('with damage in both copies', () => {
  it('in different frames of one file a restore is equal', async () => {
    const older = made(first);
    const size = readFileSync(bundlePath(one, site, older)).length;
    const hurt = (): void => {
      flip(bundlePath(one, site, older), Math.floor(size * 0.5));
      flip(bundlePath(two, site, older), Math.floor(size * 0.9));
      flip(bundlePath(one, site, older), Math.floor(size * 0.75));
    };
    hurt();
    expect(await extracted(await open(made(second)))).toEqual(expected);
    const noise = await contentOf(await open(made(second)), 'files/noise.jpg');
    expect(noise.equals(readFileSync(join(site.path, 'noise.jpg')))).toBe(true);
    hurt();
    await forget();
  });

  it('in the same frame it fails with an error, and the site stays as it was', async () => {
    const older = made(first);
    const size = readFileSync(bundlePath(one, site, older)).length;
    const at = Math.floor(size * 0.6);
    for (const place of [one, two]) flip(bundlePath(place, site, older), at);
    await expect(extracted(await open(made(second)))).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
    const before = snapshotTree(site.path);
    // This module writes the files of the top folder, one after the other.
    const job = await test.admin.post<JobDto>(`/backups/${made(second).id}/restore`, {});
    expect(await test.admin.ended(job.id)).toMatchObject({ status: 'failed', error: { code: 'BUNDLE_DAMAGED' } });
    expect(names(snapshotTree(site.path))).toEqual(names(before));
    for (const place of [one, two]) flip(bundlePath(place, site, older), at);
    await forget();
  });
});

describe('with a copy that can not be read at all', () => {
  it('a storage that is away, an object that is gone or cut: the other one is read', async () => {
    const back = unmount(one);
    expect(await extracted(await open(made(second)))).toEqual(expected);
    back();
    expect(await badOnes()).toEqual([]);
    const bundle = bundlePath(one, site, made(first));
    const bytes = readFileSync(bundle);
    rmSync(bundle);
    expect(await extracted(await open(made(second)))).toEqual(expected);
    const [gone] = await until('it to be noted', async () => ((await badOnes()).length > 0 ? badOnes() : null));
    expect(gone).toMatchObject({ provider_id: one.id, state: 'missing' });
    await forget();
    writeFileSync(bundle, bytes);
    truncateSync(bundle, Math.floor(bytes.length / 3));
    expect(await extracted(await open(made(second)))).toEqual(expected);
    writeFileSync(bundle, bytes);
    await forget();
    rmSync(manifestPath(one, site, made(second)));
    expect(await extracted(await open(made(second)))).toEqual(expected);
  });
});

// Threads then have open files and streams of the other copy to read at the same time.
describe('with so much content that every thread has work waiting', () => {
  let large: { site: GatedSite; backup: BackupDto; expected: unknown } | null = null;
  const it20 = { timeout: 20_000 };

  beforeAll(async () => {
    const here = await siteIn(test, 'large-copy', [one, two]);
    const random = new SeededRandom(78);
    for (const name of ['text', 'noise']) mkdirSync(join(here.path, name));
    for (let index = 0; index < 1500; index++)
      writeFileSync(join(here.path, 'text', `${index}.txt`), `${index} `.repeat(500 + random.below(3000)));
    for (let index = 0; index < 150; index++)
      writeFileSync(join(here.path, 'noise', `${index}.jpg`), randomBytes(200_000));
    const backup = await backedUp(test, here);
    large = { site: here, backup, expected: await extracted(await open(backup)) };
  }, 60_000);

  it.each([0.02, 0.3, 0.5, 0.7, 0.95])('one damaged place at %d of a copy: equal, and soon', it20, async (share) => {
    if (large === null) throw new Error('no site');
    const bundle = bundlePath(one, large.site, large.backup);
    const bytes = readFileSync(bundle);
    flip(bundle, Math.floor(bytes.length * share));
    expect(await extracted(await open(large.backup))).toEqual(large.expected);
    writeFileSync(bundle, bytes);
    await until('it to be noted', async () => (await badOnes()).length > 0);
    await forget();
  });

  it('a copy that is gone: equal, and soon', it20, async () => {
    if (large === null) throw new Error('no site');
    const bundle = bundlePath(one, large.site, large.backup);
    const bytes = readFileSync(bundle);
    rmSync(bundle);
    expect(await extracted(await open(large.backup))).toEqual(large.expected);
    writeFileSync(bundle, bytes);
    await until('it to be noted', async () => (await badOnes()).length > 0);
    await forget();
  });

  it('the same place damaged in both copies: an error, and soon', it20, async () => {
    if (large === null) throw new Error('no site');
    const { site: here, backup } = large;
    for (const place of [one, two]) {
      const bundle = bundlePath(place, here, backup);
      flip(bundle, Math.floor(readFileSync(bundle).length * 0.5));
    }
    await expect(extracted(await open(backup))).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
    // So no one takes the backup for good any more.
    const bad = await until('both to be noted', async () => ((await badOnes()).length > 1 ? badOnes() : null));
    expect(bad.map((row) => `${String(row['provider_id'])} ${String(row['state'])}`).toSorted()).toEqual(
      [one, two].map(({ id }) => `${id} damaged`).toSorted(),
    );
  });
});
