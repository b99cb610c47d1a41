import { comparePaths, releasedBundles, withTarget, type ManifestEntry, type ParentBackup } from '../manifest/index.js';
import {
  FILE,
  LinkTable,
  RecordReader,
  SKIPPED,
  UNREADABLE,
  WHOLE_SECOND,
  type LinkedFile,
  type RecordBatch,
  type WalkReporter,
} from '../walk/index.js';
import type { LineFrameWriter } from '../work/index.js';
import type { KeptEntries } from './kept-entries.js';
import type { PackTotals } from './pack-totals.js';
import type { ParentLines } from './parent-lines.js';
import { bundleOfTail, NO_CONTENT, UNUSUAL } from './stored-tail.js';

const COMMA = 0x2c;
const BRACE = 0x7d;
const LINE_END = Buffer.from('}\n');
const LINKED_LINE_END = Buffer.from(',"linked":true}\n');
/** A change so shortly before the parent's walk may have come after the file was looked at, with the same time. */
const RACY_MS = 50;
const RACY_WHOLE_SECONDS_MS = 2000;

/** The entry at hand: what the walk knows of its line, `text[from, to)`. */
interface FoundEntry {
  text: Buffer;
  from: number;
  to: number;
  linked: LinkedFile | null;
  /** It is not another name of a file that had one before. */
  isFirst: boolean;
  /** The parent's current line begins with the same text. */
  isSame: boolean;
}

export interface MergeOptions {
  plan: LineFrameWriter;
  structure: LineFrameWriter | null;
  kept: KeptEntries;
  totals: PackTotals;
  report: WalkReporter;
  parent: ParentBackup | null;
  /** The parent's lines; null: nothing is kept. */
  lines: ParentLines | null;
}

/** Merges what the walk finds with the parent's manifest, both in path order: what is as it was is kept, all else is planned. */
export class FileMerge {
  private readonly links = new LinkTable();
  /** Bundles in which nothing is kept. */
  private readonly released: ReadonlySet<number>;
  private readonly filesAt: number;
  private readonly current: FoundEntry = {
    text: Buffer.alloc(0),
    from: 0,
    to: 0,
    linked: null,
    isFirst: true,
    isSame: false,
  };

  constructor(private readonly options: MergeOptions) {
    const { parent } = options;
    this.released = parent === null ? new Set() : releasedBundles(parent);
    this.filesAt = parent === null ? 0 : Date.parse(parent.header.filesAt);
  }

  /** Takes up what the walk found. Throws MANIFEST_DAMAGED, FRAME_DAMAGED, DISK_FULL. */
  async add(batch: RecordBatch): Promise<void> {
    const { report, plan, structure, lines } = this.options;
    const record = new RecordReader(batch);
    while (record.next()) {
      if (record.kind === UNREADABLE) report.unreadable(record.path, record.text);
      else if (record.kind === SKIPPED) report.skipped(record.path, record.text);
      else {
        const entry = this.entryOf(record);
        // eslint-disable-next-line no-await-in-loop, no-unmodified-loop-condition -- only at the end of a frame; seek moves it
        while (lines !== null && !this.seek(lines, record, entry)) await lines.load();
        this.settle(record, entry);
        // eslint-disable-next-line no-await-in-loop -- back-pressure
        if (plan.full) await plan.flush();
        // eslint-disable-next-line no-await-in-loop -- back-pressure
        if (structure?.full === true) await structure.flush();
      }
    }
  }

  private entryOf(record: RecordReader): FoundEntry {
    const { current } = this;
    current.text = record.bytes;
    current.from = record.textStart;
    current.to = record.textEnd;
    current.linked = null;
    current.isFirst = true;
    current.isSame = false;
    if (record.kind !== FILE || record.links <= 1) return current;
    const linked = this.links.look(record, () => record.path.toString('latin1'));
    if (linked === null) return current;
    current.linked = linked.file;
    current.isFirst = linked.isFirst;
    if (!linked.isFirst) {
      current.text = linkText(record.text, linked.file.first);
      current.from = 0;
      current.to = current.text.length;
    }
    return current;
  }

  /**
   * Goes on in the parent's lines to the entry's path, and says whether its line there begins with the entry's text. What is
   * passed over is not in the site any more. False when the next frame must be loaded first.
   */
  private seek(lines: ParentLines, record: RecordReader, entry: FoundEntry): boolean {
    const length = entry.to - entry.from;
    while (!lines.done) {
      if (lines.isExhausted) return false;
      const end = lines.start + length;
      const after = end < lines.end ? lines.text[end] : 0;
      if (
        (after === COMMA || after === BRACE) &&
        entry.text.compare(lines.text, lines.start, end, entry.from, entry.to) === 0
      ) {
        entry.isSame = true;
        return true;
      }
      const order = comparePaths(lines.path(), record.path);
      if (order > 0) return true;
      lines.next();
      // The same path with other facts: it changed.
      if (order === 0) return true;
    }
    return true;
  }

  /** Keeps the entry or plans it. */
  private settle(record: RecordReader, entry: FoundEntry): void {
    const { plan, kept, totals, lines } = this.options;
    const { linked, isFirst } = entry;
    if (entry.isSame && lines !== null) {
      const isKept = this.keep(lines, record, entry);
      if (linked !== null && isFirst) linked.kept = isKept;
      lines.next();
      if (isKept) return;
    }
    kept.endRun();
    totals.add(record, isFirst);
    plan.pushBytes(entry.text.subarray(entry.from, entry.to));
    plan.pushBytes(linked !== null && isFirst ? LINKED_LINE_END : LINE_END);
  }

  private keep(lines: ParentLines, record: RecordReader, entry: FoundEntry): boolean {
    const { kept } = this.options;
    if (this.isRacy(record) || (!entry.isFirst && entry.linked?.kept !== true)) return false;
    const isFile = record.kind === FILE && entry.isFirst;
    const content = isFile ? contentOf(lines, lines.start + entry.to - entry.from, record) : WITHOUT_CONTENT;
    if (content.isChanged || this.released.has(content.bundle)) return false;
    if (content.bundle === NO_CONTENT)
      kept.addStructure(lines.number, lines.text.subarray(lines.start, lines.end + 1), isFile);
    else kept.addContent(lines.number, record.size, content.bundle, content.stored);
    return true;
  }

  /** Whether the entry may have changed after the parent's walk without its times telling. */
  private isRacy(record: RecordReader): boolean {
    return record.changedMs >= this.filesAt - (record.has(WHOLE_SECOND) ? RACY_WHOLE_SECONDS_MS : RACY_MS);
  }
}

interface Content {
  bundle: number;
  stored: number;
  isChanged: boolean;
}

const WITHOUT_CONTENT: Content = { bundle: NO_CONTENT, stored: 0, isChanged: false };

/** Where the content of the parent's current line is; `tail`: where in the line what the walk knows ends. */
function contentOf(lines: ParentLines, tail: number, record: RecordReader): Content {
  // Fewer bytes on the disk than its size: maybe it has holes, and less is stored.
  const bundle = record.allocated < record.size ? UNUSUAL : bundleOfTail(lines.text, tail, lines.end);
  if (bundle !== UNUSUAL) return { bundle, stored: record.size, isChanged: false };
  const { in: location, size, extents, changed } = lines.parsed();
  return {
    bundle: location?.bundle ?? NO_CONTENT,
    stored: extents === undefined ? size : extents.reduce((sum, extent) => sum + extent[1], 0),
    isChanged: changed === true,
  };
}

/** The text of another name of a file: that of a hard link to its first name, without the closing brace. */
function linkText(text: string, first: string): Buffer {
  const entry: ManifestEntry = JSON.parse(`${text}}`);
  const link = { ...entry, type: 'hardlink', size: 0, ...withTarget(Buffer.from(first, 'latin1')) };
  return Buffer.from(JSON.stringify(link).slice(0, -1));
}
