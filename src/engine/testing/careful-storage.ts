import { Readable } from 'node:stream';
import { AppError, cancelledError } from '../../common/errors/index.js';
import type { ByteRange, PutOptions, PutSource, StorageDriver, StoredObject } from '../ports/index.js';

const ATTEMPTS = 30;

/**
 * A driver around a faulty one that believes nothing it can check: what failed is done again, what was stored is looked at,
 * sizes and lists count when they were told twice. With it a storage that fails, times out, loses answers and lists stale
 * keeps the contract. Holds whole objects and lists in memory: for tests.
 */
export class CarefulStorageDriver implements StorageDriver {
  readonly kind: string;

  constructor(private readonly inner: StorageDriver) {
    this.kind = inner.kind;
  }

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    const size = 'bytes' in source ? source.bytes.length : source.size;
    let told = -1;
    const onProgress = (bytes: number): void => {
      if (bytes <= told) return;
      told = bytes;
      options.onProgress?.(bytes);
    };
    return again(options.signal, async () => {
      const stored = await this.inner.put(key, source, { ...options, onProgress });
      const there = await this.stat(key, options.signal);
      if (there?.size !== size) throw doubtful('what was stored is not there');
      return stored.size === size ? stored : { ...stored, size };
    });
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    return twice(signal, () => this.inner.stat(key, signal));
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const bytes = await again(signal, async () => {
      const before = await this.stat(key, signal);
      const chunks: Buffer[] = [];
      for await (const chunk of await this.inner.read(key, range, signal)) chunks.push(Buffer.from(chunk));
      const body = Buffer.concat(chunks);
      const after = await this.stat(key, signal);
      if (JSON.stringify(before) !== JSON.stringify(after)) throw doubtful('it was replaced meanwhile');
      const size = after?.size ?? 0;
      const from = Math.min(range?.offset ?? 0, size);
      if (body.length !== Math.min(size - from, range?.length ?? size)) throw doubtful('the body is cut');
      return body;
    });
    return Readable.from(stoppable(bytes, signal), { objectMode: false });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    yield* await twice(signal, async () => {
      const objects: StoredObject[] = [];
      for await (const object of this.inner.list(prefix, signal)) objects.push(object);
      return objects;
    });
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await again(signal, () => this.inner.delete(key, signal));
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return this.inner.removeAbandoned(olderThanMs);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number } | null> {
    return this.inner.space();
  }
}

async function again<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted === true) throw cancelledError();
    try {
      return await work();
    } catch (error) {
      const isTemporary = error instanceof AppError && error.code === 'STORAGE_UNREACHABLE';
      if (!isTemporary || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The answer when it came twice in a row. */
async function twice<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  let last = await again(signal, ask);
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const next = await again(signal, ask);
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    last = next;
  }
  throw doubtful('the answers differ');
}

async function* stoppable(bytes: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  if (signal?.aborted === true) throw cancelledError();
  yield bytes;
}

function doubtful(why: string): AppError {
  return new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: `Not sure: ${why}.`, retry: 'later' });
}
