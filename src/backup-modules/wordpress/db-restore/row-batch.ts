import type { TableState } from './state.js';

/** Pieces of a dump are small; sent one by one, the way to the server and back would be most of the work. */
const BATCH_BYTES = 1024 * 1024;
const SEPARATOR = Buffer.from(',');

/** Rows of one table that go to the server as one INSERT. */
export class RowBatch {
  private readonly parts: Buffer[] = [];
  private bytes: number;
  /** How many rows the server must take; null when nobody said. */
  expected: number | null = 0;

  /** `head`: the statement up to and with VALUES, with the name of the scratch table; `piece`: the first, for messages. */
  constructor(
    readonly table: TableState,
    private readonly head: Buffer,
    readonly piece: string,
  ) {
    this.bytes = head.length;
  }

  /** One whole statement. */
  static of(table: TableState, statement: Buffer, piece: string, expected: number | null): RowBatch {
    const batch = new RowBatch(table, Buffer.alloc(0), piece);
    batch.add(statement, expected);
    return batch;
  }

  /** Whether these rows may come behind those that are here, within so many bytes for the server. */
  accepts(table: TableState, head: Buffer, rows: Buffer, maxBytes: number): boolean {
    if (table !== this.table || !head.equals(this.head)) return false;
    const most = Math.min(BATCH_BYTES, maxBytes);
    return this.parts.length === 0 || this.bytes + rows.length + SEPARATOR.length <= most;
  }

  /** Takes rows as they stand behind VALUES. The bytes are kept, not copied. */
  add(rows: Buffer, expected: number | null): void {
    if (this.parts.length > 0) this.parts.push(SEPARATOR);
    this.parts.push(rows);
    this.bytes += rows.length + SEPARATOR.length;
    this.expected = this.expected === null || expected === null ? null : this.expected + expected;
  }

  /** The statement, in parts. */
  get statement(): readonly Buffer[] {
    return [this.head, ...this.parts];
  }

  /** Bytes of the statement, or one more. */
  get length(): number {
    return this.bytes;
  }
}
