import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../work/index.js';
import { parseSeekTable, SeekTableBuilder } from '../zstd/index.js';
import { DATABASE_FRAMES, DATABASE_INDEX } from './database-sink.js';

/** Written bytes after which the disk is told to begin writing, so that the last sync is short. */
const SYNC_STEP = 64 * 1024 * 1024;
const COPY_BYTES = 1024 * 1024;

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
  ) {}

  /** Begins a bundle; what an earlier attempt left of it is gone. */
  static async create(path: string): Promise<BundleFile> {
    const partial = `${path}.partial`;
    return new BundleFile(path, partial, await open(partial, 'w', 0o600));
  }

  /**
   * Appends the dump's frames from the work folder, and removes them there: they were not synced, so that most of them were never
   * written to the disk twice. Gives where they end.
   */
  async appendDatabase(folder: string, start: number): Promise<number> {
    const path = join(folder, DATABASE_FRAMES);
    let at = start;
    for await (const chunk of createReadStream(path, { highWaterMark: COPY_BYTES })) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
      for (let done = 0; done < chunk.length;)
        done += (await this.handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
      at += chunk.length;
      this.written(at);
    }
    const index = parseSeekTable(await readFile(join(folder, DATABASE_INDEX)));
    for (const { compressedSize, size } of index.frames) this.frames.add(compressedSize, size);
    await rm(path);
    return at;
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
}
