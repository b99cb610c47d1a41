import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import type { StorageDriver } from '../ports/index.js';
import { FaultyStorageDriver, MemoryStorageDriver, SeededRandom } from '../testing/index.js';
import { CopiesDriver } from './copies-driver.js';

const KEY = 'sites/one/a.tar.zst';
const content = randomBytes(300_000);

interface Setup {
  driver: CopiesDriver;
  copies: FaultyStorageDriver[];
  faults: string[];
}

async function setUp(count: number, rates = {}): Promise<Setup> {
  const copies: FaultyStorageDriver[] = [];
  for (let index = 0; index < count; index++) {
    const memory = new MemoryStorageDriver();
    await memory.put(KEY, { bytes: content });
    copies.push(new FaultyStorageDriver(memory, { random: new SeededRandom(index + 7), rates }));
  }
  const faults: string[] = [];
  const driver = new CopiesDriver({
    places: copies.map((copy, index) => ({ providerId: `p${index}`, providerName: `P${index}`, driver: copy })),
    objects: new Map([[KEY, { size: content.length, trusted: ['p1', 'p0'] }]]),
    onFault: (providerId, key, fault) => faults.push(`${providerId} ${key} ${fault}`),
    noCopy: () => new AppError({ code: 'BACKUP_UNREADABLE', kind: 'storage', message: 'none' }),
  });
  return { driver, copies, faults };
}

const all = async (driver: StorageDriver): Promise<Buffer> => buffer(await driver.read(KEY));

describe('CopiesDriver', () => {
  it('asks the most trusted first, those it knows nothing of last', async () => {
    const { driver, copies } = await setUp(3);
    expect(driver.copiesOf(KEY)).toEqual([copies[1], copies[0], copies[2]]);
    expect(driver.copiesOf('sites/other')).toEqual(copies);
    copies[1]?.failNext('read', 'error');
    expect((await all(driver)).equals(content)).toBe(true);
    // It did not answer: the others first from now on.
    expect(driver.copiesOf(KEY)).toEqual([copies[0], copies[2], copies[1]]);
  });

  it.each(['error', 'broken', 'truncate'] as const)('reads on from the next copy after: %s', async (fault) => {
    const { driver, copies, faults } = await setUp(2);
    copies[1]?.failNext('read', fault);
    const range = { offset: 1000, length: 250_000 };
    expect((await buffer(await driver.read(KEY, range))).equals(content.subarray(1000, 251_000))).toBe(true);
    expect(copies[1]?.log).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it('gives all bytes right through seeded faults, as long as one copy is sound', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { copies } = await setUp(2, { error: 0.3, broken: 0.3, truncate: 0.2 });
      const sound = new MemoryStorageDriver();
      await sound.put(KEY, { bytes: content });
      const random = new SeededRandom(seed);
      const places = [...copies, sound].map((copy, index) => ({
        providerId: `p${index}`,
        providerName: '',
        driver: copy,
      }));
      const one = new CopiesDriver({
        places,
        objects: new Map([[KEY, { size: content.length, trusted: ['p0', 'p1'] }]]),
        onFault: () => undefined,
        noCopy: () => new AppError({ code: 'BACKUP_UNREADABLE', kind: 'storage', message: 'none' }),
      });
      const offset = random.below(content.length);
      expect((await buffer(await one.read(KEY, { offset }))).equals(content.subarray(offset))).toBe(true);
    }
  });

  it('says that an object is gone from a copy when another one has it, and that it is missing when none has', async () => {
    const { driver, copies, faults } = await setUp(2);
    await copies[1]?.delete(KEY);
    expect((await all(driver)).equals(content)).toBe(true);
    expect((await all(driver)).equals(content)).toBe(true);
    expect(faults).toEqual([`p1 ${KEY} missing`]);
    expect(await driver.stat(KEY)).toMatchObject({ size: content.length });
    await copies[0]?.delete(KEY);
    await expect(all(driver)).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND' });
    expect(await driver.stat(KEY)).toBeNull();
    expect(faults).toHaveLength(1);
    copies[0]?.failNext('read', 'error');
    await expect(all(driver)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
  });

  it('tells the size that it must be where copies differ', async () => {
    const { driver, copies } = await setUp(2);
    copies[1]?.failNext('stat', 'wrongSize');
    expect(await driver.stat(KEY)).toMatchObject({ size: content.length });
    for (const copy of copies) copy.failNext('stat', 'error');
    await expect(driver.stat(KEY)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
  });

  it('gives a body that is too short everywhere, for its reader to judge', async () => {
    const { driver, copies } = await setUp(2);
    for (const copy of copies) await copy.put(KEY, { bytes: content.subarray(0, 1000) });
    expect(await all(driver)).toEqual(content.subarray(0, 1000));
  });

  it('never writes, and stops when it is told to', async () => {
    const { driver, copies } = await setUp(2);
    await expect(driver.put()).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(driver.delete()).rejects.toMatchObject({ code: 'INTERNAL' });
    const stop = new AbortController();
    copies[1]?.failNext('read', 'stall');
    const reading = driver.read(KEY, undefined, stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(copies[0]?.log).toEqual([]);
  });
});
