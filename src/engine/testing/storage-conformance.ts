import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSource, PutSource, StorageDriver, StreamSource } from '../ports/index.js';
import { SeededRandom } from './random.js';
import { failing, streamSource } from './stream-sources.js';
import { makeTempFolder } from './temp-folder.js';

export interface ConformanceSubject {
  driver: StorageDriver;
  /** Called after each test. */
  close?: () => Promise<void> | void;
}

export interface ConformanceOptions {
  /** A fresh, empty storage for each test. */
  make: () => Promise<ConformanceSubject>;
  /** Size of the largest object tried; more than one part for drivers that send parts. Default 3 MiB. */
  largeBytes?: number;
  /** Objects in the listing test; more than one page for drivers that page. Default 60. */
  manyObjects?: number;
  /** Whether a put from a file asks the limiter (a driver that only links does not). Default true. */
  limited?: boolean;
}

const BAD_KEYS = [
  '',
  '/a',
  'a/',
  'a//b',
  '../a',
  'a/../b',
  'a/./b',
  '.hidden',
  'a/.b',
  'a\0b',
  'ä',
  'a b',
  'a\nb',
  'a\\b',
];

/** Registers the tests that every storage driver must pass: the contract written at `StorageDriver`. */
export function storageConformance(name: string, options: ConformanceOptions): void {
  describe(`storage driver conformance: ${name}`, () => {
    let subject: ConformanceSubject;
    let driver: StorageDriver;
    let scratch: { path: string; remove: () => void };
    const random = new SeededRandom(42);

    beforeEach(async () => {
      scratch = makeTempFolder('conformance');
      subject = await options.make();
      driver = subject.driver;
    });
    afterEach(async () => {
      await subject.close?.();
      scratch.remove();
    });

    const fileSource = (bytes: Buffer, fileName = 'source'): FileSource => {
      const path = join(scratch.path, fileName);
      writeFileSync(path, bytes);
      return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    };
    const readAll = async (key: string, range?: { offset: number; length?: number }): Promise<Buffer> =>
      buffer(await driver.read(key, range));
    const keys = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const object of driver.list(prefix)) found.push(object.key);
      return found;
    };

    it('refuses keys that are not safe everywhere', async () => {
      for (const key of BAD_KEYS) {
        const refused = { code: 'STORAGE_KEY_INVALID' };
        await expect(driver.put(key, { bytes: Buffer.from('x') }), key).rejects.toMatchObject(refused);
        await expect(driver.stat(key), key).rejects.toMatchObject(refused);
        await expect(driver.read(key), key).rejects.toMatchObject(refused);
        await expect(driver.delete(key), key).rejects.toMatchObject(refused);
      }
      expect(await keys('')).toEqual([]);
    });

    it('gives back what was put, small, empty and large, from memory, a file and a stream', async () => {
      const large = random.bytes(options.largeBytes ?? 3 * 1024 * 1024);
      const cases: [string, PutSource, Buffer][] = [
        ['a/small', { bytes: Buffer.from('hello') }, Buffer.from('hello')],
        ['a/empty', { bytes: Buffer.alloc(0) }, Buffer.alloc(0)],
        ['a/empty-file', fileSource(Buffer.alloc(0), 'empty'), Buffer.alloc(0)],
        ['a/b/c/d/large.tar.zst', fileSource(large, 'large'), large],
        ['a/streamed', streamSource(large), large],
        ['a/empty-stream', streamSource(Buffer.alloc(0)), Buffer.alloc(0)],
      ];
      for (const [key, source, expected] of cases) {
        const stored = await driver.put(key, source);
        expect(stored).toMatchObject({ key, size: expected.length });
        const sha256 = createHash('sha256').update(expected).digest('hex');
        expect(stored.sha256 ?? sha256).toBe(sha256);
        expect(await driver.stat(key)).toMatchObject({ key, size: expected.length });
        expect((await readAll(key)).equals(expected), key).toBe(true);
      }
    });

    it('a put again is the same, with other content it replaces', async () => {
      await driver.put('k/one', { bytes: Buffer.from('first') });
      await driver.put('k/one', { bytes: Buffer.from('first') });
      expect((await readAll('k/one')).toString()).toBe('first');
      await driver.put('k/one', fileSource(Buffer.from('second, longer')));
      expect((await readAll('k/one')).toString()).toBe('second, longer');
      expect(await keys('k/')).toEqual(['k/one']);
    });

    it('a reader sees one whole object while it is replaced', async () => {
      const versions = [Buffer.alloc(200_000, 'a'), Buffer.alloc(150_000, 'b')];
      await driver.put('k', { bytes: Buffer.alloc(200_000, 'a') });
      const writer = (async () => {
        for (let i = 0; i < 6; i++) await driver.put('k', { bytes: versions[i % 2] ?? Buffer.alloc(0) });
      })();
      for (let i = 0; i < 12; i++) {
        const seen = await readAll('k');
        expect(versions.some((version) => version.equals(seen))).toBe(true);
      }
      await writer;
    });

    it('reads ranges; past the end they are cut', async () => {
      const bytes = random.bytes(300_000);
      await driver.put('r', { bytes });
      for (const [offset, length] of [
        [0, 1],
        [0, 300_000],
        [299_999, 1],
        [1234, 56_789],
        [100, undefined],
        [299_990, 1000],
        [0, 10_000_000],
      ] as const) {
        const expected = bytes.subarray(offset, length === undefined ? undefined : offset + length);
        const got = await readAll('r', length === undefined ? { offset } : { offset, length });
        expect(got.equals(expected), `${offset}+${length}`).toBe(true);
      }
    });

    it('says when an object is missing', async () => {
      await driver.put('there/x', { bytes: Buffer.from('x') });
      for (const key of ['no', 'there', 'there/no', 'there/x/y']) {
        expect(await driver.stat(key), key).toBeNull();
        await expect(readAll(key), key).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND', kind: 'storage' });
      }
    });

    it('lists each object once, in key order, by any prefix', async () => {
      const expected: string[] = [];
      for (let i = 0; i < (options.manyObjects ?? 60); i++) expected.push(`many/${i % 3}/o${i}`);
      expected.push('a-b/x', 'a/b', 'a/b.c', 'a.b', 'a/z/y', 'a0');
      await Promise.all(expected.map((key) => driver.put(key, { bytes: Buffer.from(key) })));
      expected.sort();
      expect(await keys('')).toEqual(expected);
      for (const prefix of ['a', 'a/', 'a/b', 'many/1/', 'many/1/o1', 'nothing', 'a/b/c']) {
        expect(await keys(prefix), prefix).toEqual(expected.filter((key) => key.startsWith(prefix)));
      }
    });

    it('a list can be left early', async () => {
      for (const key of ['l/1', 'l/2', 'l/3']) await driver.put(key, { bytes: Buffer.from('x') });
      for await (const object of driver.list('l/')) {
        expect(object).toMatchObject({ key: 'l/1', size: 1 });
        expect(object.modifiedAt).toBeInstanceOf(Date);
        break;
      }
    });

    it('deletes, also what is not there', async () => {
      await driver.put('d/a/one', { bytes: Buffer.from('1') });
      await driver.put('d/a/two', { bytes: Buffer.from('2') });
      await driver.delete('d/a/one');
      await driver.delete('d/a/one');
      await driver.delete('d/none/none');
      await driver.delete('d/a');
      await driver.delete('d/a/two/three');
      expect(await keys('')).toEqual(['d/a/two']);
      await driver.delete('d/a/two');
      expect(await keys('')).toEqual([]);
      await driver.put('d/a/one', { bytes: Buffer.from('again') });
      expect((await readAll('d/a/one')).toString()).toBe('again');
    });

    it('puts and deletes beside each other do not disturb', async () => {
      await Promise.all(
        Array.from({ length: 24 }, async (_, i) => {
          const key = `par/${i % 3}/${i}`;
          await driver.put(key, { bytes: Buffer.from(key) });
          if (i % 2 === 0) await driver.delete(key);
        }),
      );
      expect(await keys('par/')).toHaveLength(12);
    });

    it('a file that is not what was announced is not stored', async () => {
      const source = fileSource(random.bytes(5000));
      await expect(driver.put('m', { ...source, path: `${source.path}.missing` })).rejects.toThrow(/./);
      truncateSync(source.path, 4000);
      await expect(driver.put('m', source)).rejects.toThrow(/./);
      expect(await keys('')).toEqual([]);
      expect(await driver.stat('m')).toBeNull();
    });

    it('a stream that is not what was announced is not stored', async () => {
      const bytes = random.bytes(options.largeBytes ?? 500_000);
      const other = Buffer.from(bytes);
      other[bytes.length - 5] = (other[bytes.length - 5] ?? 0) ^ 1;
      const { sha256, size } = streamSource(bytes);
      const sources: [string, StreamSource][] = [
        ['other bytes', { ...streamSource(other), sha256 }],
        ['another announcement', { ...streamSource(bytes), sha256: '0'.repeat(64) }],
        ['too short', { ...streamSource(bytes.subarray(0, -1)), sha256, size }],
        ['too long', { ...streamSource(Buffer.concat([bytes, other])), sha256, size }],
        ['fails', { ...streamSource(bytes), open: async () => Readable.from(failing(bytes), { objectMode: false }) }],
      ];
      for (const [what, source] of sources) {
        // A source that has more than was announced may give all of it whatever range is asked for.
        const open: StreamSource['open'] = async (range) => source.open(what === 'too long' ? { offset: 0 } : range);
        await expect(driver.put('w', { ...source, open }), what).rejects.toThrow(/./);
        expect(await driver.stat('w'), what).toBeNull();
      }
      await driver.put('w', streamSource(bytes));
      expect((await readAll('w')).equals(bytes)).toBe(true);
    });

    it('a put whose stream falls silent can be cancelled', async () => {
      const controller = new AbortController();
      const { size, sha256 } = streamSource(random.bytes(100_000));
      const silent = async (): Promise<Readable> => {
        setTimeout(() => controller.abort(), 20);
        return new Readable({ read: () => undefined });
      };
      await expect(
        driver.put('c', { open: silent, size, sha256 }, { signal: controller.signal }),
      ).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
      await driver.removeAbandoned(0);
      expect(await keys('')).toEqual([]);
    });

    it('stat, list and delete can be cancelled', async () => {
      await driver.put('x', { bytes: Buffer.from('x') });
      const signal = AbortSignal.abort();
      const cancelled = { code: 'JOB_CANCELLED' };
      await expect(driver.stat('x', signal)).rejects.toMatchObject(cancelled);
      await expect(driver.delete('x', signal)).rejects.toMatchObject(cancelled);
      await expect(
        (async () => {
          for await (const object of driver.list('', signal)) throw new Error(`listed ${object.key}`);
        })(),
      ).rejects.toMatchObject(cancelled);
      expect(await driver.stat('x')).not.toBeNull();
    });

    it('a cancelled put leaves nothing', async () => {
      const controller = new AbortController();
      controller.abort();
      const source = fileSource(random.bytes(100_000));
      await expect(driver.put('c', source, { signal: controller.signal })).rejects.toMatchObject({
        code: 'JOB_CANCELLED',
      });
      expect(await driver.stat('c')).toBeNull();
      await driver.removeAbandoned(0);
      expect(await keys('')).toEqual([]);
    });

    it('tells progress up to the size, and asks the limiter', async () => {
      const source = fileSource(random.bytes(400_000));
      const seen: number[] = [];
      let taken = 0;
      await driver.put('p', source, {
        onProgress: (bytes) => seen.push(bytes),
        limiter: {
          take: async (bytes) => {
            taken += bytes;
          },
        },
      });
      expect(seen.at(-1)).toBe(400_000);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(taken).toBeGreaterThanOrEqual((options.limited ?? true) ? 400_000 : 0);
    });

    it('cleaning abandoned uploads keeps finished objects', async () => {
      await driver.put('keep/me', { bytes: Buffer.from('x') });
      await driver.removeAbandoned(0);
      expect(await keys('')).toEqual(['keep/me']);
      const space = await driver.space();
      expect(space?.totalBytes ?? 1).toBeGreaterThanOrEqual(space?.freeBytes ?? 0);
    });

    it('a read can be stopped', async () => {
      await driver.put('s', { bytes: random.bytes(2_000_000) });
      const controller = new AbortController();
      const body = await driver.read('s', { offset: 0 }, controller.signal);
      controller.abort();
      await expect(buffer(body)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
      const left = await driver.read('s');
      left.destroy();
      expect(left.destroyed).toBe(true);
    });
  });
}
