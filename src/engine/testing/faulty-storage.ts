import { Readable } from 'node:stream';
import { AppError, cancelledError } from '../../common/errors/index.js';
import type { ByteRange, PutOptions, PutSource, StorageDriver, StoredObject } from '../ports/index.js';
import { MemoryStorageDriver } from './memory-storage.js';
import type { SeededRandom } from './random.js';

export type StorageOperation = 'put' | 'stat' | 'read' | 'list' | 'delete';

/**
 * What can go wrong: `error` the operation fails (STORAGE_UNREACHABLE); `truncate` a body ends early, without an error;
 * `broken` a body fails half-way; `flip` one bit of a body is another; `wrongSize` the answer tells another size;
 * `stall` nothing happens until the signal is raised or `release` is called; `lost` a put succeeds and stores nothing;
 * `timeout` it fails after a while, before anything was done; `lostAnswer` it is done, but fails; `lostPart` a put has taken
 * all bytes and then fails, as one part is gone; `stale` a list leaves out an object or has one that is deleted.
 */
export type StorageFault =
  | 'error'
  | 'truncate'
  | 'broken'
  | 'flip'
  | 'wrongSize'
  | 'stall'
  | 'lost'
  | 'timeout'
  | 'lostAnswer'
  | 'lostPart'
  | 'stale';

/** As long as a timeout takes here. */
const TIMEOUT_MS = 5;

/** Of the objects in a stale list, how many are missing. */
const STALE_SHARE = 0.2;

const POSSIBLE: Readonly<Record<StorageOperation, readonly StorageFault[]>> = {
  put: ['error', 'wrongSize', 'stall', 'lost', 'timeout', 'lostAnswer', 'lostPart'],
  stat: ['error', 'wrongSize', 'stall', 'timeout'],
  read: ['error', 'truncate', 'broken', 'flip', 'stall', 'timeout'],
  list: ['error', 'broken', 'timeout', 'stale'],
  delete: ['error', 'stall', 'timeout', 'lostAnswer'],
};

export interface FaultyStorageOptions {
  random: SeededRandom;
  /** Probability of each fault, for every operation it can happen to. */
  rates?: Partial<Record<StorageFault, number>>;
}

/** A driver around another one that fails as told, by seed or on demand. Without faults it changes nothing. */
export class FaultyStorageDriver implements StorageDriver {
  readonly kind: string;
  /** What was done to whom, in order. */
  readonly log: { operation: StorageOperation; key: string; fault: StorageFault }[] = [];
  readonly #queued: { operation: StorageOperation; fault: StorageFault | 'none' }[] = [];
  #release: (() => void)[] = [];
  /** What a stale list still has. */
  #deleted: StoredObject | null = null;

  constructor(
    private readonly inner: StorageDriver,
    private readonly options: FaultyStorageOptions,
  ) {
    this.kind = inner.kind;
  }

  /** The next such operation gets this fault; called again, the one after it. `none` lets one pass. */
  failNext(operation: StorageOperation, fault: StorageFault | 'none'): void {
    this.#queued.push({ operation, fault });
  }

  /** Lets all stalled operations go on. */
  release(): void {
    for (const go of this.#release.splice(0)) go();
  }

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    const fault = await this.#before('put', key, options.signal);
    if (fault === 'lost') {
      const size = 'bytes' in source ? source.bytes.length : source.size;
      return { key, size, modifiedAt: new Date() };
    }
    if (fault === 'lostPart') {
      await new MemoryStorageDriver().put(key, source, options);
      throw unreachable('put: a part is gone');
    }
    const stored = await this.inner.put(key, source, options);
    if (fault === 'lostAnswer') throw unreachable('put');
    return this.#answer(stored, fault);
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const fault = await this.#before('stat', key, signal);
    const object = await this.inner.stat(key, signal);
    return object === null ? null : this.#answer(object, fault);
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const fault = await this.#before('read', key, signal);
    const body = await this.inner.read(key, range, signal);
    if (fault !== 'truncate' && fault !== 'broken' && fault !== 'flip') return body;
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    const at = this.options.random.below(Math.max(1, bytes.length));
    if (fault === 'flip' && bytes.length > 0) {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << this.options.random.below(8));
      return Readable.from([bytes], { objectMode: false });
    }
    return Readable.from(cutOff(bytes.subarray(0, at), fault === 'broken'), { objectMode: false });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    const fault = await this.#before('list', prefix, signal);
    const ghost = this.#deleted;
    if (fault === 'stale' && ghost?.key.startsWith(prefix) === true) yield ghost;
    for await (const object of this.inner.list(prefix, signal)) {
      if (fault === 'stale' && this.options.random.chance(STALE_SHARE)) continue;
      yield object;
      if (fault === 'broken') throw unreachable('list');
    }
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    const fault = await this.#before('delete', key, signal);
    this.#deleted = (await this.inner.stat(key, signal)) ?? this.#deleted;
    await this.inner.delete(key, signal);
    if (fault === 'lostAnswer') throw unreachable('delete');
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return this.inner.removeAbandoned(olderThanMs);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number } | null> {
    return this.inner.space();
  }

  async #before(operation: StorageOperation, key: string, signal?: AbortSignal): Promise<StorageFault | null> {
    const fault = this.#choose(operation);
    if (fault === null) return null;
    this.log.push({ operation, key, fault });
    if (fault === 'error') throw unreachable(operation);
    if (fault === 'timeout') {
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
      throw unreachable(`${operation}: timeout`);
    }
    if (fault === 'stall') await this.#stall(signal);
    return fault;
  }

  #choose(operation: StorageOperation): StorageFault | null {
    const index = this.#queued.findIndex((fault) => fault.operation === operation);
    const [queued] = index < 0 ? [] : this.#queued.splice(index, 1);
    if (queued !== undefined) return queued.fault === 'none' ? null : queued.fault;
    for (const fault of POSSIBLE[operation]) {
      const rate = this.options.rates?.[fault] ?? 0;
      if (rate > 0 && this.options.random.chance(rate)) return fault;
    }
    return null;
  }

  async #stall(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(cancelledError());
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop, { once: true });
      this.#release.push(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
    });
  }

  #answer(object: StoredObject, fault: StorageFault | null): StoredObject {
    return fault === 'wrongSize' ? { ...object, size: object.size + 1 + this.options.random.below(1000) } : object;
  }
}

function unreachable(operation: string): AppError {
  return new AppError({
    code: 'STORAGE_UNREACHABLE',
    kind: 'storage',
    message: `The storage did not answer (${operation}).`,
    retry: 'later',
  });
}

async function* cutOff(bytes: Buffer, fails: boolean): AsyncGenerator<Buffer> {
  yield bytes;
  if (fails) throw unreachable('read');
}
