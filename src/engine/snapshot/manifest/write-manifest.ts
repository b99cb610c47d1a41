import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { freeBuffer } from '../../native/free-buffer.js';
import { syncFolder } from '../work/index.js';
import type { KeptRun } from './entry-spool.js';
import type { ManifestFrame } from './frame-index.js';
import { IndexedFrameWriter, MANIFEST_FRAME_BYTES } from './indexed-frames.js';
import { KeptLines } from './kept-lines.js';
import { lineFacts } from './line-facts.js';
import { linesOf } from '../work/lines.js';
import { LocalManifest } from './local-manifest.js';
import { shiftLocation, type LocationShift } from './shift-location.js';
import type { ManifestLine } from './types.js';

/** A smaller frame is not worth keeping as it is: its lines join those around it. */
const SMALL_FRAME_BYTES = MANIFEST_FRAME_BYTES / 4;

export interface AppendOptions {
  /** Moves the place of the entries' own content: that of the dump, which was written before its place was known. */
  shift?: LocationShift;
}

/**
 * Writes a manifest (header, entries in path order, trailer, frame index), bounded in memory. It appears under its name,
 * whole and durable, at `finish`. Entries come from entry spools (`appendEntries`).
 */
export class ManifestWriter {
  private readonly hash = createHash('sha256');

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private lines: IndexedFrameWriter | null,
    private readonly kept: KeptLines | null,
  ) {}

  /** `parentPath`: the parent's manifest, when entries are kept. */
  static async create(path: string, options: { level?: number; parentPath?: string } = {}): Promise<ManifestWriter> {
    const { level, parentPath } = options;
    const partial = `${path}.partial`;
    const kept = parentPath === undefined ? null : await KeptLines.open(parentPath);
    const writer = new ManifestWriter(path, partial, null, kept);
    try {
      writer.lines = await IndexedFrameWriter.create(partial, {
        onBytes: (bytes) => writer.hash.update(bytes),
        ...(level === undefined ? {} : { level }),
      });
    } catch (error) {
      await kept?.close();
      throw error;
    }
    return writer;
  }

  /** Writes one line. The header gets a frame of its own, so that a reader has it from the first few hundred bytes. */
  async write(line: ManifestLine): Promise<void> {
    const lines = this.opened();
    const text = JSON.stringify(line);
    if (line.kind === 'entry') lines.pushEntry(text, lineFacts(text));
    else {
      await lines.flush();
      lines.pushText(text);
    }
    if (line.kind === 'header' || lines.full) await lines.flush();
  }

  /** Adds all entries of an entry spool; kept runs are copied from the parent's manifest. */
  async appendEntries(spoolPath: string, options: AppendOptions = {}): Promise<void> {
    const spool = await LocalManifest.open(spoolPath);
    try {
      for (const frame of spool.frames) {
        if (frame.entries + frame.kept === 0) continue;
        const isReady = frame.kept === 0 && options.shift === undefined;
        if (isReady && this.takesWhole(frame.text)) await this.appendWhole(await spool.compressed(frame), frame);
        else {
          const text = await spool.text(frame);
          await this.appendLines(text, options.shift ?? null);
          freeBuffer(text);
        }
      }
    } finally {
      await spool.close();
    }
  }

  async finish(): Promise<{ size: number; sha256: string }> {
    const lines = this.opened();
    await this.kept?.close();
    await lines.finish();
    await rename(this.partial, this.path);
    await syncFolder(dirname(this.path));
    return { size: lines.bytes, sha256: this.hash.digest('hex') };
  }

  /** Closes and removes what was written. */
  async abort(): Promise<void> {
    await this.kept?.close().catch(() => undefined);
    await this.lines?.abandon().catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  private async appendWhole(compressed: Buffer, frame: ManifestFrame): Promise<void> {
    await this.opened().appendFrame(compressed, frame);
    freeBuffer(compressed);
  }

  private async appendLines(text: Buffer, shift: LocationShift | null): Promise<void> {
    const lines = this.opened();
    for (const line of linesOf(text)) {
      if (line.startsWith('{"kind":"kept"')) {
        const run: KeptRun = JSON.parse(line);
        await this.copyKept(run);
        continue;
      }
      const shifted = shift === null ? line : shiftLocation(line, shift);
      lines.pushEntry(shifted, lineFacts(shifted));
      if (lines.full) await lines.flush();
    }
  }

  private async copyKept(run: KeptRun): Promise<void> {
    if (this.kept === null) throw new Error('kept entries need the parent manifest');
    const lines = this.opened();
    let { from, count } = run;
    while (count > 0) {
      const frame = this.kept.frameOf(from);
      const whole = from === frame.before && count >= frame.entries && this.kept.hasOnlyEntries(frame);
      const taken = Math.min(count, frame.before + frame.entries - from);
      if (whole && this.takesWhole(frame.text)) await this.appendWhole(await this.kept.compressed(frame), frame);
      else {
        for (const line of await this.kept.lines(frame, from - frame.before, taken)) {
          lines.pushEntry(line, lineFacts(line));
          if (lines.full) await lines.flush();
        }
      }
      from += taken;
      count -= taken;
    }
  }

  /** Whether a frame goes in as it is: not when it is small, or when what is pending would become a small one. */
  private takesWhole(text: number): boolean {
    const pending = this.opened().pendingText;
    return text >= SMALL_FRAME_BYTES && (pending === 0 || pending >= SMALL_FRAME_BYTES);
  }

  private opened(): IndexedFrameWriter {
    if (this.lines === null) throw new Error('ManifestWriter is not open');
    return this.lines;
  }
}
