import { withPath } from '../manifest/paths.js';

/** What a record is about. */
export const FILE = 1;
export const FOLDER = 2;
export const SYMLINK = 3;
export const FIFO = 4;
/** Could not be read: the text is the reason. */
export const UNREADABLE = 5;
/** Left out: the text is the reason. */
export const SKIPPED = 6;

/** The path's bytes come after the text; without it they are in the text, right after `PATH_START`. */
const PATH_APART = 1;
/** The change time has no fraction of a second. */
export const WHOLE_SECOND = 2;

const HEADER_BYTES = 64;
/** What every entry's text begins with when its path is UTF-8. */
export const PATH_START = '{"kind":"entry","path":"';
const PATH_AT = PATH_START.length;
const FIRST_BYTES = 64 * 1024;

/** A run of records in one buffer: what the walk found, in path order. May be sent to another thread. */
export interface RecordBatch {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** Facts of a record beside its text and path. */
export interface RecordFacts {
  size: number;
  allocated: number;
  links: number;
  inodeLow: number;
  inodeHigh: number;
  deviceMajor: number;
  deviceMinor: number;
  changedMs: number;
}

/**
 * Builds a batch of records. A record is 64 bytes of facts, then the text of the entry's line as far as the walk knows it
 * (without the closing brace), then the path's bytes where they are not in the text.
 */
export class RecordWriter {
  bytes = new Uint8Array(FIRST_BYTES);
  private words = new Uint32Array(this.bytes.buffer);
  private doubles = new Float64Array(this.bytes.buffer);
  private start = 0;
  /** Where the next byte of text goes. */
  at = HEADER_BYTES;

  /** Bytes of finished records. */
  get length(): number {
    return this.start;
  }

  /** Makes room for so many bytes of text and path in the current record. */
  ensure(bytes: number): void {
    const needed = this.at + bytes + 8;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.ceil(needed / FIRST_BYTES) * 2 * FIRST_BYTES);
    larger.set(this.bytes.subarray(0, this.at));
    this.use(larger);
  }

  /** Ends the record: its text ends at `at`. `pathApart`: the path's bytes, unless they are in the text, `pathLength` of them. */
  finish(kind: number, flags: number, facts: Readonly<RecordFacts> | null, path: Uint8Array | number): void {
    const first = this.start / 4;
    const textLength = this.at - this.start - HEADER_BYTES;
    const isApart = typeof path !== 'number';
    if (isApart) {
      this.ensure(path.length);
      this.bytes.set(path, this.at);
      this.at += path.length;
    }
    const end = Math.ceil(this.at / 8) * 8;
    const { words, doubles } = this;
    words[first] = end - this.start;
    words[first + 1] = kind;
    words[first + 2] = isApart ? flags | PATH_APART : flags;
    words[first + 3] = textLength;
    words[first + 4] = isApart ? path.length : path;
    if (facts !== null) {
      words[first + 5] = facts.links;
      words[first + 6] = facts.inodeLow;
      words[first + 7] = facts.inodeHigh;
      words[first + 8] = facts.deviceMajor;
      words[first + 9] = facts.deviceMinor;
      const double = first / 2 + 5;
      doubles[double] = facts.size;
      doubles[double + 1] = facts.allocated;
      doubles[double + 2] = facts.changedMs;
    }
    this.start = end;
    this.at = end + HEADER_BYTES;
    this.ensure(0);
  }

  /** The finished records; the writer goes on in `next`, or in a new buffer. */
  take(next?: Uint8Array<ArrayBuffer>): RecordBatch {
    const batch = { bytes: this.bytes, length: this.start };
    this.use(next ?? new Uint8Array(this.bytes.length));
    this.start = 0;
    this.at = HEADER_BYTES;
    return batch;
  }

  private use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer);
    this.doubles = new Float64Array(bytes.buffer);
  }
}

/** Goes through a batch; its fields are those of the current record. */
export class RecordReader {
  readonly bytes: Buffer;
  private readonly words: Uint32Array;
  private readonly doubles: Float64Array;
  private start = 0;
  private end = 0;

  constructor(private readonly batch: RecordBatch) {
    const { buffer } = batch.bytes;
    this.bytes = Buffer.from(buffer);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Goes to the next record; false after the last. */
  next(): boolean {
    if (this.end >= this.batch.length) return false;
    this.start = this.end;
    this.end = this.start + this.word(0);
    return true;
  }

  get kind(): number {
    return this.word(1);
  }

  has(flag: number): boolean {
    return (this.word(2) & flag) !== 0;
  }

  /** The text is `bytes[textStart, textEnd)`. */
  get textStart(): number {
    return this.start + HEADER_BYTES;
  }

  get textEnd(): number {
    return this.start + HEADER_BYTES + this.word(3);
  }

  get text(): string {
    return this.bytes.toString('utf8', this.textStart, this.textEnd);
  }

  /** The path's bytes; only valid as long as the batch is. */
  get path(): Buffer {
    const at = this.has(PATH_APART) ? this.textEnd : this.textStart + PATH_AT;
    return this.bytes.subarray(at, at + this.word(4));
  }

  get links(): number {
    return this.word(5);
  }

  /** The same for all names of a file. */
  get identity(): string {
    return `${this.word(8)}:${this.word(9)}:${this.word(7)}:${this.word(6)}`;
  }

  get size(): number {
    return this.doubles[this.start / 8 + 5] ?? 0;
  }

  get allocated(): number {
    return this.doubles[this.start / 8 + 6] ?? 0;
  }

  /** Time of the last change of the inode, milliseconds since the epoch. */
  get changedMs(): number {
    return this.doubles[this.start / 8 + 7] ?? 0;
  }

  private word(index: number): number {
    return this.words[this.start / 4 + index] ?? 0;
  }
}

/** The path fields of an entry as the beginning of its line, for a path that can't be put there byte by byte. */
export function pathText(path: Buffer): string {
  return JSON.stringify({ kind: 'entry', ...withPath(path) }).slice(0, -1);
}
