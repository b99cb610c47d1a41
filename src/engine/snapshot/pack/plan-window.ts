import { freeBuffer, grown } from '../../native/free-buffer.js';
import { planLineFacts, type PlanItem, type PlanLineFacts, type PlanLineType } from '../plan/index.js';
import type { GroupedLines } from './grouping.js';
import type { PackedLines } from './packed-lines.js';

/** A run of the plan that is grouped together: bounds what the main thread holds. */
const WINDOW_BYTES = 64 * 1024 * 1024;
const WINDOW_ENTRIES = 8192;
const WINDOW_TEXT_BYTES = 4 * 1024 * 1024;
/** Many sites have no more. */
const FIRST_TEXT_BYTES = 64 * 1024;
/** Few sites have more than some dozens of extensions; each is kept once. */
const MAX_EXTENSIONS = 1024;
const NEWLINE = 0x0a;

/**
 * A run of the plan's lines and what the workers made of them, as bytes and numbers in memory that is used again for the next run: as
 * objects, a million of them would be garbage that has lived too long to be collected cheaply.
 */
export class PlanWindow implements GroupedLines {
  private text = Buffer.allocUnsafeSlow(FIRST_TEXT_BYTES);
  private used = 0;
  private bytes = 0;
  private entries = 0;
  private readonly ends = new Uint32Array(WINDOW_ENTRIES);
  private readonly sizes = new Float64Array(WINDOW_ENTRIES);
  private readonly types: PlanLineType[] = [];
  private readonly extensions: string[] = [];
  private readonly interned = new Map<string, string>();
  /** For each line, in which answer of a worker its entry is, and at what place there. */
  private readonly answers: (PackedLines | null)[] = [];
  private readonly taken: PackedLines[] = [];
  private readonly places = new Uint32Array(WINDOW_ENTRIES);

  get count(): number {
    return this.entries;
  }

  /** There is enough in it: no more may be added. */
  get full(): boolean {
    return this.entries === WINDOW_ENTRIES || this.bytes >= WINDOW_BYTES || this.used >= WINDOW_TEXT_BYTES;
  }

  /** Adds a line of the plan, `text[from, to)`, without its newline. */
  add(text: Buffer, from: number, to: number): void {
    const { type, size, extension } = planLineFacts(text, from, to);
    const at = this.entries;
    this.text = grown(this.text, this.used, this.used + to - from + 1);
    text.copy(this.text, this.used, from, to);
    this.text[this.used + to - from] = NEWLINE;
    this.used += to - from + 1;
    this.ends[at] = this.used;
    this.sizes[at] = size;
    this.types[at] = type;
    this.extensions[at] = this.intern(extension);
    this.answers[at] = null;
    this.bytes += size;
    this.entries = at + 1;
  }

  facts(index: number): Readonly<PlanLineFacts> {
    return {
      type: this.typeOf(index),
      size: this.sizes[index] ?? 0,
      extension: this.extensions[index] ?? '',
    };
  }

  typeOf(index: number): PlanLineType {
    return this.types[index] ?? 'kept';
  }

  parsed(index: number): PlanItem {
    const item: PlanItem = JSON.parse(this.text.toString('utf8', this.startOf(index), this.ends[index]));
    return item;
  }

  /** A copy of some lines, each with its newline, in memory of its own. */
  linesOf(indexes: readonly number[]): Uint8Array<ArrayBuffer> {
    let length = 0;
    for (const index of indexes) length += (this.ends[index] ?? 0) - this.startOf(index);
    const lines = new Uint8Array(length);
    let at = 0;
    for (const index of indexes) at += this.text.copy(lines, at, this.startOf(index), this.ends[index]);
    return lines;
  }

  /** Takes a worker's answer for some lines. */
  answer(indexes: readonly number[], lines: PackedLines): void {
    this.taken.push(lines);
    for (const [place, index] of indexes.entries()) {
      this.answers[index] = lines;
      this.places[index] = place;
    }
  }

  /** What a worker made of a line, and at what place it is there; null where it was not given to one. */
  answerTo(index: number): { lines: PackedLines; place: number } | null {
    const lines = this.answers[index] ?? null;
    return lines === null ? null : { lines, place: this.places[index] ?? 0 };
  }

  /** Empties it, for the next run. */
  clear(): void {
    for (const lines of this.taken.splice(0)) lines.free();
    this.answers.fill(null);
    this.used = 0;
    this.bytes = 0;
    this.entries = 0;
  }

  /** Gives its memory back; nothing may be added any more. */
  free(): void {
    this.clear();
    freeBuffer(this.text);
  }

  private startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  private intern(extension: string): string {
    const known = this.interned.get(extension);
    if (known !== undefined) return known;
    if (this.interned.size === MAX_EXTENSIONS) this.interned.clear();
    this.interned.set(extension, extension);
    return extension;
  }
}
