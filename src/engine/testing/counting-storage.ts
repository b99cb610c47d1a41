import { Transform, type Readable } from 'node:stream';
import type { ByteRange, PutOptions, PutSource, StorageDriver, StoredObject } from '../ports/index.js';

/** A driver around another one that counts what is asked of it and how many bytes come out. */
export class CountingStorageDriver implements StorageDriver {
  readonly kind: string;
  readonly calls = { put: 0, stat: 0, read: 0, list: 0, delete: 0 };
  readonly reads: { key: string; range: ByteRange | undefined }[] = [];
  bytesRead = 0;

  constructor(private readonly inner: StorageDriver) {
    this.kind = inner.kind;
  }

  async put(key: string, source: PutSource, options?: PutOptions): Promise<StoredObject> {
    this.calls.put++;
    return this.inner.put(key, source, options);
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    this.calls.stat++;
    return this.inner.stat(key, signal);
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    this.calls.read++;
    this.reads.push({ key, range });
    const body = await this.inner.read(key, range, signal);
    const counter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.bytesRead += chunk.length;
        done(null, chunk);
      },
    });
    body.on('error', (error) => counter.destroy(error));
    counter.on('close', () => body.destroy());
    return body.pipe(counter);
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredObject> {
    this.calls.list++;
    return this.inner.list(prefix, signal);
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    this.calls.delete++;
    await this.inner.delete(key, signal);
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return this.inner.removeAbandoned(olderThanMs);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number } | null> {
    return this.inner.space();
  }
}
