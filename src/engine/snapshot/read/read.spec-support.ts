import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import {
  CountingStorageDriver,
  makeHandMadeBackup,
  MemoryStorageDriver,
  SeededRandom,
  type HandMadeBackup,
  type HandMadeEntry,
} from '../../testing/index.js';
import { openBackup, type StoredBackup } from './index.js';

export const random = new SeededRandom(11);

export async function open(
  entries: readonly HandMadeEntry[],
  options: Parameters<typeof makeHandMadeBackup>[2] = {},
): Promise<{
  backup: StoredBackup;
  memory: MemoryStorageDriver;
  counting: CountingStorageDriver;
  made: HandMadeBackup;
}> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, entries, options);
  const counting = new CountingStorageDriver(memory);
  const backup = await openBackup(counting, { manifestKey: made.manifestKey });
  return { backup, memory, counting, made };
}

export async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export async function read(content: Promise<Readable>): Promise<Buffer> {
  return buffer(await content);
}

export async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await collect(pieces));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function numbered(count: number, size: () => number): HandMadeEntry[] {
  return [
    { path: 'files', type: 'dir' },
    ...Array.from({ length: count }, (_, i) => ({
      path: `files/f${String(i).padStart(5, '0')}`,
      content: random.bytes(size()),
    })),
  ];
}
