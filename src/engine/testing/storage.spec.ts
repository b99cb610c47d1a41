import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { asAppError } from '../../common/errors/index.js';
import { CarefulStorageDriver } from './careful-storage.js';
import { CountingStorageDriver } from './counting-storage.js';
import { FaultyStorageDriver } from './faulty-storage.js';
import { MemoryStorageDriver } from './memory-storage.js';
import { SeededRandom } from './random.js';
import { storageConformance } from './storage-conformance.js';

storageConformance('memory', { make: async () => ({ driver: new MemoryStorageDriver() }) });
storageConformance('faulty without faults', {
  make: async () => ({ driver: new FaultyStorageDriver(new MemoryStorageDriver(), { random: new SeededRandom(1) }) }),
});
storageConformance('counting', {
  make: async () => ({ driver: new CountingStorageDriver(new MemoryStorageDriver()) }),
});

const RATES = {
  error: 0.1,
  timeout: 0.05,
  broken: 0.1,
  truncate: 0.15,
  wrongSize: 0.05,
  lost: 0.1,
  lostPart: 0.1,
  lostAnswer: 0.1,
  stale: 0.15,
};
for (const seed of [1, 2, 3])
  storageConformance(`faulty, seed ${seed}, used with care`, {
    make: async () => ({
      driver: new CarefulStorageDriver(
        new FaultyStorageDriver(new MemoryStorageDriver(), { random: new SeededRandom(seed), rates: RATES }),
      ),
    }),
  });

describe('FaultyStorageDriver', () => {
  it('used plainly gives what is right or fails, but for the faults that lie', async () => {
    const rates = { error: 0.2, timeout: 0.1, broken: 0.2, lostAnswer: 0.2, lostPart: 0.2 };
    const memory = new MemoryStorageDriver();
    const driver = new FaultyStorageDriver(memory, { random: new SeededRandom(7), rates });
    const failures = new Set<string>();
    let count = 0;
    for (let i = 0; i < 200; i++) {
      const content = Buffer.from(`content ${i}`);
      const key = `k/${i}`;
      const work = async (): Promise<void> => {
        await driver.put(key, { bytes: content });
        expect((await buffer(await driver.read(key))).equals(content)).toBe(true);
      };
      await work().catch((error: unknown) => {
        count++;
        failures.add(asAppError(error).code);
      });
      // Whatever was told: the object is whole or not there.
      expect(memory.objects.get(key)?.bytes.equals(content) ?? true).toBe(true);
    }
    expect([...failures]).toEqual(['STORAGE_UNREACHABLE']);
    expect(count).toBeGreaterThan(20);
    expect(new Set(driver.log.map(({ fault }) => fault))).toEqual(new Set(Object.keys(rates)));
  });

  it('lists stale', async () => {
    const driver = new FaultyStorageDriver(new MemoryStorageDriver(), { random: new SeededRandom(1) });
    for (let i = 0; i < 20; i++) await driver.put(`k/${i}`, { bytes: Buffer.from('x') });
    await driver.delete('k/0');
    driver.failNext('list', 'stale');
    const keys: string[] = [];
    for await (const { key } of driver.list('k/')) keys.push(key);
    expect(keys).toContain('k/0');
    expect(keys.length).toBeLessThan(20);
  });

  it('fails as told', async () => {
    const memory = new MemoryStorageDriver();
    const driver = new FaultyStorageDriver(memory, { random: new SeededRandom(1) });
    await driver.put('a', { bytes: Buffer.alloc(1000, 1) });

    driver.failNext('read', 'error');
    await expect(driver.read('a')).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
    driver.failNext('read', 'truncate');
    expect((await buffer(await driver.read('a'))).length).toBeLessThan(1000);
    driver.failNext('read', 'flip');
    expect((await buffer(await driver.read('a'))).filter((byte) => byte !== 1)).toHaveLength(1);
    driver.failNext('read', 'broken');
    await expect(buffer(await driver.read('a'))).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
    driver.failNext('stat', 'wrongSize');
    expect((await driver.stat('a'))?.size).not.toBe(1000);
    driver.failNext('put', 'lost');
    await driver.put('b', { bytes: Buffer.alloc(1) });
    expect(memory.objects.has('b')).toBe(false);

    const controller = new AbortController();
    driver.failNext('put', 'stall');
    const stalled = driver.put('c', { bytes: Buffer.alloc(1) }, { signal: controller.signal });
    controller.abort();
    await expect(stalled).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(driver.log.map((entry) => entry.fault)).toEqual([
      'error',
      'truncate',
      'flip',
      'broken',
      'wrongSize',
      'lost',
      'stall',
    ]);
  });
});
