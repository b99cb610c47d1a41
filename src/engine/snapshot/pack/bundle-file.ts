import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../work/index.js';
import { parseSeekTable, SeekTableBuilder } from '../zstd/index.js';
import { DATABASE_FRAMES, DATABASE_INDEX } from './database-sink.js';

const COPY_BYTES = 1024 * 1024;

/** The bundle while it is made: `<path>.partial`, then renamed. */
export class BundleFile {
  /** Sizes of all frames in their order. */
  readonly frames = new SeekTableBuilder();

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
  async appendDatabase(folder: string, start: number, onWritten: (end: number) => void): Promise<number> {
    const path = join(folder, DATABASE_FRAMES);
    const frames = await open(path, 'r');
    // One buffer: a new one for each read would keep the garbage collector busy.
    const buffer = Buffer.allocUnsafeSlow(COPY_BYTES);
    let at = start;
    try {
      for (;;) {
        const { bytesRead } = await frames.read(buffer, 0, buffer.length, at - start);
        if (bytesRead === 0) break;
        for (let done = 0; done < bytesRead;)
          done += (await this.handle.write(buffer, done, bytesRead - done, at + done)).bytesWritten;
        at += bytesRead;
        onWritten(at);
      }
    } finally {
      await frames.close();
    }
    const index = parseSeekTable(await readFile(join(folder, DATABASE_INDEX)));
    for (const { compressedSize, size } of index.frames) this.frames.add(compressedSize, size);
    await rm(path);
    return at;
  }

  /** Makes its bytes durable. */
  async sync(): Promise<void> {
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
    await this.handle.close().catch(() => undefined);
    await rm(this.partial, { force: true });
  }
}
