import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
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

describe('FaultyStorageDriver', () => {
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
