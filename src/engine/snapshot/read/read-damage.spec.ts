import { describe, expect, it } from 'vitest';
import { SeededRandom, MemoryStorageDriver } from '../../testing/index.js';
import type { ManifestEntry } from '../manifest/index.js';
import { openBackup, streamManifest } from './index.js';
import { collect, each, joined, numbered, open, read } from './read.spec-support.js';

describe('damage of a stored backup', () => {
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
});
