import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PutSource } from '../ports/index.js';
import type { ConformanceBench } from './conformance-bench.js';
import { streamSource } from './stream-sources.js';

/** Objects as they are put, read, listed and deleted. */
export function objectTests(bench: ConformanceBench): void {
  it('gives back what was put, small, empty and large, from memory, a file and a stream', async () => {
    const large = bench.random.bytes(bench.options.largeBytes ?? 3 * 1024 * 1024);
    const cases: [string, PutSource, Buffer][] = [
      ['a/small', { bytes: Buffer.from('hello') }, Buffer.from('hello')],
      ['a/empty', { bytes: Buffer.alloc(0) }, Buffer.alloc(0)],
      ['a/empty-file', bench.fileSource(Buffer.alloc(0), 'empty'), Buffer.alloc(0)],
      ['a/b/c/d/large.tar.zst', bench.fileSource(large, 'large'), large],
      ['a/streamed', streamSource(large), large],
      ['a/empty-stream', streamSource(Buffer.alloc(0)), Buffer.alloc(0)],
    ];
    for (const [key, source, expected] of cases) {
      const stored = await bench.driver.put(key, source);
      expect(stored).toMatchObject({ key, size: expected.length });
      const sha256 = createHash('sha256').update(expected).digest('hex');
      expect(stored.sha256 ?? sha256).toBe(sha256);
      expect(await bench.driver.stat(key)).toMatchObject({ key, size: expected.length });
      expect((await bench.readAll(key)).equals(expected), key).toBe(true);
    }
  });

  it('a put again is the same, with other content it replaces', async () => {
    await bench.driver.put('k/one', { bytes: Buffer.from('first') });
    await bench.driver.put('k/one', { bytes: Buffer.from('first') });
    expect((await bench.readAll('k/one')).toString()).toBe('first');
    await bench.driver.put('k/one', bench.fileSource(Buffer.from('second, longer')));
    expect((await bench.readAll('k/one')).toString()).toBe('second, longer');
    expect(await bench.keys('k/')).toEqual(['k/one']);
  });

  it('a reader sees one whole object while it is replaced', async () => {
    const versions = [Buffer.alloc(200_000, 'a'), Buffer.alloc(150_000, 'b')];
    await bench.driver.put('k', { bytes: Buffer.alloc(200_000, 'a') });
    const writer = (async () => {
      for (let i = 0; i < 6; i++) await bench.driver.put('k', { bytes: versions[i % 2] ?? Buffer.alloc(0) });
    })();
    for (let i = 0; i < 12; i++) {
      const seen = await bench.readAll('k');
      expect(versions.some((version) => version.equals(seen))).toBe(true);
    }
    await writer;
  });

  it('reads ranges; past the end they are cut', async () => {
    const bytes = bench.random.bytes(300_000);
    await bench.driver.put('r', { bytes });
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
      const got = await bench.readAll('r', length === undefined ? { offset } : { offset, length });
      expect(got.equals(expected), `${offset}+${length}`).toBe(true);
    }
  });

  it('says when an object is missing', async () => {
    await bench.driver.put('there/x', { bytes: Buffer.from('x') });
    for (const key of ['no', 'there', 'there/no', 'there/x/y']) {
      expect(await bench.driver.stat(key), key).toBeNull();
      await expect(bench.readAll(key), key).rejects.toMatchObject({
        code: 'STORAGE_OBJECT_NOT_FOUND',
        kind: 'storage',
      });
    }
  });

  it('lists each object once, in key order, by any prefix', async () => {
    const expected: string[] = [];
    for (let i = 0; i < (bench.options.manyObjects ?? 60); i++) expected.push(`many/${i % 3}/o${i}`);
    expected.push('a-b/x', 'a/b', 'a/b.c', 'a.b', 'a/z/y', 'a0');
    await Promise.all(expected.map((key) => bench.driver.put(key, { bytes: Buffer.from(key) })));
    expected.sort();
    expect(await bench.keys('')).toEqual(expected);
    for (const prefix of ['a', 'a/', 'a/b', 'many/1/', 'many/1/o1', 'nothing', 'a/b/c']) {
      expect(await bench.keys(prefix), prefix).toEqual(expected.filter((key) => key.startsWith(prefix)));
    }
  });

  it('a list can be left early', async () => {
    for (const key of ['l/1', 'l/2', 'l/3']) await bench.driver.put(key, { bytes: Buffer.from('x') });
    for await (const object of bench.driver.list('l/')) {
      expect(object).toMatchObject({ key: 'l/1', size: 1 });
      expect(object.modifiedAt).toBeInstanceOf(Date);
      break;
    }
  });

  it('deletes, also what is not there', async () => {
    await bench.driver.put('d/a/one', { bytes: Buffer.from('1') });
    await bench.driver.put('d/a/two', { bytes: Buffer.from('2') });
    await bench.driver.delete('d/a/one');
    await bench.driver.delete('d/a/one');
    await bench.driver.delete('d/none/none');
    await bench.driver.delete('d/a');
    await bench.driver.delete('d/a/two/three');
    expect(await bench.keys('')).toEqual(['d/a/two']);
    await bench.driver.delete('d/a/two');
    expect(await bench.keys('')).toEqual([]);
    await bench.driver.put('d/a/one', { bytes: Buffer.from('again') });
    expect((await bench.readAll('d/a/one')).toString()).toBe('again');
  });

  it('puts and deletes beside each other do not disturb', async () => {
    await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const key = `par/${i % 3}/${i}`;
        await bench.driver.put(key, { bytes: Buffer.from(key) });
        if (i % 2 === 0) await bench.driver.delete(key);
      }),
    );
    expect(await bench.keys('par/')).toHaveLength(12);
  });

  it('tells progress up to the size, and asks the limiter', async () => {
    const source = bench.fileSource(bench.random.bytes(400_000));
    const seen: number[] = [];
    let taken = 0;
    await bench.driver.put('p', source, {
      onProgress: (bytes) => seen.push(bytes),
      limiter: {
        take: async (bytes) => {
          taken += bytes;
        },
      },
    });
    expect(seen.at(-1)).toBe(400_000);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(taken).toBeGreaterThanOrEqual((bench.options.limited ?? true) ? 400_000 : 0);
  });

  it('cleaning abandoned uploads keeps finished objects', async () => {
    await bench.driver.put('keep/me', { bytes: Buffer.from('x') });
    await bench.driver.removeAbandoned(0);
    expect(await bench.keys('')).toEqual(['keep/me']);
    const space = await bench.driver.space();
    expect(space?.totalBytes ?? 1).toBeGreaterThanOrEqual(space?.freeBytes ?? 0);
  });
}
