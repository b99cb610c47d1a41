import { createHash, hash, type Hash } from 'node:crypto';
import { DumpParser, type DumpHandler } from '../dump/index.js';
import { insertedColumns } from '../dump/table-shape.js';
import { FoldedText } from './folded-text.js';

const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const CLOSE = 0x29;
const COMMA = 0x2c;
const SEPARATOR = Buffer.from(',');

/** Finds the literals of a row's key columns, over parts of any size. */
class KeyScanner {
  /** By column of a row: which of the key's columns it is; -1 = none. */
  private ranks: number[] = [];
  private texts: FoldedText[] = [];
  private column = -1;
  private inQuote = false;
  private escaped = false;

  /** `columns` of the rows that follow; of the key in an order that is the same in both backups. */
  begin(columns: readonly string[], key: readonly string[]): void {
    const ranks = columns.map((name) => key.indexOf(name));
    const isThere = key.length > 0 && key.every((name) => columns.includes(name));
    this.ranks = isThere ? ranks.slice(0, ranks.findLastIndex((rank) => rank >= 0) + 1) : [];
    while (this.texts.length < key.length) this.texts.push(new FoldedText());
    this.texts.length = key.length;
  }

  push(data: Buffer, start: number, end: number): void {
    let at = start;
    if (this.column < 0 && at < end) {
      // The opening bracket.
      at += 1;
      this.column = 0;
    }
    while (at < end && this.column < this.ranks.length) {
      const valueEnd = this.toValueEnd(data, at, end);
      const rank = this.ranks[this.column] ?? -1;
      if (rank >= 0) this.texts[rank]?.append(data, at, valueEnd);
      at = valueEnd;
      if (at < end) {
        this.column += 1;
        at += 1;
      }
    }
  }

  /** The SHA-256 of the row's key; null when it has none. */
  finish(): Buffer | null {
    this.column = -1;
    this.inQuote = false;
    this.escaped = false;
    if (this.ranks.length === 0) return null;
    const [only] = this.texts;
    if (this.texts.length === 1 && only !== undefined) return hash('sha256', only.take(), 'buffer');
    const parts = this.texts.flatMap((text) => [text.take(), SEPARATOR]);
    return hash('sha256', Buffer.concat(parts), 'buffer');
  }

  /** Offset of the `,` or `)` behind the value that is being read, or the end of the part. */
  private toValueEnd(data: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at += 1) {
      const byte = data[at];
      if (this.escaped) this.escaped = false;
      else if (byte === QUOTE) this.inQuote = !this.inQuote;
      else if (this.inQuote) this.escaped = byte === BACKSLASH;
      else if (byte === COMMA || byte === CLOSE) return at;
    }
    return end;
  }
}

/** Reads pieces of a table's rows and hands on the hashes of each row and of its key. */
export class RowHasher implements DumpHandler {
  private readonly scanner = new KeyScanner();
  private long: Hash | null = null;
  private rowCount = 0;

  /** `columns`: as the table's definition has them; `key`: names of the columns that tell its rows apart, none = no key. */
  constructor(
    private readonly columns: readonly string[],
    private readonly key: readonly string[],
    private readonly onRow: (row: Buffer, key: Buffer | null) => void,
  ) {}

  /** Reads one piece; how many rows were in it. Throws DUMP_UNREADABLE, and what the pieces throw. */
  async read(pieces: AsyncIterable<Buffer>): Promise<number> {
    this.rowCount = 0;
    const parser = new DumpParser(this);
    for await (const piece of pieces) parser.push(piece);
    return parser.end() ? this.rowCount : -1;
  }

  comment(): void {}

  statement(): void {}

  beginInsert(header: Buffer): void {
    this.scanner.begin(insertedColumns(header.toString('latin1')) ?? this.columns, this.key);
  }

  row(part: Buffer, last: boolean): void {
    this.scanner.push(part, 0, part.length);
    if (!last || this.long !== null) {
      this.long ??= createHash('sha256');
      this.long.update(part);
    }
    if (!last) return;
    const digest = this.long === null ? hash('sha256', part, 'buffer') : this.long.digest();
    this.long = null;
    this.emit(digest);
  }

  rows(data: Buffer, start: number, ends: readonly number[]): void {
    let at = start;
    for (const end of ends) {
      this.scanner.push(data, at, end);
      this.emit(hash('sha256', data.subarray(at, end), 'buffer'));
      at = end + 2;
    }
  }

  endInsert(): void {}

  private emit(row: Buffer): void {
    this.rowCount += 1;
    this.onRow(row, this.scanner.finish());
  }
}
