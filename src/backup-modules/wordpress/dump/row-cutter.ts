import { RowKey } from './row-key.js';
import type { SpillBuffer } from './spill-buffer.js';

const SEPARATOR = Buffer.from(',\n');
const END = Buffer.from(';\n');
const NEWLINE = Buffer.from('\n');
const HASHES = 2 ** 32;

/** How long the pieces of a table's rows are to be. */
export interface PieceSizes {
  /** On average. */
  target: number;
  /** No cut before this many bytes of rows. */
  min: number;
  /** Longer only when a single row is. */
  max: number;
}

/** Bounds that go with an average: wide enough that nearly all cuts are where the rows say. */
export function pieceSizes(target: number): PieceSizes {
  return { target, min: Math.floor(target / 4), max: target * 6 };
}

/** Bytes of a piece beyond which it is kept in a file: only single rows make one so long. */
export function longestInMemory(sizes: PieceSizes): number {
  return sizes.max * 2;
}

/**
 * Turns the rows of one table into pieces, each of which is one complete INSERT. The client's own statement bounds do not
 * matter; where rows go is decided here and only here.
 */
export interface RowCutter {
  /** The text up to VALUES that the following rows belong to, and what identifies them. */
  begin(header: Buffer, key: RowKey): void;
  /** A part of a row; the last one is marked. */
  row(part: Buffer, last: boolean): void;
  /** Whole rows; see DumpHandler. */
  rows(data: Buffer, start: number, ends: readonly number[]): void;
  /** No more rows in this table: what is still open is finished. */
  finish(): void;
}

/**
 * Cuts before a row when the hash of its key is below its share of the average piece. So whether there is a cut depends on the row
 * and on nothing before it (but for `min` and `max`): rows that come, go or grow change the pieces they are in, and no later ones.
 */
export class KeyedRowCutter implements RowCutter {
  private header: Buffer = Buffer.alloc(0);
  private key = new RowKey([]);
  /** Rows in the open piece, and their bytes, each with a separator: the same however the rows come. */
  private rowCount = 0;
  private bytes = 0;
  /** The beginning of a row that comes in parts. */
  private gathered: Buffer[] = [];
  private gatheredBytes = 0;
  /** The parts of a row longer than `max` go through. */
  private inLongRow = false;
  private readonly scale: number;

  constructor(
    private readonly buffer: SpillBuffer,
    private readonly sizes: PieceSizes,
    /** Called with the number of rows when the buffer holds a finished piece. */
    private readonly onPiece: (rows: number) => void,
  ) {
    this.scale = HASHES / sizes.target;
  }

  begin(header: Buffer, key: RowKey): void {
    if (header.equals(this.header)) return;
    this.endPiece();
    this.header = Buffer.from(header);
    this.key = key;
  }

  row(part: Buffer, last: boolean): void {
    if (this.inLongRow) {
      this.buffer.append(part);
      this.bytes += part.length;
      this.inLongRow = !last;
      return;
    }
    if (last && this.gatheredBytes === 0) {
      this.rows(part, 0, [part.length]);
      return;
    }
    // Copied: the memory belongs to the stream.
    this.gathered.push(Buffer.from(part));
    this.gatheredBytes += part.length;
    if (!last && this.gatheredBytes <= this.sizes.max) return;
    const row = Buffer.concat(this.gathered);
    this.gathered = [];
    this.gatheredBytes = 0;
    if (last) {
      this.rows(row, 0, [row.length]);
      return;
    }
    // Longer than any piece may be: whatever its key is, a piece begins with it.
    this.endPiece();
    this.beginRows(row);
    this.bytes = row.length;
    this.rowCount = 1;
    this.inLongRow = true;
  }

  rows(data: Buffer, start: number, ends: readonly number[]): void {
    // What is not appended yet begins here.
    let from = start;
    let rowStart = start;
    let pending = this.bytes;
    for (let i = 0; i < ends.length; i += 1) {
      const end = ends[i] ?? rowStart;
      const length = end - rowStart;
      if (this.rowCount > 0 && this.cutsBefore(data, rowStart, end, pending)) {
        if (rowStart > from) this.beginRows(data.subarray(from, rowStart - SEPARATOR.length));
        this.endPiece();
        from = rowStart;
        pending = 0;
      }
      this.rowCount += 1;
      pending += length + SEPARATOR.length;
      rowStart = end + SEPARATOR.length;
    }
    const last = ends.at(-1) ?? from;
    if (last > from) this.beginRows(data.subarray(from, last));
    this.bytes = pending;
  }

  finish(): void {
    this.endPiece();
    this.header = Buffer.alloc(0);
  }

  /** Whether a piece of so many bytes ends before this row. */
  private cutsBefore(data: Buffer, start: number, end: number, pending: number): boolean {
    const { min, max, target } = this.sizes;
    const length = end - start;
    if (pending + length > max) return true;
    if (pending < min) return false;
    return length >= target || this.key.hash(data, start, end) < length * this.scale;
  }

  /** Appends rows (or the beginning of one) with what belongs before them. */
  private beginRows(rows: Buffer): void {
    if (this.buffer.size === 0) {
      this.buffer.append(this.header);
      this.buffer.append(NEWLINE);
    } else this.buffer.append(SEPARATOR);
    this.buffer.append(rows);
  }

  private endPiece(): void {
    if (this.rowCount > 0) {
      this.buffer.append(END);
      this.onPiece(this.rowCount);
    }
    this.rowCount = 0;
    this.bytes = 0;
  }
}
