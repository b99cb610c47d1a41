import { truncateSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { StreamSource } from '../ports/index.js';
import type { ConformanceBench } from './conformance-bench.js';
import { failing, streamSource } from './stream-sources.js';

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

/** What is not stored, and what can be stopped: nothing is left of it. */
export function refusalTests(bench: ConformanceBench): void {
  it('refuses keys that are not safe everywhere', async () => {
    for (const key of BAD_KEYS) {
      const refused = { code: 'STORAGE_KEY_INVALID' };
      await expect(bench.driver.put(key, { bytes: Buffer.from('x') }), key).rejects.toMatchObject(refused);
      await expect(bench.driver.stat(key), key).rejects.toMatchObject(refused);
      await expect(bench.driver.read(key), key).rejects.toMatchObject(refused);
      await expect(bench.driver.delete(key), key).rejects.toMatchObject(refused);
    }
    expect(await bench.keys('')).toEqual([]);
  });

  it('a file that is not what was announced is not stored', async () => {
    const source = bench.fileSource(bench.random.bytes(5000));
    await expect(bench.driver.put('m', { ...source, path: `${source.path}.missing` })).rejects.toThrow(/./);
    truncateSync(source.path, 4000);
    await expect(bench.driver.put('m', source)).rejects.toThrow(/./);
    expect(await bench.keys('')).toEqual([]);
    expect(await bench.driver.stat('m')).toBeNull();
  });

  it('a stream that is not what was announced is not stored', async () => {
    const bytes = bench.random.bytes(bench.options.largeBytes ?? 500_000);
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
      await expect(bench.driver.put('w', { ...source, open }), what).rejects.toThrow(/./);
      expect(await bench.driver.stat('w'), what).toBeNull();
    }
    await bench.driver.put('w', streamSource(bytes));
    expect((await bench.readAll('w')).equals(bytes)).toBe(true);
  });

  it('a put whose stream falls silent can be cancelled', async () => {
    const controller = new AbortController();
    const { size, sha256 } = streamSource(bench.random.bytes(100_000));
    const silent = async (): Promise<Readable> => {
      setTimeout(() => controller.abort(), 20);
      return new Readable({ read: () => undefined });
    };
    await expect(
      bench.driver.put('c', { open: silent, size, sha256 }, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    await bench.driver.removeAbandoned(0);
    expect(await bench.keys('')).toEqual([]);
  });

  it('stat, list and delete can be cancelled', async () => {
    await bench.driver.put('x', { bytes: Buffer.from('x') });
    const signal = AbortSignal.abort();
    const cancelled = { code: 'JOB_CANCELLED' };
    await expect(bench.driver.stat('x', signal)).rejects.toMatchObject(cancelled);
    await expect(bench.driver.delete('x', signal)).rejects.toMatchObject(cancelled);
    await expect(
      (async () => {
        for await (const object of bench.driver.list('', signal)) throw new Error(`listed ${object.key}`);
      })(),
    ).rejects.toMatchObject(cancelled);
    expect(await bench.driver.stat('x')).not.toBeNull();
  });

  it('a cancelled put leaves nothing', async () => {
    const controller = new AbortController();
    controller.abort();
    const source = bench.fileSource(bench.random.bytes(100_000));
    await expect(bench.driver.put('c', source, { signal: controller.signal })).rejects.toMatchObject({
      code: 'JOB_CANCELLED',
    });
    expect(await bench.driver.stat('c')).toBeNull();
    await bench.driver.removeAbandoned(0);
    expect(await bench.keys('')).toEqual([]);
  });

  it('a read can be stopped', async () => {
    await bench.driver.put('s', { bytes: bench.random.bytes(2_000_000) });
    const controller = new AbortController();
    const body = await bench.driver.read('s', { offset: 0 }, controller.signal);
    controller.abort();
    await expect(buffer(body)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    const left = await bench.driver.read('s');
    left.destroy();
    expect(left.destroyed).toBe(true);
  });
}
