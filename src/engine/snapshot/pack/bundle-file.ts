import { constants } from 'node:fs';
import { copyFile, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../work/index.js';
import { parseSeekTable, SeekTableBuilder } from '../zstd/index.js';
import { DATABASE_FRAMES, DATABASE_INDEX } from './database-sink.js';

/** Written bytes after which the disk is told to begin writing, so that the last sync is short. */
const SYNC_STEP = 64 * 1024 * 1024;

/** The bundle while it is made: `<path>.partial`, then renamed. */
export class BundleFile {
  /** Sizes of all frames in their order. */
  readonly frames = new SeekTableBuilder();
  private synced = 0;
  private syncing: Promise<void> | null = null;

  private constructor(
    readonly path: string,
    readonly partial: string,
    readonly handle: FileHandle,
    /** Bytes of the database's frames, the first of the bundle. */
    readonly databaseEnd: number,
  ) {}

  /** Begins a bundle, with the frames of the database where the work folder has them. */
  static async create(path: string, databaseFolder: string | null): Promise<BundleFile> {
    const partial = `${path}.partial`;
    await rm(partial, { force: true });
    if (databaseFolder !== null)
      await copyFile(join(databaseFolder, DATABASE_FRAMES), partial, constants.COPYFILE_FICLONE);
    const handle = await open(partial, databaseFolder === null ? 'w' : 'r+', 0o600);
    try {
      const { size } = await handle.stat();
      const file = new BundleFile(path, partial, handle, size);
      if (databaseFolder !== null) await file.addDatabaseFrames(databaseFolder);
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Tells how far the bundle is written; now and then starts writing back. */
  written(end: number): void {
    if (this.syncing !== null || end - this.synced < SYNC_STEP) return;
    this.synced = end;
    this.syncing = this.handle
      .datasync()
      // The last sync reports what is wrong.
      .catch(() => undefined)
      .then(() => {
        this.syncing = null;
        return undefined;
      });
  }

  /** Makes its bytes durable. */
  async sync(): Promise<void> {
    await this.syncing;
    await this.handle.sync();
  }

  /** Gives it its name, durably; after `sync`. */
  async publish(): Promise<void> {
    await this.handle.close();
    await rename(this.partial, this.path);
    await syncFolder(dirname(this.path));
  }

  /** Closes and removes it. */
  async abort(): Promise<void> {
    await this.syncing;
    await this.handle.close().catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  private async addDatabaseFrames(folder: string): Promise<void> {
    const index = parseSeekTable(await readFile(join(folder, DATABASE_INDEX)));
    for (const { compressedSize, size } of index.frames) this.frames.add(compressedSize, size);
  }
}
