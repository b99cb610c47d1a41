import { StatementRoom } from './packet-body.js';
import type { TableState } from './state.js';

/** Pieces of a dump are small; sent one by one, the way to the server and back would be most of the work. */
const BATCH_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);
const SEPARATOR = Buffer.from(',');

/** Rows of one table that go to the server as one INSERT. */
export class RowBatch {
  private isEmpty = true;
  /** How many rows the server must take; null when nobody said. */
  expected: number | null = 0;

  private constructor(
    readonly table: TableState,
    private readonly head: Buffer,
    /** For messages. */
    readonly piece: string,
    readonly statement: StatementRoom,
  ) {
    statement.add(head);
  }

  /**
   * Begins with room for `bytes` of rows at least. `head`: the statement up to and with VALUES, with the name of the scratch table;
   * `piece`: the first.
   */
  static begin(table: TableState, head: Buffer, piece: string, bytes: number, rooms: SpareRooms): RowBatch {
    return new RowBatch(table, head, piece, rooms.take(head.length + bytes));
  }

  /** One whole statement. */
  static of(table: TableState, statement: Buffer, piece: string, expected: number | null): RowBatch {
    const batch = new RowBatch(table, EMPTY, piece, new StatementRoom(statement.length));
    batch.add(statement, expected);
    return batch;
  }

  /** Whether these rows may come behind those that are here, within so many bytes for the server. */
  accepts(table: TableState, head: Buffer, rows: Buffer, maxBytes: number): boolean {
    if (table !== this.table || !head.equals(this.head)) return false;
    return this.statement.length + rows.length + SEPARATOR.length <= Math.min(BATCH_BYTES, maxBytes);
  }

  /** Takes rows as they stand behind VALUES; the bytes are copied. */
  add(rows: Buffer, expected: number | null): void {
    if (!this.isEmpty) this.statement.add(SEPARATOR);
    this.isEmpty = false;
    this.statement.add(rows);
    this.expected = this.expected === null || expected === null ? null : this.expected + expected;
  }
}

/** Memory of statements, used again. */
export class SpareRooms {
  private readonly spare: StatementRoom[] = [];

  /** An empty room for a statement of so many bytes, and for a whole batch. */
  take(bytes: number): StatementRoom {
    if (bytes > BATCH_BYTES) return new StatementRoom(bytes);
    return this.spare.pop() ?? new StatementRoom(BATCH_BYTES);
  }

  /** The statement has run. Only long ones go. */
  giveBack(room: StatementRoom): void {
    if (room.capacity !== BATCH_BYTES) return;
    room.clear();
    this.spare.push(room);
  }
}
