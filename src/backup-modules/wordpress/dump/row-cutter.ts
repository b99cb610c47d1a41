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
  /** No more rows in this table: what is still open is finished. */
  finish(): void;
}

/** Cuts by size: statements of about 1 MiB, pieces of `pieceBytes`. */
export class SizeRowCutter implements RowCutter {
  private header: Buffer = Buffer.alloc(0);
  private statementBytes = 0;
  private inRow = false;
  private rows = 0;
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
    if (!this.inRow) {
      this.inRow = true;
      if (this.statementBytes === 0) {
        this.append(this.header);
        this.append(NEWLINE);
      } else this.append(SEPARATOR);
    }
    this.append(part);
    if (!last) return;
    this.inRow = false;
    this.rows += 1;
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
    if (this.rows > 0) this.onPiece(this.rows);
    this.rows = 0;
  }
}
