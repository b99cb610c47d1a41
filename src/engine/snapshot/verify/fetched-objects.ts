import { createWriteStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange, FileStorageDriver, PutSource, StorageDriver, StoredObject } from '../../ports/index.js';
import { freeBytes } from '../work/index.js';

/** Left to others on the disk. */
const SPARE_BYTES = 1024 ** 3;

/** Objects of another storage as files: each is fetched whole when it is first opened, once, and kept until `remove`. */
export class FetchedObjects implements FileStorageDriver {
  readonly #files = new Map<string, Promise<string>>();
  #fetched = 0;

  private constructor(
    private readonly inner: StorageDriver,
    private readonly folder: string,
    private readonly signal: AbortSignal | undefined,
    private readonly onProgress: (key: string) => void,
  ) {}

  /** Null when the folder's disk has no room for so many bytes. */
  static async over(
    inner: StorageDriver,
    room: { folder: string; bytes: number; signal?: AbortSignal | undefined; onProgress: (key: string) => void },
  ): Promise<FetchedObjects | null> {
    await mkdir(room.folder, { recursive: true, mode: 0o700 });
    if ((await freeBytes(room.folder)) < room.bytes + SPARE_BYTES) return null;
    return new FetchedObjects(inner, room.folder, room.signal, room.onProgress);
  }

  get kind(): string {
    return this.inner.kind;
  }

  /** Bytes fetched so far. */
  get fetched(): number {
    return this.#fetched;
  }

  async openFile(key: string): Promise<FileHandle> {
    const known = this.#files.get(key);
    const file = known ?? this.#fetch(key, join(this.folder, `object-${this.#files.size}`));
    this.#files.set(key, file);
    return open(await file, 'r');
  }

  /** Removes what was fetched. */
  async remove(): Promise<void> {
    await Promise.allSettled(this.#files.values());
    await rm(this.folder, { recursive: true, force: true });
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    return this.inner.read(key, range, signal);
  }

  async put(key: string, source: PutSource): Promise<StoredObject> {
    return this.inner.put(key, source);
  }

  async stat(key: string): Promise<StoredObject | null> {
    return this.inner.stat(key);
  }

  list(prefix: string): AsyncIterable<StoredObject> {
    return this.inner.list(prefix);
  }

  async delete(key: string): Promise<void> {
    await this.inner.delete(key);
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return this.inner.removeAbandoned(olderThanMs);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number } | null> {
    return this.inner.space();
  }

  async #fetch(key: string, path: string): Promise<string> {
    const body = await this.inner.read(key, undefined, this.signal);
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#fetched += chunk.length;
        this.onProgress(key);
        done(null, chunk);
      },
    });
    await pipeline(body, count, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
    return path;
  }
}
