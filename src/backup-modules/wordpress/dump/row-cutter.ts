import type { SpillBuffer } from './spill-buffer.js';

const SEPARATOR = Buffer.from(',\n');
const END = Buffer.from(';\n');
const NEWLINE = Buffer.from('\n');

/** A statement is ended after the row that makes it this long: any server's default packet limit takes it. */
const STATEMENT_BYTES = 1024 * 1024 - 64 * 1024;

/** Sizes at which a table's rows are cut. */
export interface CutSizes {
  /** A piece is ended after the row that makes it this long. */
  pieceBytes: number;
  statementBytes?: number;
}

/**
 * Turns the rows of one table into pieces of complete INSERT statements. The client's own statement bounds do not
 * matter; where rows go is decided here and only here.
 */
export interface RowCutter {
  /** The text up to VALUES that the following rows belong to. */
  begin(header: Buffer): void;
  row(part: Buffer, last: boolean): void;
  /** Whole rows; see DumpHandler. */
  rows(data: Buffer, start: number, ends: readonly number[]): void;
  /** No more rows in this table: what is still open is finished. */
  finish(): void;
}

/** Cuts by size: statements of about 1 MiB, pieces of `pieceBytes`. */
export class SizeRowCutter implements RowCutter {
  private header: Buffer = Buffer.alloc(0);
  private statementBytes = 0;
  private inRow = false;
  private rowCount = 0;
  private readonly statementLimit: number;

  constructor(
    private readonly buffer: SpillBuffer,
    private readonly sizes: CutSizes,
    /** Called with the number of rows when the buffer holds a finished piece. */
    private readonly onPiece: (rows: number) => void,
  ) {
    this.statementLimit = sizes.statementBytes ?? STATEMENT_BYTES;
  }

  begin(header: Buffer): void {
    if (header.equals(this.header)) return;
    this.endStatement();
    this.header = Buffer.from(header);
  }

  row(part: Buffer, last: boolean): void {
    if (!this.inRow) this.beginRow();
    this.inRow = !last;
    this.append(part);
    if (!last) return;
    this.rowCount += 1;
    this.cutWhenFull();
  }

  rows(data: Buffer, start: number, ends: readonly number[]): void {
    let from = start;
    while (from < (ends.at(-1) ?? 0)) from = this.run(data, from, ends);
  }

  /** Takes as many rows as the statement may have in one go; gives where the next one begins. */
  private run(data: Buffer, from: number, ends: readonly number[]): number {
    this.beginRow();
    const room = Math.min(this.sizes.pieceBytes - this.buffer.size, this.statementLimit - this.statementBytes);
    let end = from;
    // At least one row: what comes before it may have filled the statement or the piece by itself.
    for (let i = this.firstAfter(ends, from); i < ends.length && (end === from || end - from < room); i += 1) {
      end = ends[i] ?? end;
      this.rowCount += 1;
    }
    this.append(data.subarray(from, end));
    this.cutWhenFull();
    return end + SEPARATOR.length;
  }

  private firstAfter(ends: readonly number[], offset: number): number {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private beginRow(): void {
    if (this.statementBytes === 0) {
      this.append(this.header);
      this.append(NEWLINE);
    } else this.append(SEPARATOR);
  }

  private cutWhenFull(): void {
    if (this.buffer.size >= this.sizes.pieceBytes) this.endPiece();
    else if (this.statementBytes >= this.statementLimit) this.endStatement();
  }

  finish(): void {
    this.endPiece();
    this.header = Buffer.alloc(0);
  }

  private append(bytes: Buffer): void {
    this.buffer.append(bytes);
    this.statementBytes += bytes.length;
  }

  private endStatement(): void {
    if (this.statementBytes > 0) this.buffer.append(END);
    this.statementBytes = 0;
  }

  private endPiece(): void {
    this.endStatement();
    if (this.rowCount > 0) this.onPiece(this.rowCount);
    this.rowCount = 0;
  }
}
