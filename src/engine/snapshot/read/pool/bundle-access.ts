import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../../../../common/errors/index.js';
import { copiesOf, type FileStorageDriver, hasFiles, type StorageDriver } from '../../../ports/index.js';
import type { ManifestBundle } from '../../manifest/index.js';

/** The reason where there is no such bundle. */
export const MISSING = 'its bundle is missing';

/** Files that stay open though nobody reads them. */
const MAX_IDLE = 32;

interface OpenFile {
  id: number;
  copy: FileStorageDriver;
  handle: Promise<FileHandle>;
  users: number;
}

/** How the threads of a pool get at bundles: as open files where the storage has such, else as streams of ranges. */
export class BundleAccess {
  readonly #bundles: ReadonlyMap<number, ManifestBundle>;
  readonly #files = new Set<OpenFile>();

  constructor(
    private readonly driver: StorageDriver,
    bundles: readonly ManifestBundle[],
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#bundles = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  }

  /** Whether `file` can be asked. */
  get hasFiles(): boolean {
    return hasFiles(this.driver);
  }

  /** The key of a bundle, or null when the manifest names none such. */
  keyOf(id: number): string | null {
    return this.#bundles.get(id)?.key ?? null;
  }

  /** Runs the work with the descriptor of the bundle's best copy; null when that is no file, or not there: `stream` may still give it. */
  async file<T>(id: number, work: (fd: number) => Promise<T>): Promise<T | null> {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) return null;
    const copies = copiesOf(this.driver, bundle.key);
    const [copy] = copies;
    if (copy === undefined || !hasFiles(copy)) return null;
    const open = this.#open(id, bundle.key, copy);
    open.users += 1;
    try {
      let handle: FileHandle;
      try {
        handle = await open.handle;
      } catch (error) {
        if (copies.length > 1 || isMissing(error)) return null;
        throw error;
      }
      return await work(handle.fd);
    } finally {
      open.users -= 1;
      await this.#closeIdle();
    }
  }

  /** A range of the bundle; null when there is no such bundle. */
  async stream(id: number, offset: number, length: number): Promise<Readable | null> {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) return null;
    try {
      return await this.driver.read(bundle.key, { offset, length }, this.signal);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    const files = [...this.#files];
    this.#files.clear();
    await Promise.all(files.map(async ({ handle }) => (await handle.catch(() => null))?.close()));
  }

  #open(id: number, key: string, copy: FileStorageDriver): OpenFile {
    for (const file of this.#files) if (file.id === id && file.copy === copy) return file;
    const file = { id, copy, handle: copy.openFile(key), users: 0 };
    this.#files.add(file);
    return file;
  }

  async #closeIdle(): Promise<void> {
    if (this.#files.size <= MAX_IDLE) return;
    for (const file of this.#files) {
      if (file.users > 0) continue;
      this.#files.delete(file);
      // oxlint-disable-next-line no-await-in-loop -- one at most
      await (await file.handle.catch(() => null))?.close();
      return;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND';
}
