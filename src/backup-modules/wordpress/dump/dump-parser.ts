import { AppError } from '../../../common/errors/index.js';
import { RowScanner } from './row-scanner.js';
import { StatementScanner } from './statement-scanner.js';

/** What a dump consists of, in its order. Buffers are valid only during the call. */
export interface DumpHandler {
  /** A comment between statements, without its line end. */
  comment(text: Buffer): void;
  /** A complete statement other than INSERT, without its delimiter (`;` or what DELIMITER set). */
  statement(text: Buffer, delimiter: string): void;
  /** An INSERT begins: its text up to and with VALUES. */
  beginInsert(header: Buffer): void;
  /** Bytes of a row `(…)`; a row may come in many parts, the last of which is marked. */
  row(part: Buffer, last: boolean): void;
  /**
   * Whole rows at once: the first begins at `start`, each ends before its offset in `ends`, and `,` with a line end is
   * between two of them.
   */
  rows(data: Buffer, start: number, ends: readonly number[]): void;
  endInsert(): void;
}

type State = 'between' | 'comment' | 'block' | 'delimiter' | 'statement' | 'header' | 'gap' | 'row' | 'line-row';

const NOTHING = Buffer.alloc(0);
const NEWLINE = 0x0a;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;

const INSERT = Buffer.from('INSERT INTO ');
const DELIMITER = Buffer.from('DELIMITER ');
/** MariaDB's first line; not a statement, and an error for every other client. */
const SANDBOX = ['/*!999999\\-', '/*M!999999\\-'].map((text) => Buffer.from(text));
/** As many bytes as must be there to tell what begins. */
const LOOK_AHEAD = Math.max(INSERT.length, DELIMITER.length, ...SANDBOX.map((text) => text.length));
/** Below it the beginning of a row waits for its end; above it is handed on in parts. */
const SHORT_ROW = 64 * 1024;
/** Longer ones than any definition; rows are not counted here. */
const LONGEST_STATEMENT = 64 * 1024 * 1024;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

function unreadable(reason: string): AppError {
  return new AppError({
    code: 'DUMP_UNREADABLE',
    kind: 'source',
    message: `The dump program's output could not be understood: ${reason}.`,
    hint: 'Please report it with the version of the dump program. Another client (mariadb-dump, mysqldump) may work.',
    retry: 'never',
  });
}

/**
 * Reads the output of mariadb-dump and mysqldump as a stream of chunks of any size, each byte once, in bounded memory:
 * only statements other than INSERT are collected, rows are passed on in parts. What it relies on of the dump programs:
 * names are in backticks, and text in rows is escaped with backslashes, so no row holds a raw line end.
 */
export class DumpParser {
  private state: State = 'between';
  private carry: Buffer = NOTHING;
  private parts: Buffer[] = [];
  private partsLength = 0;
  private delimiter = ';';
  private readonly scanner = new StatementScanner(';');
  private rowState: 'row' | 'line-row' = 'row';
  /** A part of the row was handed on already. */
  private inLineRow = false;
  private readonly rowScanner = new RowScanner();

  constructor(private readonly handler: DumpHandler) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    if (this.carry.length > 0) {
      // Only up to the next line end is joined: copying every chunk whole would be most of the work.
      const line = chunk.indexOf(NEWLINE) + 1 || chunk.length;
      const joined = Buffer.concat([this.carry, chunk.subarray(0, line)]);
      this.carry = NOTHING;
      this.run(joined, false);
      rest = chunk.subarray(line);
    }
    this.run(this.carry.length > 0 ? Buffer.concat([this.carry, rest]) : rest, false);
  }

  /** The end of the output; false when it ended within something. */
  end(): boolean {
    this.run(this.carry, true);
    if (this.state === 'comment') this.finishComment();
    return this.state === 'between' && this.carry.length === 0;
  }

  private run(data: Buffer, isEnd: boolean): void {
    this.carry = NOTHING;
    let at = 0;
    while (at < data.length) {
      const next = this.step(data, at, isEnd);
      if (next < 0) {
        // Copied: the chunk's memory belongs to the stream.
        this.carry = Buffer.from(data.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Consumes from `at`; returns where it stands, or -1 when more bytes are needed to tell. */
  private step(data: Buffer, at: number, isEnd: boolean): number {
    if (this.state === 'line-row') return this.lineRows(data, at);
    if (this.state === 'gap') return this.gap(data, at);
    if (this.state === 'row') return this.quotedRow(data, at);
    if (this.state === 'between') return this.between(data, at, isEnd);
    if (this.state === 'statement') return this.statement(data, at);
    if (this.state === 'header') return this.header(data, at);
    if (this.state === 'block') return this.block(data, at);
    return this.toLineEnd(data, at, () => (this.state === 'comment' ? this.finishComment() : this.finishDelimiter()));
  }

  private between(data: Buffer, start: number, isEnd: boolean): number {
    let at = start;
    while (at < data.length && isBlank(data[at] ?? 0)) at += 1;
    if (at === data.length) return at;
    const ahead = data.subarray(at, at + LOOK_AHEAD);
    if (ahead.length < LOOK_AHEAD && !isEnd) return at === start ? -1 : at;
    if (startsWith(ahead, '--') || startsWith(ahead, '#')) this.state = 'comment';
    else if (SANDBOX.some((text) => ahead.indexOf(text) === 0)) this.state = 'block';
    else if (startsWith(ahead, '/*') && !startsWith(ahead, '/*!') && !startsWith(ahead, '/*M!')) this.state = 'block';
    else if (ahead.indexOf(DELIMITER) === 0) this.state = 'delimiter';
    else if (ahead.indexOf(INSERT) === 0 && this.delimiter === ';') this.state = 'header';
    else {
      this.state = 'statement';
      this.scanner.restart(this.delimiter);
    }
    return at;
  }

  private toLineEnd(data: Buffer, at: number, finish: () => void): number {
    const end = data.indexOf(NEWLINE, at);
    this.keep(data.subarray(at, end < 0 ? data.length : end));
    if (end < 0) return data.length;
    finish();
    return end + 1;
  }

  private finishComment(): void {
    this.state = 'between';
    this.handler.comment(this.takeParts());
  }

  private finishDelimiter(): void {
    this.state = 'between';
    this.delimiter = this.takeParts().subarray(DELIMITER.length).toString('latin1').trim();
    if (this.delimiter.length === 0) throw unreadable('an empty DELIMITER');
  }

  private block(data: Buffer, at: number): number {
    const end = data.indexOf('*/', at);
    // The star alone may be the last byte of this chunk.
    if (end < 0) return -1;
    this.state = 'between';
    this.handler.comment(data.subarray(at, end + 2));
    return end + 2;
  }

  private statement(data: Buffer, at: number): number {
    const end = this.scanner.scan(data, at);
    this.keep(data.subarray(at, end < 0 ? data.length : end));
    if (end < 0) return data.length;
    const text = this.takeParts();
    this.state = 'between';
    this.followSqlMode(text);
    this.handler.statement(text.subarray(0, text.length - this.delimiter.length), this.delimiter);
    return end;
  }

  /** Definitions are printed in the sql_mode they were made in; it decides whether a backslash escapes a quote. */
  private followSqlMode(text: Buffer): void {
    if (text.length > 4096) return;
    const mode = /\bSET\s+sql_mode\s*=\s*(?:'([^']*)'|@)/i.exec(text.toString('latin1'));
    if (mode) this.scanner.backslashEscapes = !(mode[1] ?? '').toUpperCase().includes('NO_BACKSLASH_ESCAPES');
  }

  /** The head of an INSERT: names in backticks, then VALUES. Short, so it may wait for its whole. */
  private header(data: Buffer, at: number): number {
    let inName = false;
    for (let i = at + INSERT.length; i < data.length; i += 1) {
      const byte = data[i] ?? 0;
      if (byte === 0x60) inName = !inName;
      else if (!inName && byte === 0x56 /* V */) {
        if (i + 7 > data.length) break;
        if (data.toString('latin1', i, i + 6) !== 'VALUES') throw unreadable('an INSERT without VALUES');
        this.handler.beginInsert(data.subarray(at, i + 6));
        this.state = 'gap';
        this.rowState = data[i + 6] === NEWLINE ? 'line-row' : 'row';
        return i + 6;
      }
    }
    if (data.length - at > LONGEST_STATEMENT) throw unreadable('an INSERT without VALUES');
    return -1;
  }

  /** Between two rows. */
  private gap(data: Buffer, start: number): number {
    for (let at = start; at < data.length; at += 1) {
      const byte = data[at] ?? 0;
      if (byte === OPEN) {
        this.state = this.rowState;
        return at;
      }
      if (byte === SEMICOLON) {
        this.state = 'between';
        this.handler.endInsert();
        return at + 1;
      }
      if (byte !== COMMA && !isBlank(byte)) throw unreadable('something else than a row after VALUES');
    }
    return data.length;
  }

  /** One row to a line: line ends are searched for, the rows' bytes are not looked at. */
  private lineRows(data: Buffer, start: number): number {
    const ends: number[] = [];
    let at = start;
    let isLast = false;
    while (!isLast) {
      const end = data.indexOf(NEWLINE, at);
      if (end < 0) break;
      const separator = data[end - 1];
      isLast = separator === SEMICOLON;
      if ((separator !== COMMA && !isLast) || data[end - 2] !== CLOSE) throw unreadable('a row with a line end in it');
      ends.push(end - 1);
      at = end + 1;
    }
    if (ends.length === 0) return this.partOfLineRow(data, start);
    if (this.inLineRow) {
      this.inLineRow = false;
      const end = ends.shift() ?? start;
      this.handler.row(data.subarray(start, end), true);
      if (ends.length > 0) this.handler.rows(data, end + 2, ends);
      this.state = 'gap';
      return ends.at(-1) ?? end;
    }
    this.handler.rows(data, start, ends);
    this.state = 'gap';
    return ends.at(-1) ?? start;
  }

  private partOfLineRow(data: Buffer, start: number): number {
    // The last two bytes may be `),` whose line end is still to come. Short beginnings wait for their row's rest.
    const safe = data.length - 2;
    if (safe <= start || (!this.inLineRow && data.length - start < SHORT_ROW)) return -1;
    this.inLineRow = true;
    this.handler.row(data.subarray(start, safe), false);
    return safe;
  }

  /** A row that may share its line: its quotes are followed up to the closing bracket. */
  private quotedRow(data: Buffer, start: number): number {
    const end = this.rowScanner.end(data, start);
    this.handler.row(data.subarray(start, end < 0 ? data.length : end), end >= 0);
    if (end < 0) return data.length;
    this.state = 'gap';
    return end;
  }

  private keep(bytes: Buffer): void {
    // Copied: the chunk's memory belongs to the stream.
    this.parts.push(Buffer.from(bytes));
    this.partsLength += bytes.length;
    if (this.partsLength > LONGEST_STATEMENT) throw unreadable('a statement longer than 64 MiB');
  }

  private takeParts(): Buffer {
    const whole = this.parts.length === 1 && this.parts[0] ? this.parts[0] : Buffer.concat(this.parts);
    this.parts = [];
    this.partsLength = 0;
    return whole;
  }
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.length >= text.length && bytes.toString('latin1', 0, text.length) === text;
}
