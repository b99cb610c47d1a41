import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cancelledError } from '../../common/errors/index.js';
import {
  assertStorageKey,
  checksumMismatch,
  objectNotFound,
  sourceChunks,
  type ByteRange,
  type PutOptions,
  type PutSource,
  type StorageDriver,
  type StoredObject,
} from '../ports/index.js';

const CHUNK_BYTES = 64 * 1024;

/** Objects in memory, with the whole contract of a driver. For tests. */
export class MemoryStorageDriver implements StorageDriver {
  readonly kind = 'memory';
  /** The objects themselves, for tests that look or damage. */
  readonly objects = new Map<string, { bytes: Buffer; modifiedAt: Date }>();

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    assertStorageKey(key);
    const bytes = await bytesOf(source, options.signal);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (!('bytes' in source) && (bytes.length !== source.size || sha256 !== source.sha256)) {
      throw checksumMismatch(key, 'what was announced', `SHA-256 ${sha256}`);
    }
    for (let sent = 0; sent < bytes.length;) {
      const chunk = Math.min(CHUNK_BYTES, bytes.length - sent);
      await options.limiter?.take(chunk, options.signal);
      sent += chunk;
      options.onProgress?.(sent);
    }
    if (options.signal?.aborted === true) throw cancelledError();
    const object = { bytes, modifiedAt: new Date() };
    this.objects.set(key, object);
    return { key, size: bytes.length, modifiedAt: object.modifiedAt, sha256 };
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    assertStorageKey(key);
    if (signal?.aborted === true) throw cancelledError();
    const object = this.objects.get(key);
    return object === undefined ? null : { key, size: object.bytes.length, modifiedAt: object.modifiedAt };
  }

  async read(key: string, range: ByteRange = { offset: 0 }, signal?: AbortSignal): Promise<Readable> {
    assertStorageKey(key);
    const object = this.objects.get(key);
    if (object === undefined) {
      throw objectNotFound(key);
    }
    const end = range.length === undefined ? object.bytes.length : range.offset + range.length;
    return Readable.from(chunksOf(object.bytes.subarray(range.offset, end), signal), { objectMode: false });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    for (const key of keys) {
      const object = await this.stat(key, signal);
      if (object !== null) yield object;
    }
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    assertStorageKey(key);
    if (signal?.aborted === true) throw cancelledError();
    this.objects.delete(key);
  }

  async removeAbandoned(): Promise<number> {
    return 0;
  }

  async space(): Promise<null> {
    return null;
  }
}

async function bytesOf(source: PutSource, signal: AbortSignal | undefined): Promise<Buffer> {
  if ('bytes' in source) return Buffer.from(source.bytes);
  if ('path' in source) return readFile(source.path);
  const chunks: Buffer[] = [];
  for await (const chunk of sourceChunks(source, { offset: 0 }, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* chunksOf(bytes: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (signal?.aborted === true) throw cancelledError();
    yield Buffer.from(bytes.subarray(at, at + CHUNK_BYTES));
  }
}
