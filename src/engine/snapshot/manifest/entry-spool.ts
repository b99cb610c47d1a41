import type { LineFrameWriterOptions } from '../work/index.js';
import { IndexedFrameWriter } from './indexed-frames.js';
import { lineFacts, type LineFacts } from './line-facts.js';

/** A run of consecutive entries that are as in the parent's manifest: its lines are copied from there. */
export interface KeptRun {
  kind: 'kept';
  /** Index of the first one's line among all entry lines of the parent's manifest (0 = the first entry line). */
  from: number;
  count: number;
}

/** What the pushed lines come to; kept runs are not in it (the plan's summary has their sums). */
export interface SpoolTotals {
  entries: number;
  files: number;
  /** Sum of the sizes of all files. */
  bytes: number;
  /** Stored bytes that the pushed entries point to, by bundle id. */
  stored: Map<number, number>;
}

/**
 * Gathers entries on their way into a manifest, in path order, in a file of the work folder: finished lines, and marks for runs
 * that are copied from the parent's manifest (`ManifestWriter.appendEntries` resolves them). Push, and flush when `full`.
 */
export class EntrySpool {
  readonly totals: SpoolTotals = { entries: 0, files: 0, bytes: 0, stored: new Map() };

  private constructor(private readonly frames: IndexedFrameWriter) {}

  /** Creates (or empties) the file. A full disk is DISK_FULL, here and later. */
  static async create(path: string, options: Pick<LineFrameWriterOptions, 'level'> = {}): Promise<EntrySpool> {
    return new EntrySpool(await IndexedFrameWriter.create(path, options));
  }

  /** Whether enough is pending for a frame: call `flush`. */
  get full(): boolean {
    return this.frames.full;
  }

  /** Adds the JSON text of a finished entry. */
  push(line: string): void {
    const facts = lineFacts(line);
    this.count(facts);
    this.frames.pushEntry(line, facts);
  }

  /** As `push`, for a line that is bytes already, with its newline: `text[from, to)`; the caller knows what it says. */
  pushBytes(text: Buffer, from: number, to: number, facts: Readonly<LineFacts>): void {
    this.count(facts);
    this.frames.pushEntryBytes(text, from, to, facts);
  }

  private count(facts: Readonly<LineFacts>): void {
    const { totals } = this;
    totals.entries += 1;
    if (facts.file) {
      totals.files += 1;
      totals.bytes += facts.size;
    }
    if (facts.bundle !== null) totals.stored.set(facts.bundle, (totals.stored.get(facts.bundle) ?? 0) + facts.stored);
  }

  pushKept(run: KeptRun): void {
    this.frames.pushKept(JSON.stringify(run));
  }

  async flush(): Promise<void> {
    await this.frames.flush();
  }

  /** Flushes and closes. Durable unless told not to be (a spool that is used at once and removed). */
  async finish(options: { durable?: boolean } = {}): Promise<SpoolTotals> {
    await this.frames.finish(options.durable ?? true);
    return this.totals;
  }

  /** Closes without flushing; the caller removes the file. */
  async abandon(): Promise<void> {
    await this.frames.abandon();
  }
}
