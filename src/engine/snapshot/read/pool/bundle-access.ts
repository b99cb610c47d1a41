import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../../../../common/errors/index.js';
import { hasFiles, type StorageDriver } from '../../../ports/index.js';
import type { ManifestBundle } from '../../manifest/index.js';

/** The reason where there is no such bundle. */
export const MISSING = 'its bundle is missing';

/** Files that stay open though nobody reads them. */
const MAX_IDLE = 32;

interface OpenFile {
  handle: Promise<FileHandle>;
  users: number;
}

/** How the threads of a pool get at bundles: as open files where the storage has such, else as streams of ranges. */
export class BundleAccess {
  readonly #bundles: ReadonlyMap<number, ManifestBundle>;
  readonly #files = new Map<number, OpenFile>();

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

  /** Runs the work with the bundle's descriptor; null when there is no such bundle. */
  async file<T>(id: number, work: (fd: number) => Promise<T>): Promise<T | null> {
    const { driver } = this;
    const bundle = this.#bundles.get(id);
    if (bundle === undefined || !hasFiles(driver)) return null;
    const open = this.#files.get(id) ?? { handle: driver.openFile(bundle.key), users: 0 };
    this.#files.set(id, open);
    open.users += 1;
    try {
      return await work((await open.handle).fd);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
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
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map(async ({ handle }) => (await handle.catch(() => null))?.close()));
  }

  async #closeIdle(): Promise<void> {
    if (this.#files.size <= MAX_IDLE) return;
    for (const [id, { handle, users }] of this.#files) {
      if (users > 0) continue;
      this.#files.delete(id);
      // oxlint-disable-next-line no-await-in-loop -- one at most
      await (await handle.catch(() => null))?.close();
      return;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND';
}
