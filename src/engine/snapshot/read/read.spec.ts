import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Readable } from 'node:stream';
import {
  CountingStorageDriver,
  makeHandMadeBackup,
  MemoryStorageDriver,
  SeededRandom,
  type HandMadeBackup,
  type HandMadeEntry,
} from '../../testing/index.js';
import { entryPath, type ManifestEntry } from '../manifest/index.js';
import { findEntry, listFolder, manifestText, openBackup, streamManifest, type StoredBackup } from './index.js';

const random = new SeededRandom(11);

async function open(
  entries: readonly HandMadeEntry[],
  options: Parameters<typeof makeHandMadeBackup>[2] = {},
): Promise<{
  backup: StoredBackup;
  memory: MemoryStorageDriver;
  counting: CountingStorageDriver;
  made: HandMadeBackup;
}> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, entries, options);
  const counting = new CountingStorageDriver(memory);
  const backup = await openBackup(counting, { manifestKey: made.manifestKey });
  return { backup, memory, counting, made };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function read(content: Promise<Readable>): Promise<Buffer> {
  return buffer(await content);
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await collect(pieces));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function numbered(count: number, size: () => number): HandMadeEntry[] {
  return [
    { path: 'files', type: 'dir' },
    ...Array.from({ length: count }, (_, i) => ({
      path: `files/f${String(i).padStart(5, '0')}`,
      content: random.bytes(size()),
    })),
  ];
}

describe('reading a stored backup', () => {
  it('gives every content, small, empty, and spanning many frames', async () => {
    const entries: HandMadeEntry[] = [
      { path: 'files', type: 'dir' },
      { path: 'files/a', content: Buffer.from('small') },
      { path: 'files/b', content: Buffer.alloc(0) },
      { path: 'files/c', content: random.bytes(1_000_000) },
      { path: 'files/d', content: random.bytes(65_536 - 512) },
      { path: 'files/e', content: Buffer.from('after') },
    ];
    const { backup } = await open(entries);
    const manifest = await collect(backup.entries());
    for (const [index, entry] of manifest.entries()) {
      if (entry.type !== 'file') continue;
      expect((await read(backup.content(entry))).equals(entries[index]?.content ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('fetches only the range of one file', async () => {
    const entries = numbered(200, () => 50_000);
    const { backup, counting } = await open(entries);
    const entry = await findEntry(backup, Buffer.from('files/f00100'));
    if (entry?.in === undefined) throw new Error('not found');
    counting.reads.length = 0;
    counting.bytesRead = 0;
    expect((await read(backup.content(entry))).length).toBe(50_000);
    expect(counting.reads).toHaveLength(1);
    expect(counting.bytesRead).toBe(entry.in.length);
    expect(counting.bytesRead).toBeLessThan(200_000);
  });

  it('reads many entries with each frame fetched once, in bundle order and nearly so', async () => {
    const entries = numbered(300, () => random.below(20_000));
    // The packer groups by kind within a window: a shuffle of neighbours.
    const order = entries
      .map((_, i) => i)
      .toSorted((a, b) => Math.floor(a / 40) - Math.floor(b / 40) || (a % 7) - (b % 7));
    const { backup, counting, made } = await open(entries, { order });
    const manifest = await collect(backup.entries());
    counting.bytesRead = 0;
    let at = 0;
    for await (const { entry, pieces } of backup.stored(each(manifest.slice(1)))) {
      at++;
      expect(entryPath(entry).toString()).toBe(entries[at]?.path);
      expect((await joined(pieces)).equals(entries[at]?.content ?? Buffer.alloc(0))).toBe(true);
    }
    expect(at).toBe(300);
    expect(counting.bytesRead).toBeLessThanOrEqual(made.bundle.size * 1.05);
  });

  it('gives the same in memory that is used again, whatever the order and however little is kept', async () => {
    const entries = numbered(300, () => random.below(60_000));
    const { memory, made } = await open(entries);
    const { manifestKey } = made;
    const backup = await openBackup(memory, { manifestKey, cacheBytes: 1 });
    const manifest = (await collect(backup.entries())).slice(1);
    for (const order of [manifest, manifest.toSorted(() => random.next() - 0.5)]) {
      let n = 0;
      for await (const { entry, pieces } of backup.stored(each(order), undefined, { passing: true })) {
        const sha256 = createHash('sha256');
        for await (const piece of pieces) sha256.update(piece);
        n++;
        expect(sha256.digest('hex')).toBe(entry.sha256 ?? createHash('sha256').digest('hex'));
      }
      expect(n).toBe(300);
    }
  });

  it('entries in any order, and contents that are left early, come out right', async () => {
    const entries = numbered(60, () => 30_000);
    const { backup } = await open(entries);
    const manifest = (await collect(backup.entries())).slice(1);
    const shuffled = manifest.toSorted(() => random.next() - 0.5);
    let n = 0;
    for await (const { entry, pieces } of backup.stored(each(shuffled))) {
      if (n++ % 3 === 0) {
        // Left after its first bytes.
        const left = pieces[Symbol.asyncIterator]();
        await left.next();
        await left.return?.();
        continue;
      }
      const expected = entries.find((candidate) => candidate.path === entry.path)?.content ?? Buffer.alloc(0);
      expect((await joined(pieces)).equals(expected)).toBe(true);
    }
    expect(n).toBe(60);
  });

  it('expands holes and follows a hard link to its content', async () => {
    const stored = random.bytes(3000);
    const { backup } = await open([
      { path: 'files', type: 'dir' },
      { path: 'files/h', type: 'hardlink', target: 'files/s' },
      {
        path: 'files/s',
        content: stored,
        size: 3_000_000,
        extents: [
          [1_000_000, 1000],
          [2_500_000, 2000],
        ],
      },
      { path: 'files/z', size: 5_000_000, extents: [] },
    ]);
    const expected = Buffer.alloc(3_000_000);
    stored.copy(expected, 1_000_000, 0, 1000);
    stored.copy(expected, 2_500_000, 1000);
    for (const path of ['files/s', 'files/h']) {
      const entry = await findEntry(backup, Buffer.from(path));
      if (entry === null) throw new Error('not found');
      expect((await read(backup.content(entry))).equals(expected)).toBe(true);
    }
    const hole = await findEntry(backup, Buffer.from('files/z'));
    expect(hole === null ? null : (await read(backup.content(hole))).equals(Buffer.alloc(5_000_000))).toBe(true);
    const [folder] = await collect(backup.entries());
    if (folder === undefined) throw new Error('no folder');
    await expect(backup.content(folder)).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_A_FILE' });
  });

  it('reads content out of several bundles', async () => {
    const memory = new MemoryStorageDriver();
    const old = await makeHandMadeBackup(memory, [{ path: 'files/old', content: random.bytes(200_000) }], {
      name: 'old',
    });
    const oldEntry = old.entries[0];
    if (oldEntry?.in === undefined) throw new Error('no entry');
    const made = await makeHandMadeBackup(
      memory,
      [
        { path: 'files/new', content: Buffer.from('new') },
        { ...oldEntry, in: { ...oldEntry.in, bundle: 3 } },
      ],
      { name: 'new', otherBundles: [{ ...old.bundle, id: 3 }] },
    );
    const backup = await openBackup(memory, { manifestKey: made.manifestKey });
    const sizes: number[] = [];
    for await (const { pieces } of backup.stored(backup.entries())) sizes.push((await joined(pieces)).length);
    expect(sizes).toEqual([3, 200_000]);
  });

  it('notices a flipped bit anywhere in the bundle that an entry uses, and names the path', async () => {
    const entries = numbered(20, () => 20_000);
    const { backup, memory, made } = await open(entries);
    const manifest = (await collect(backup.entries())).slice(1);
    const object = memory.objects.get(made.bundleKey);
    if (object === undefined) throw new Error('no bundle');
    const seeded = new SeededRandom(3);
    for (let round = 0; round < 60; round++) {
      const entry = seeded.pick(manifest);
      const location = entry.in;
      if (location === undefined) continue;
      const at = location.offset + seeded.below(location.length);
      const bit = 1 << seeded.below(8);
      object.bytes[at] = (object.bytes[at] ?? 0) ^ bit;
      await expect(read(backup.content(entry))).rejects.toMatchObject({
        code: 'BUNDLE_DAMAGED',
        context: { path: entry.path },
      });
      object.bytes[at] ^= bit;
      expect((await read(backup.content(entry))).length).toBe(entry.size);
    }
  });

  it('damage in one place leaves the other contents readable', async () => {
    const entries = numbered(30, () => 20_000);
    const { backup, memory, made } = await open(entries, { frameBytes: 20_512 });
    const object = memory.objects.get(made.bundleKey);
    const victim = made.entries[10]?.in;
    if (object === undefined || victim === undefined) throw new Error('no bundle');
    object.bytes[victim.offset] = 0;
    const damaged: string[] = [];
    let good = 0;
    for await (const { entry, pieces } of backup.stored(each(made.entries.slice(1)))) {
      await joined(pieces).then(
        () => good++,
        () => damaged.push(entry.path ?? ''),
      );
    }
    expect(damaged).toEqual(['files/f00009']);
    expect(good).toBe(29);
  });

  it('a cut, missing or false bundle and a false location are BUNDLE_DAMAGED', async () => {
    const entries = numbered(10, () => 50_000);
    const damages: ((memory: MemoryStorageDriver, entry: ManifestEntry, key: string) => void)[] = [
      (memory, _entry, key) => memory.objects.delete(key),
      (memory, entry, key) => {
        const object = memory.objects.get(key);
        if (object !== undefined) object.bytes = object.bytes.subarray(0, (entry.in?.offset ?? 0) + 100);
      },
      (_memory, entry) => Object.assign(entry.in ?? {}, { offset: (entry.in?.offset ?? 0) + 1 }),
      (_memory, entry) => Object.assign(entry.in ?? {}, { length: (entry.in?.length ?? 0) - 1 }),
      (_memory, entry) => Object.assign(entry.in ?? {}, { skip: 10_000_000 }),
      (_memory, entry) => Object.assign(entry.in ?? {}, { bundle: 9 }),
      (_memory, entry) => Object.assign(entry, { sha256: '0'.repeat(64) }),
      (_memory, entry) => Object.assign(entry, { size: 9_000_000 }),
      (_memory, entry) => Reflect.deleteProperty(entry, 'in'),
    ];
    for (const damage of damages) {
      const { backup, memory, made } = await open(entries);
      const entry = structuredClone(made.entries[5]);
      if (entry === undefined) throw new Error('no entry');
      damage(memory, entry, made.bundleKey);
      await expect(read(backup.content(entry)), damage.toString()).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
    }
  });

  it('a manifest that is missing, cut, flipped or unknown is refused', async () => {
    const { memory, made, backup } = await open(numbered(2000, () => 3));
    const object = memory.objects.get(made.manifestKey);
    if (object === undefined) throw new Error('no manifest');
    const whole = Buffer.from(object.bytes);
    const seeded = new SeededRandom(5);
    for (let round = 0; round < 80; round++) {
      object.bytes = Buffer.from(whole);
      const at = seeded.below(whole.length);
      object.bytes[at] = (object.bytes[at] ?? 0) ^ (1 << seeded.below(8));
      await expect(collect(streamManifest(memory, made.manifestKey)), `at ${at}`).rejects.toMatchObject({
        code: 'MANIFEST_DAMAGED',
      });
    }
    object.bytes = whole.subarray(0, whole.length - 1);
    await expect(collect(backup.entries())).rejects.toMatchObject({ code: 'MANIFEST_DAMAGED' });
    memory.objects.delete(made.manifestKey);
    await expect(openBackup(memory, { manifestKey: made.manifestKey })).rejects.toMatchObject({
      code: 'MANIFEST_DAMAGED',
    });
  });

  it('gives the manifest as text', async () => {
    const { memory, made } = await open(numbered(700, () => 1));
    const text = (await buffer(await manifestText(memory, made.manifestKey))).toString();
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(703);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'trailer', entries: 701 });
  });

  it('holds little memory for a file of any size', async () => {
    const content = Buffer.alloc(200 * 1024 * 1024);
    const { backup, made } = await open([{ path: 'files/large', content }], { frameBytes: 1024 * 1024 });
    const [entry] = made.entries;
    if (entry === undefined) throw new Error('no entry');
    let peak = 0;
    let bytes = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const chunk of await backup.content(entry)) {
      if (!(chunk instanceof Buffer)) throw new Error('not bytes');
      bytes += chunk.length;
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(content.length);
    expect(peak).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('listFolder', () => {
  const entries: HandMadeEntry[] = [
    { path: 'backupd/README.txt', content: Buffer.from('r') },
    { path: 'database/0001-t.000000.sql', content: Buffer.from('sql') },
    { path: 'files', type: 'dir' },
    { path: 'files/a', type: 'dir' },
    { path: 'files/a/x', content: Buffer.from('12345') },
    { path: 'files/a/y', type: 'dir' },
    { path: 'files/a/y/z', content: Buffer.from('123') },
    { path: 'files/a-b', content: Buffer.from('1') },
    { path: 'files/link', type: 'symlink', target: 'a' },
    { pathBase64: Buffer.from([...Buffer.from('files/'), 0xe9]).toString('base64'), content: Buffer.from('1') },
  ];

  it('lists direct children with the sizes of folders', async () => {
    const { backup } = await open(entries);
    const top = await listFolder(backup, Buffer.alloc(0));
    expect(top.items.map((item) => [item.name, item.type, item.size, item.files])).toEqual([
      ['backupd', 'dir', 1, 1],
      ['database', 'dir', 3, 1],
      ['files', 'dir', 10, 4],
    ]);
    const files = await listFolder(backup, Buffer.from('files'));
    expect(files.items.map((item) => [item.name, item.type, item.size])).toEqual([
      ['a', 'dir', 8],
      ['a-b', 'file', 1],
      ['link', 'symlink', 0],
      ['\\xe9', 'file', 1],
    ]);
    expect(files.items[3]).toHaveProperty('pathBase64');
    expect(files.nextCursor).toBeNull();
  });

  it('pages', async () => {
    const { backup } = await open(entries);
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listFolder>> = await listFolder(backup, Buffer.from('files'), {
        cursor,
        limit: 1,
      });
      names.push(...page.items.map((item) => `${item.name}:${item.size}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['a:8', 'a-b:1', 'link:0', '\\xe9:1']);
  });

  it('says what is not there or no folder', async () => {
    const { backup } = await open(entries);
    await expect(listFolder(backup, Buffer.from('files/no'))).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await expect(listFolder(backup, Buffer.from('zzz'))).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await expect(listFolder(backup, Buffer.from('files/a-b'))).rejects.toMatchObject({
      code: 'BACKUP_PATH_NOT_A_FOLDER',
    });
    expect((await listFolder(backup, Buffer.from('files/a/y'))).items).toHaveLength(1);
  });
});
