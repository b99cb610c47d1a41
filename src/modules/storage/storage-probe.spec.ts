import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { FaultyStorageDriver, MemoryStorageDriver, SeededRandom } from '../../engine/testing/index.js';
import { probeStorage, requireWorking } from './storage-probe.js';

const memory = (): MemoryStorageDriver => new MemoryStorageDriver();
const faulty = (): FaultyStorageDriver => new FaultyStorageDriver(memory(), { random: new SeededRandom(3) });
/** A driver that does one thing otherwise. */
const lying = (how: Partial<StorageDriver>): StorageDriver => Object.assign(memory(), how);

/** Names of the steps that failed, with their codes. */
async function failedSteps(driver: StorageDriver): Promise<string[]> {
  const { ok, steps } = await probeStorage(driver);
  const failed = steps.flatMap(({ name, error }) => (error === null ? [] : [`${name} ${error.code}`]));
  expect(ok).toBe(failed.length === 0);
  return failed;
}

describe('probeStorage', () => {
  it('finds nothing wrong with a sound storage, and leaves nothing there', async () => {
    const driver = memory();
    expect(await failedSteps(driver)).toEqual([]);
    expect(driver.objects.size).toBe(0);
  });

  it('does not believe what the storage says: other bytes, another range, a list without it, a delete that does nothing', async () => {
    const flips = faulty();
    flips.failNext('read', 'flip');
    expect(await failedSteps(flips)).toEqual(['read STORAGE_PROBE_FAILED']);
    const flipsLater = faulty();
    flipsLater.failNext('read', 'none');
    flipsLater.failNext('read', 'flip');
    expect(await failedSteps(flipsLater)).toEqual(['range STORAGE_PROBE_FAILED']);
    // Like a server that does not know ranges.
    const whole = memory();
    const ignoresRanges = Object.assign(Object.create(whole) as StorageDriver, {
      read: (key: string) => whole.read(key),
    });
    expect(await failedSteps(ignoresRanges)).toEqual(['range STORAGE_PROBE_FAILED']);
    expect(await failedSteps(lying({ list: () => Readable.from([]) }))).toEqual(['list STORAGE_PROBE_FAILED']);
    expect(await failedSteps(lying({ delete: () => Promise.resolve() }))).toEqual(['delete STORAGE_PROBE_FAILED']);
  });

  it('stops after a write that did not arrive whole', async () => {
    const driver = faulty();
    driver.failNext('put', 'wrongSize');
    const probe = await probeStorage(driver);
    expect(probe.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'write failed',
      'read skipped',
      'range skipped',
      'list skipped',
      'delete skipped',
    ]);
    expect(() => requireWorking(probe)).toThrow(expect.objectContaining({ code: 'STORAGE_PROBE_FAILED' }));
  });

  it('takes a bucket that locks everything by itself: there a delete waits', async () => {
    const retained = new AppError({ code: 'STORAGE_RETAINED', kind: 'storage', message: 'locked' });
    expect(await failedSteps(lying({ delete: () => Promise.reject(retained) }))).toEqual([]);
  });
});
