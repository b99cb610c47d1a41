import { throwIfAborted } from '../../common/errors/index.js';
import type { StorageDriver, StoredObject } from '../ports/index.js';

const AT_ONCE = 8;

/** What `ask` answers for each, in their order; a few are asked at the same time. Errors: those of `ask`, JOB_CANCELLED. */
export async function* askEach<T, R>(
  items: readonly T[],
  ask: (item: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<[item: T, answer: R]> {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    if (signal !== undefined) throwIfAborted(signal);
    const some = items.slice(from, from + AT_ONCE);
    yield* await Promise.all(some.map(async (item): Promise<[T, R]> => [item, await ask(item)]));
  }
}

/** Each object with what the storage has of it, null for nothing. Errors: the storage's, JOB_CANCELLED. */
export function statEach<T extends { key: string }>(
  driver: StorageDriver,
  objects: readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<[object: T, stored: StoredObject | null]> {
  return askEach(objects, async ({ key }) => driver.stat(key, signal), signal);
}
