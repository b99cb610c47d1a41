/** Where the parts of a checked INSERT are, as offsets into its bytes. */
export interface InsertStatement {
  table: string;
  /** Of the table's name with its quotes. */
  nameStart: number;
  nameEnd: number;
  /** First byte after VALUES. */
  valuesStart: number;
  rows: number;
}

/** `[start, end)` of a row with its parentheses, and of each long hexadecimal literal in it. */
export interface InsertRow {
  start: number;
  end: number;
  hex: { start: number; end: number }[];
}

export type InsertCheck = { ok: true; insert: InsertStatement } | { ok: false; reason: string };

class Refused extends Error {}

const HEAD_WORDS = new Set(['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE']);
const VALUE_WORD = /^(?:NULL|TRUE|FALSE|DEFAULT|_[A-Z0-9]+|[XBN])$/;
/** Longer 0x literals are worth writing as escaped text when a statement is too long for the server. */
const LONG_HEX = 64;

const isSpace = (c: number): boolean => c === 0x20 || (c >= 0x09 && c <= 0x0d);
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isWordByte = (c: number): boolean =>
  isDigit(c) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f || c === 0x24;
const isHexByte = (c: number): boolean => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);

/**
 * A cursor over the bytes of one INSERT, to their end or (when delimited) to a semicolon that must be there; throws
 * Refused at the first thing that is not plain data.
 */
class InsertReader {
  at = 0;
  private readonly end: number;

  constructor(
    private readonly sql: Buffer,
    private readonly isDelimited: boolean,
    private readonly onRow?: (row: InsertRow) => void,
  ) {
    this.end = sql.length;
  }

  read(): InsertStatement {
    const verb = this.word();
    if (verb !== 'INSERT' && verb !== 'REPLACE') throw new Refused(`${verb || 'something'} where INSERT belongs`);
    let word = this.word();
    while (HEAD_WORDS.has(word)) word = this.word();
    if (word !== 'INTO') throw new Refused('an INSERT without INTO');
    this.space();
    const nameStart = this.at;
    const table = this.identifier();
    const nameEnd = this.at;
    this.space();
    if (this.peek() === 0x28) this.columns();
    const values = this.word();
    if (values !== 'VALUES' && values !== 'VALUE') throw new Refused('an INSERT that takes its rows from elsewhere');
    const valuesStart = this.at;
    return { table, nameStart, nameEnd, valuesStart, rows: this.rows() };
  }

  private peek(): number {
    return this.byte(this.at);
  }

  /** Never looks past the end: code that once did stays slow for the rest of the process's life. */
  private byte(at: number): number {
    return at < this.end ? (this.sql[at] ?? 0) : 0;
  }

  private space(): void {
    while (isSpace(this.peek())) this.at += 1;
  }

  private word(): string {
    this.space();
    const start = this.at;
    while (isWordByte(this.peek())) this.at += 1;
    return this.sql.toString('latin1', start, this.at).toUpperCase();
  }

  private identifier(): string {
    if (this.peek() === 0x60) {
      const start = this.at;
      this.quoted();
      return this.sql.toString('utf8', start + 1, this.at - 1).replaceAll('``', '`');
    }
    const start = this.at;
    while (isWordByte(this.peek()) || this.peek() >= 0x80) this.at += 1;
    if (this.at === start) throw new Refused('an INSERT without a table name');
    return this.sql.toString('utf8', start, this.at);
  }

  private columns(): void {
    this.at += 1;
    for (;;) {
      this.space();
      this.identifier();
      this.space();
      const c = this.peek();
      this.at += 1;
      if (c === 0x29) return;
      if (c !== 0x2c) throw new Refused('a column list that is not one');
    }
  }

  private rows(): number {
    let rows = 0;
    for (;;) {
      this.space();
      if (this.peek() !== 0x28) throw new Refused('something where a row belongs');
      this.row();
      rows += 1;
      this.space();
      if (this.isDelimited ? this.peek() === 0x3b : this.at >= this.end) return rows;
      if (this.peek() !== 0x2c) throw new Refused('something after the rows');
      this.at += 1;
    }
  }

  private row(): void {
    const start = this.at;
    const hex: InsertRow['hex'] = [];
    this.at += 1;
    for (;;) {
      if (this.at >= this.end) throw new Refused('a row that never ends');
      const c = this.peek();
      if (c === 0x29) break;
      if (c === 0x27 || c === 0x22) this.quoted();
      else if (isDigit(c)) this.number(hex);
      else if (c === 0x2d && this.byte(this.at + 1) === 0x2d) throw new Refused('a comment in a row');
      else if (c === 0x2c || c === 0x2d || c === 0x2b || c === 0x2e || isSpace(c)) this.at += 1;
      else this.valueWord();
    }
    this.at += 1;
    this.onRow?.({ start, end: this.at, hex });
  }

  private number(hex: InsertRow['hex']): void {
    const start = this.at;
    if (this.peek() === 0x30 && (this.byte(start + 1) | 0x20) === 0x78) {
      let at = start + 2;
      while (isHexByte(this.byte(at))) at += 1;
      this.at = at;
      if (at - start > LONG_HEX) hex.push({ start, end: at });
      return;
    }
    // `1e-5`: the sign is a byte of its own that a row may hold anyway.
    while (isDigit(this.peek()) || this.peek() === 0x2e) this.at += 1;
    if ((this.peek() | 0x20) === 0x65) this.at += 1;
    if (isWordByte(this.peek()) && !isDigit(this.peek())) throw new Refused('a value that is no literal');
  }

  private valueWord(): void {
    const start = this.at;
    while (isWordByte(this.peek())) this.at += 1;
    const word = this.sql.toString('latin1', start, Math.min(this.at, start + 64)).toUpperCase();
    if (!VALUE_WORD.test(word)) throw new Refused(word === '' ? 'a value that is no literal' : `${word} in a row`);
  }

  /** Moves past a quoted run that starts here. */
  private quoted(): void {
    const { sql, end } = this;
    const quote = this.peek();
    const escapes = quote !== 0x60;
    let at = this.at + 1;
    for (;;) {
      if (at >= end) throw new Refused('text that never ends');
      const c = sql[at];
      if (c === 0x5c && escapes) at += 2;
      else if (c === quote) {
        if (this.byte(at + 1) !== quote) break;
        at += 2;
      } else at += 1;
    }
    this.at = at + 1;
  }
}

/** Whether the statement, or what begins here, wants to be an INSERT (or REPLACE). */
export function isInsert(statement: Buffer): boolean {
  const head = statement.toString('latin1', 0, 64).trimStart().slice(0, 8).toUpperCase();
  return head.startsWith('INSERT') || head.startsWith('REPLACE');
}

/**
 * Whether the bytes are one INSERT (or REPLACE) of literal rows and nothing else: no SELECT, function, variable,
 * subquery, other database or ON DUPLICATE KEY. Each byte is looked at once; valid while sql_mode has neither
 * ANSI_QUOTES nor NO_BACKSLASH_ESCAPES.
 */
export function checkInsert(sql: Buffer, onRow?: (row: InsertRow) => void): InsertCheck {
  try {
    return { ok: true, insert: new InsertReader(sql, false, onRow).read() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    throw error;
  }
}

/**
 * As `checkInsert`, for bytes that begin with an INSERT and its semicolon, whatever comes after; `length` is without the
 * semicolon. Null when they do not, or when it is not only literal rows: then `StatementSplitter` must find its end. (Of
 * what ends a statement elsewhere than the reader says, comments and DELIMITER, it takes nothing.)
 */
export function readInsert(bytes: Buffer): { insert: InsertStatement; length: number } | null {
  const reader = new InsertReader(bytes, true);
  try {
    return { insert: reader.read(), length: reader.at };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

const needsEscape = (byte: number): boolean => byte === 0x00 || byte === 0x27 || byte === 0x5c;

/** `0x…` as `_binary'…'`: the same bytes in about half the length. */
function hexAsText(sql: Buffer, from: number, to: number): Buffer {
  // An odd number of digits stands for a leading zero.
  const digits = sql.toString('latin1', from + 2, to);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  let extra = 0;
  // Indexed loops: iterating over millions of bytes is ten times slower.
  for (let i = 0; i < bytes.length; i += 1) if (needsEscape(bytes[i] ?? 0)) extra += 1;
  const prefix = " _binary'";
  const out = Buffer.allocUnsafe(prefix.length + bytes.length + extra + 1);
  let at = out.write(prefix, 'latin1');
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (needsEscape(byte)) out[at++] = 0x5c;
    out[at++] = byte === 0 ? 0x30 : byte;
  }
  out[at] = 0x27;
  return out;
}

/**
 * The statement as several of at most `maxBytes` where that can be: one row each, long hexadecimal literals written
 * as escaped text. A row that is still longer comes out as it is, for the server to refuse.
 */
export function* splitInsert(sql: Buffer, insert: InsertStatement, maxBytes: number): Generator<Buffer> {
  const rows: InsertRow[] = [];
  checkInsert(sql, (row) => rows.push(row));
  const head = sql.subarray(0, insert.valuesStart);
  for (const row of rows) {
    const plain = Buffer.concat([head, Buffer.from(' '), sql.subarray(row.start, row.end)]);
    if (plain.length <= maxBytes) {
      yield plain;
      continue;
    }
    const parts: Buffer[] = [head, Buffer.from(' ')];
    let at = row.start;
    for (const hex of row.hex) {
      parts.push(sql.subarray(at, hex.start), hexAsText(sql, hex.start, hex.end));
      at = hex.end;
    }
    parts.push(sql.subarray(at, row.end));
    yield Buffer.concat(parts);
  }
}
