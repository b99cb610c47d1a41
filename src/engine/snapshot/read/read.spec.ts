import { buffer } from 'node:stream/consumers';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeHandMadeBackup, MemoryStorageDriver, type HandMadeEntry } from '../../testing/index.js';
import { entryPath } from '../manifest/index.js';
import { findEntry, manifestText, openBackup } from './index.js';
import { collect, each, joined, numbered, open, random, read } from './read.spec-support.js';

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
