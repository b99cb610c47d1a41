import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LineFrameWriter, syncFolder } from '../work/index.js';
import type { ManifestLine } from './types.js';

/**
 * Writes a manifest line by line (header, entries in path order, trailer), bounded in memory. It appears under its name,
 * whole and durable, at `finish`. Entries may also come from files that LineFrameWriter made (`appendEntries`).
 */
export class ManifestWriter {
  private readonly hash = createHash('sha256');

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private lines: LineFrameWriter | null,
  ) {}

  static async create(path: string, level?: number): Promise<ManifestWriter> {
    const partial = `${path}.partial`;
    const writer = new ManifestWriter(path, partial, null);
    writer.lines = await LineFrameWriter.create(partial, {
      onBytes: (bytes) => writer.hash.update(bytes),
      ...(level === undefined ? {} : { level }),
    });
    return writer;
  }

  async write(line: ManifestLine): Promise<void> {
    const lines = this.opened();
    lines.push(line);
    // The header is a frame of its own, so that a reader gets it from the first few hundred bytes.
    if (line.kind === 'header' || lines.full) await lines.flush();
  }

  /** Adds all entries of a spool file as they are. */
  async appendEntries(spool: string): Promise<void> {
    await this.opened().appendFile(spool);
  }

  async finish(): Promise<{ size: number; sha256: string }> {
    const lines = this.opened();
    await lines.finish();
    await rename(this.partial, this.path);
    await syncFolder(dirname(this.path));
    return { size: lines.bytes, sha256: this.hash.digest('hex') };
  }

  /** Closes and removes what was written. */
  async abort(): Promise<void> {
    await this.lines?.abandon().catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  private opened(): LineFrameWriter {
    if (this.lines === null) throw new Error('ManifestWriter is not open');
    return this.lines;
  }
}
