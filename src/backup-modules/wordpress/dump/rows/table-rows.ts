import { quoteIdentifier } from '../../mysql/quoting.js';
import { fingerprint } from '../dumped-table.js';
import { insertColumns, readKinds, textRows } from './columns.js';
import { longestRow, renderLongRow, renderRow } from './render.js';
import { isEnd, serverError, WireError, type Wire } from './wire.js';

/** Takes the rows of a table as text of INSERTs; memory that is handed over is only valid during the call. */
export interface RowsHandler {
  /** Before the first row. `columns`: of the values, one character per byte. */
  begin(header: Buffer, columns: readonly string[]): void;
  /** Whole rows; see DumpHandler. */
  rows(data: Buffer, start: number, ends: readonly number[]): void;
  /** A part of a row; the last one is marked. */
  row(part: Buffer, last: boolean): void;
}

/** The server's own number for a definition that does not fit a snapshot. */
const TABLE_CHANGED = 1412;
/** So much text is rendered before it is handed on; longer rows go on in parts. */
const OUT_BYTES = 1024 * 1024;
/** Packets longer than this are not held whole. */
const LONG_PACKET = 256 * 1024;
const ERR = 0xff;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** Reads whole tables over a connection, one after the other. Synchronous, in bounded memory. */
export class TableRows {
  private readonly out = Buffer.allocUnsafeSlow(OUT_BYTES);

  constructor(private readonly wire: Wire) {}

  /**
   * Gives the number of rows. `definition`: its fingerprint in the dump; when that is not what the rows were read of, the error
   * is the server's for a changed definition. Throws WireError; then no more can be read here.
   */
  read(table: string, definition: string, handler: RowsHandler): number {
    const { wire } = this;
    const name = quoteIdentifier(table);
    const { names, mustBeNamed } = insertColumns(wire, table);
    const list = names.map((column) => quoteIdentifier(column)).join(', ');
    // A table may have nothing but generated columns; it has rows all the same.
    const columns = wire.query(`SELECT /*!40001 SQL_NO_CACHE */ ${list || '1'} FROM ${name}`);
    const kinds = readKinds(wire, columns);
    handler.begin(
      Buffer.from(`INSERT INTO ${name} ${mustBeNamed ? `(${list}) ` : ''}VALUES`),
      names.map((column) => Buffer.from(column).toString('latin1')),
    );
    const rows = this.readRows(list === '' ? new Uint8Array(0) : kinds, handler);
    // Now, while the table can't be altered because it was read in this transaction.
    if (fingerprint(this.definition(name)) !== definition)
      throw new WireError(`The definition of table '${table}' has changed since it was dumped`, TABLE_CHANGED);
    // Lets go of the table: it can be altered from here on.
    wire.query('ROLLBACK TO SAVEPOINT sp');
    return rows;
  }

  /** As the dump programs ask for it. */
  private definition(name: string): string {
    this.wire.query("SET SESSION character_set_results = 'binary'");
    const [row] = textRows(this.wire, `SHOW CREATE TABLE ${name}`);
    this.wire.query("SET SESSION character_set_results = 'utf8mb4'");
    return row?.[1] ?? '';
  }

  private readRows(kinds: Uint8Array, handler: RowsHandler): number {
    const { wire, out } = this;
    let rows = 0;
    let o = 0;
    let ends: number[] = [];
    const flush = (): void => {
      if (ends.length > 0) handler.rows(out, 0, ends);
      ends = [];
      o = 0;
    };
    for (;;) {
      const length = wire.header();
      if (length > LONG_PACKET) {
        flush();
        renderLongRow(wire, length, kinds, out, (part, last) => handler.row(part, last));
        rows += 1;
        continue;
      }
      wire.need(length);
      const { data, at } = wire;
      wire.at = at + length;
      const first = data[at] ?? 0;
      if (first === ERR && length > 0) throw serverError(data.subarray(at, wire.at));
      if (isEnd(first, length)) break;
      if (out.length - o < longestRow(length, kinds.length) + 2) flush();
      if (ends.length > 0) {
        out[o++] = COMMA;
        out[o++] = NEWLINE;
      }
      o = renderRow(data, at, kinds.length === 0 ? at : wire.at, kinds, out, o);
      ends.push(o);
      rows += 1;
    }
    flush();
    return rows;
  }
}
