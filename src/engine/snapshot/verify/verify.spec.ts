import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CountingStorageDriver,
  FaultyStorageDriver,
  makeHandMadeBackup,
  makeTempFolder,
  MemoryStorageDriver,
  SeededRandom,
  type HandMadeBackup,
  type HandMadeEntry,
} from '../../testing/index.js';
import { verifyBackup, type VerifyResult } from './index.js';

const random = new SeededRandom(31);

function entries(count: number): HandMadeEntry[] {
  const files = Array.from({ length: count }, (_, i) => ({
    path: `files/f${String(i).padStart(4, '0')}`,
    content: random.bytes(1 + random.below(8000)),
  }));
  return [{ path: 'files', type: 'dir' }, ...files, { path: 'files/g', type: 'symlink', target: '/' }];
}

async function make(count = 200): Promise<{ memory: MemoryStorageDriver; made: HandMadeBackup }> {
  const memory = new MemoryStorageDriver();
  return { memory, made: await makeHandMadeBackup(memory, entries(count)) };
}

function bytesOf(memory: MemoryStorageDriver, key: string): { bytes: Buffer } {
  const object = memory.objects.get(key);
  if (object === undefined) throw new Error(`no ${key}`);
  return object;
}

async function both(memory: MemoryStorageDriver, manifestKey: string): Promise<VerifyResult[]> {
  return [
    await verifyBackup(memory, { manifestKey, level: 'quick' }),
    await verifyBackup(memory, { manifestKey, level: 'full' }),
  ];
}

describe('verifyBackup', () => {
  it('finds a good backup good, and tells how much it read', async () => {
    const { memory, made } = await make();
    const [quick, full] = await both(memory, made.manifestKey);
    expect(quick).toMatchObject({ ok: true, damaged: [], missing: false });
    expect(full).toMatchObject({ ok: true, damaged: [], checkedEntries: 202 });
    expect(full?.checkedBytes).toBeGreaterThan(made.bundle.size);
  });

  it('quick sees what is missing, cut or longer', async () => {
    for (const key of ['bundleKey', 'manifestKey'] as const) {
      const { memory, made } = await make(20);
      const object = bytesOf(memory, made[key]);
      const whole = object.bytes;
      object.bytes = whole.subarray(0, whole.length - 1);
      expect(await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'quick' })).toMatchObject({
        ok: false,
        missing: false,
        damaged: [{ path: made[key] }],
      });
      memory.objects.delete(made[key]);
      expect(await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'quick' })).toMatchObject({
        ok: false,
        missing: true,
        damaged: [{ path: made[key] }],
      });
    }
    const { memory, made } = await make(3);
    const manifest = { size: 5 };
    expect((await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'quick', manifest })).ok).toBe(false);
  });

  it('full sees any flipped bit of bundle and manifest', { timeout: 60_000 }, async () => {
    const { memory, made } = await make(60);
    const seeded = new SeededRandom(8);
    for (let round = 0; round < 40; round++) {
      const key = round % 3 === 0 ? made.manifestKey : made.bundleKey;
      const object = bytesOf(memory, key);
      const whole = Buffer.from(object.bytes);
      const at = seeded.below(whole.length);
      object.bytes[at] = (object.bytes[at] ?? 0) ^ (1 << seeded.below(8));
      const result = await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'full' });
      expect(result.ok, `${key} at ${at}`).toBe(false);
      expect(result.damaged[0]?.path).toBe(key);
      object.bytes = whole;
    }
    expect((await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'full' })).ok).toBe(true);
  });

  it('believes nothing of a manifest that can not be read to its end', async () => {
    const { memory, made } = await make(60);
    for (const [key, at] of [
      [made.bundleKey, 100],
      [made.manifestKey, -100],
    ] as const) {
      const { bytes } = bytesOf(memory, key);
      const place = at < 0 ? bytes.length + at : at;
      bytes[place] = (bytes[place] ?? 0) ^ 1;
    }
    const result = await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'full' });
    expect(result).toMatchObject({
      ok: false,
      missing: false,
      checkedEntries: 0,
      damagedBundles: [],
      wholeBundles: [],
    });
    expect(result.damaged.map((d) => d.path)).toEqual([made.manifestKey]);
  });

  it('names the entries that damage reaches, and only those', async () => {
    const { memory, made } = await make(60);
    const object = bytesOf(memory, made.bundleKey);
    const location = made.entries[30]?.in;
    if (location === undefined) throw new Error('no entry');
    object.bytes[location.offset + 50] = (object.bytes[location.offset + 50] ?? 0) ^ 4;
    const result = await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'full' });
    const hit = made.entries
      .filter(
        (e) => e.in !== undefined && e.in.offset <= location.offset && e.in.offset + e.in.length > location.offset,
      )
      .map((e) => e.path);
    expect(hit.length).toBeLessThan(50);
    expect(result.damaged.map((d) => d.path)).toEqual([made.bundleKey, ...hit]);
  });

  it('keeps the list of damages short', async () => {
    const { memory, made } = await make(500);
    memory.objects.delete(made.bundleKey);
    const result = await verifyBackup(memory, { manifestKey: made.manifestKey, level: 'full' });
    expect(result).toMatchObject({ ok: false, missing: true });
    expect(result.damaged.length + result.moreDamaged).toBe(501);
    expect(result.damaged.length).toBeLessThanOrEqual(200);
  });

  it('a storage that does not answer is an error, not damage; so is a cancel', async () => {
    const { memory, made } = await make(50);
    const faulty = new FaultyStorageDriver(memory, { random: new SeededRandom(1) });
    for (const [operation, fault] of [
      ['stat', 'error'],
      ['read', 'error'],
      ['read', 'broken'],
    ] as const) {
      faulty.failNext(operation, fault);
      await expect(verifyBackup(faulty, { manifestKey: made.manifestKey, level: 'full' })).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
      });
    }
    const controller = new AbortController();
    const cancelled = verifyBackup(memory, {
      manifestKey: made.manifestKey,
      level: 'full',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('fetches each object once where there is room, and leaves nothing there', async () => {
    const { memory, made } = await make();
    const scratch = makeTempFolder('verify');
    const spoolDir = join(scratch.path, 'fetched');
    const counting = new CountingStorageDriver(memory);
    const sizes = made.bundle.size + bytesOf(memory, made.manifestKey).bytes.length;
    const options = { manifestKey: made.manifestKey, level: 'full', spoolDir } as const;
    expect(await verifyBackup(counting, options)).toMatchObject({ ok: true, checkedEntries: 202 });
    expect(counting.bytesRead).toBeLessThanOrEqual(sizes);
    const object = bytesOf(memory, made.bundleKey);
    const at = Math.floor(object.bytes.length / 2);
    object.bytes[at] = (object.bytes[at] ?? 0) ^ 4;
    expect(await verifyBackup(counting, options)).toMatchObject({ ok: false, damagedBundles: [made.bundleKey] });
    expect(existsSync(spoolDir)).toBe(false);
    scratch.remove();
  });
});
