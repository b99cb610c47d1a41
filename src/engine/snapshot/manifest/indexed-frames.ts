import { LineFrameWriter, type LineFrameWriterOptions } from '../work/index.js';
import { encodeFrameIndex, type ManifestFrame } from './frame-index.js';
import type { LineFacts } from './line-facts.js';
import { entryPath } from './paths.js';
import type { ManifestEntry } from './types.js';

/** Text of one frame: small enough to fetch one folder's, large enough to compress well. */
export const MANIFEST_FRAME_BYTES = 1024 * 1024;

type FrameContent = Omit<ManifestFrame, 'offset' | 'length' | 'text'>;
const nothing = (): FrameContent => ({ first: null, entries: 0, files: 0, bytes: 0, kept: 0 });

/** Writes lines in frames and knows what each frame holds; ends with the frame index. */
export class IndexedFrameWriter {
  private readonly frames: ManifestFrame[] = [];
  private pending = nothing();

  private constructor(private readonly lines: LineFrameWriter) {}

  static async create(path: string, options: LineFrameWriterOptions): Promise<IndexedFrameWriter> {
    return new IndexedFrameWriter(
      await LineFrameWriter.create(path, { frameTextBytes: MANIFEST_FRAME_BYTES, ...options }),
    );
  }

  get full(): boolean {
    return this.lines.full;
  }

  /** Bytes of text that are not in a frame yet. */
  get pendingText(): number {
    return this.lines.pendingText;
  }

  get bytes(): number {
    return this.lines.bytes;
  }

  /** A line that is no entry. */
  pushText(line: string): void {
    this.lines.pushText(line);
  }

  pushKept(line: string): void {
    this.pending.kept += 1;
    this.lines.pushText(line);
  }

  pushEntry(line: string, facts: Pick<LineFacts, 'file' | 'size'>): void {
    if (this.pending.entries === 0) this.pending.first = pathOf(line);
    this.count(facts);
    this.lines.pushText(line);
  }

  /** As `pushEntry`, for a line that is bytes already, with its newline: `text[from, to)`. */
  pushEntryBytes(text: Buffer, from: number, to: number, facts: Pick<LineFacts, 'file' | 'size'>): void {
    if (this.pending.entries === 0) this.pending.first = pathOf(text.toString('utf8', from, to));
    this.count(facts);
    this.lines.pushBytes(text.subarray(from, to));
  }

  private count(facts: Pick<LineFacts, 'file' | 'size'>): void {
    this.pending.entries += 1;
    if (!facts.file) return;
    this.pending.files += 1;
    this.pending.bytes += facts.size;
  }

  async flush(): Promise<void> {
    const { bytes: offset, pendingText: text } = this.lines;
    const content = this.pending;
    this.pending = nothing();
    await this.lines.flush();
    if (text > 0) this.frames.push({ offset, length: this.lines.bytes - offset, text, ...content });
  }

  /** Adds a whole frame that was compressed before; flushes first. */
  async appendFrame(frame: Buffer, facts: Omit<ManifestFrame, 'offset' | 'length'>): Promise<void> {
    await this.flush();
    this.frames.push({ ...facts, offset: this.lines.bytes, length: frame.length });
    await this.lines.appendFrame(frame);
  }

  /** Flushes, adds the index, makes it durable (unless told not to), closes. */
  async finish(durable = true): Promise<void> {
    await this.flush();
    await this.lines.appendFrame(encodeFrameIndex(this.frames));
    await this.lines.finish(durable);
  }

  async abandon(): Promise<void> {
    await this.lines.abandon();
  }
}

function pathOf(line: string): Buffer {
  const entry: ManifestEntry = JSON.parse(line);
  return entryPath(entry);
}
