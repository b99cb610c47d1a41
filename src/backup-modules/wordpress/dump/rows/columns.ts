import { quoteIdentifier } from '../../mysql/quoting.js';
import { isEnd, malformed, MOST_COLUMNS, readLength, type Wire } from './wire.js';

/** How a column's values are written in an INSERT. */
export const Kind = {
  /** As it comes; `nan` and `inf` become NULL. */
  number: 0,
  /** Quoted, with backslashes. */
  text: 1,
  /** `0x…` */
  hex: 2,
  /** Quoted as it comes: decimals of very old tables. */
  decimal: 3,
} as const;
export type ColumnKind = (typeof Kind)[keyof typeof Kind];

/** The columns of a table that an INSERT fills. */
export interface InsertColumns {
  names: string[];
  /** They are not what `INSERT INTO t VALUES` would mean: some are generated, or hidden. */
  mustBeNamed: boolean;
}

const GENERATED = /\b(?:VIRTUAL|STORED|PERSISTENT) GENERATED\b|^(?:VIRTUAL|PERSISTENT)\b/i;

/** Asks for a table's columns; those that the server computes are left out. */
export function insertColumns(wire: Wire, table: string): InsertColumns {
  const rows = textRows(wire, `SHOW FIELDS FROM ${quoteIdentifier(table)}`);
  const names = rows.filter((row) => !GENERATED.test(row.at(-1) ?? '')).map((row) => row[0] ?? '');
  const isHidden = rows.some((row) => /\bINVISIBLE\b/i.test(row.at(-1) ?? ''));
  return { names, mustBeNamed: isHidden || names.length < rows.length };
}

/** The rows of a small result, one for each column of a table or so; NULL as an empty text. */
export function textRows(wire: Wire, sql: string): string[][] {
  const columns = wire.query(sql);
  if (columns === 0) return [];
  readKinds(wire, columns);
  const rows: string[][] = [];
  for (;;) {
    const packet = wire.shortPacket();
    if (isEnd(packet[0] ?? 0, packet.length)) return rows;
    const row: string[] = [];
    for (let at = 0, i = 0; i < columns; i += 1) {
      const { value, next } = readLength(packet, at);
      at = next + Math.max(0, value);
      row.push(value < 0 ? '' : packet.toString('utf8', next, at));
    }
    rows.push(row);
    if (rows.length > MOST_COLUMNS) throw malformed('a table without end');
  }
}

/** Reads the head of a result: how each of its columns is written. */
export function readKinds(wire: Wire, columns: number): Uint8Array {
  const kinds = new Uint8Array(columns);
  for (let i = 0; i < columns; i += 1) kinds[i] = kindOf(wire.shortPacket());
  const end = wire.shortPacket();
  if (!isEnd(end[0] ?? 0, end.length)) throw malformed('the columns of a result have no end');
  return kinds;
}

const BINARY = 63;
const BIT = 16;
const VARCHAR = 15;
const TIMESTAMP = 7;
const INT24 = 9;
const YEAR = 13;
const NEW_DECIMAL = 246;
const SET = 248;

/** Behind the names: character set (2), length (4), type (1), flags (2), decimals (1), filler (2). */
const FIXED_BYTES = 12;

function kindOf(definition: Buffer): ColumnKind {
  // From the end: MariaDB may put more between the names and this.
  const fixed = definition.length - FIXED_BYTES;
  if (fixed < 0) throw malformed('a column without its type');
  const charset = definition.readUInt16LE(fixed);
  const type = definition[fixed + 6] ?? 0;
  if (type === 0) return Kind.decimal;
  if ((type <= INT24 && type !== TIMESTAMP) || type === YEAR || type === NEW_DECIMAL) return Kind.number;
  const isBytes = type === BIT || type === VARCHAR || type > SET;
  return charset === BINARY && isBytes ? Kind.hex : Kind.text;
}
