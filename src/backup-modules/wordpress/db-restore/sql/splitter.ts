import { isInsert, readInsert, type InsertStatement } from './insert.js';
import type { LexMode } from './lexer.js';

/** One statement without its delimiter. */
export interface Statement {
  sql: Buffer;
  /** What `checkInsert` says of it, where that is known already: it need not be asked again. */
  insert: InsertStatement | null;
}

/** Limits and the mode of a split. `mode` may be changed by the consumer between two statements. */
export interface SplitOptions {
  mode: LexMode;
  /** A longer statement raises `tooLong`. */
  maxBytes: number;
  tooLong: (bytes: number) => Error;
  refuse: (reason: string) => Error;
}

type State =
  | 'normal'
  | 'quoted'
  | 'escaped'
  | 'dash'
  | 'dash2'
  | 'line'
  | 'slash'
  | 'open'
  | 'openM'
  | 'block'
  | 'star'
  | 'keyword'
  | 'delimiter';

const KEYWORD = 'DELIMITER';
const DELIMITER = /^([;$|/&%])\1{0,2}$/;
const SEMICOLON = 0x3b;
/** Bytes that begin something: quotes, comments. */
const SPECIAL = new Uint8Array(256);
for (const c of Buffer.from('\'"`-/#')) SPECIAL[c] = 1;
const NEWLINE = 0x0a;

/**
 * Cuts a dump into statements the way the command line clients do (quotes, comments, DELIMITER lines), over chunks of
 * any size, scanning each byte once. Nothing else of a client's command language exists here: `\!`, `source` and
 * the like are just text that the server will refuse. Memory: one statement, bounded by `maxBytes`.
 */
export class StatementSplitter {
  private state: State = 'normal';
  private quote = 0;
  private delimiter: Buffer = Buffer.of(SEMICOLON);
  private matched = 0;
  private atStart = true;
  private word = '';
  private parts: Buffer[] = [];
  private held = 0;

  constructor(private readonly options: SplitOptions) {}

  /** The statements that end in this chunk, parts of it; those that are only white space and comments are left out. */
  *push(bytes: Uint8Array): Generator<Statement> {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      if (i === from && this.isBetween()) {
        const statement = this.wholeInsert(chunk.subarray(from));
        if (statement !== null) {
          yield statement;
          i = from + statement.sql.length;
          from = i + 1;
          continue;
        }
      }
      // Most bytes mean nothing where they stand: they are passed over without a look at the state each time.
      i = this.skip(chunk, i);
      if (i >= chunk.length) break;
      const event = this.step(chunk[i] ?? 0);
      if (event === 'none') continue;
      if (event === 'statement') {
        const sql = this.take(chunk.subarray(from, i + 1), this.delimiter.length);
        if (sql !== null) yield { sql, insert: null };
      } else {
        this.drop();
      }
      from = i + 1;
    }
    this.hold(Buffer.from(chunk.subarray(from)));
  }

  /** A last statement without a delimiter, or null. */
  end(): Statement | null {
    if (this.state === 'delimiter') return null;
    if (!['normal', 'line', 'dash2', 'keyword'].includes(this.state)) {
      throw this.options.refuse('a statement that never ends');
    }
    const sql = this.take(Buffer.alloc(0), 0);
    return sql === null ? null : { sql, insert: null };
  }

  /** Whether a statement may begin here, to be read as the server does without any settings. */
  private isBetween(): boolean {
    const { mode } = this.options;
    if (mode.ansiQuotes || mode.noBackslashEscapes) return false;
    const isStart = this.state === 'normal' && this.atStart && this.matched === 0 && this.held === 0;
    return isStart && this.delimiter.length === 1 && this.delimiter[0] === SEMICOLON;
  }

  /** An INSERT of literal rows that begins here and ends in these bytes: found and checked in one go. */
  private wholeInsert(bytes: Buffer): Statement | null {
    const found = isInsert(bytes) ? readInsert(bytes) : null;
    if (found === null || found.length >= this.options.maxBytes) return null;
    return { sql: bytes.subarray(0, found.length), insert: found.insert };
  }

  /** Index of the next byte that can end the present run. */
  private skip(chunk: Buffer, from: number): number {
    if (this.state === 'line') {
      const end = chunk.indexOf(NEWLINE, from);
      return end < 0 ? chunk.length : end;
    }
    if (this.state === 'normal' && !this.atStart && this.matched === 0) {
      const first = this.delimiter[0];
      for (let i = from; i < chunk.length; i += 1) {
        const c = chunk[i] ?? 0;
        if (SPECIAL[c] === 1 || c === first) return i;
      }
      return chunk.length;
    }
    if (this.state !== 'quoted') return from;
    const quote = this.quote;
    const escapes = this.backslashEscapes();
    for (let i = from; i < chunk.length; i += 1) {
      const c = chunk[i];
      if (c === quote || (c === 0x5c && escapes)) return i;
    }
    return chunk.length;
  }

  private backslashEscapes(): boolean {
    const { mode } = this.options;
    if (this.quote === 0x60) return false;
    return !mode.noBackslashEscapes && !(this.quote === 0x22 && mode.ansiQuotes);
  }

  private step(c: number): 'none' | 'statement' | 'dropped' {
    switch (this.state) {
      case 'normal':
        return this.normal(c);
      case 'quoted':
        if (c === 0x5c && this.backslashEscapes()) this.state = 'escaped';
        else if (c === this.quote) this.state = 'normal';
        return 'none';
      case 'escaped':
        this.state = 'quoted';
        return 'none';
      case 'dash':
        if (c === 0x2d) this.state = 'dash2';
        else return this.again(c);
        return 'none';
      case 'dash2':
        if (c === NEWLINE) return this.commentEnds();
        if (c <= 0x20) this.state = 'line';
        else return this.again(c);
        return 'none';
      case 'line':
        return c === NEWLINE ? this.commentEnds() : 'none';
      case 'slash':
        if (c === 0x2a) this.state = 'open';
        else return this.again(c);
        return 'none';
      case 'open':
        if (c === 0x21) this.executable();
        else if (c === 0x4d) this.state = 'openM';
        else this.state = c === 0x2a ? 'star' : 'block';
        return 'none';
      case 'openM':
        if (c === 0x21) this.executable();
        else this.state = c === 0x2a ? 'star' : 'block';
        return 'none';
      case 'block':
        if (c === 0x2a) this.state = 'star';
        return 'none';
      case 'star':
        if (c === 0x2f) return this.commentEnds();
        if (c !== 0x2a) this.state = 'block';
        return 'none';
      case 'keyword':
        return this.keyword(c);
      case 'delimiter':
        return this.delimiterLine(c);
      default:
        return 'none';
    }
  }

  /** The byte was only looked at: it is ordinary text. */
  private again(c: number): 'none' | 'statement' | 'dropped' {
    this.state = 'normal';
    this.atStart = false;
    return this.normal(c);
  }

  private executable(): void {
    this.state = 'normal';
    this.atStart = false;
  }

  private commentEnds(): 'none' | 'dropped' {
    this.state = 'normal';
    return this.atStart ? 'dropped' : 'none';
  }

  private normal(c: number): 'none' | 'statement' | 'dropped' {
    if (c === this.delimiter[this.matched]) {
      this.matched += 1;
      if (this.matched === this.delimiter.length) {
        this.matched = 0;
        return 'statement';
      }
    } else {
      this.matched = 0;
    }
    switch (c) {
      case 0x27:
      case 0x22:
      case 0x60:
        this.quote = c;
        this.state = 'quoted';
        this.atStart = false;
        return 'none';
      case 0x2d:
        this.state = 'dash';
        return 'none';
      case 0x2f:
        this.state = 'slash';
        return 'none';
      case 0x23:
        this.state = 'line';
        return 'none';
      default:
        break;
    }
    if (c <= 0x20) return 'none';
    if (this.atStart && (c | 0x20) === 0x64) {
      this.state = 'keyword';
      this.word = 'D';
    }
    this.atStart = false;
    return 'none';
  }

  private keyword(c: number): 'none' | 'statement' | 'dropped' {
    if (this.word === KEYWORD && (c === 0x20 || c === 0x09)) {
      this.state = 'delimiter';
      this.word = '';
      return 'none';
    }
    this.word += String.fromCharCode(c).toUpperCase();
    return KEYWORD.startsWith(this.word) ? 'none' : this.again(c);
  }

  private delimiterLine(c: number): 'none' | 'dropped' {
    if (c !== NEWLINE) {
      this.word += String.fromCharCode(c);
      if (this.word.length > 20) throw this.options.refuse('a DELIMITER line that is too long');
      return 'none';
    }
    const text = this.word.trim();
    if (!DELIMITER.test(text)) throw this.options.refuse('a DELIMITER that no dump program writes');
    this.delimiter = Buffer.from(text, 'latin1');
    this.state = 'normal';
    this.matched = 0;
    return 'dropped';
  }

  private hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.held += piece.length;
    if (this.held > this.options.maxBytes) throw this.options.tooLong(this.held);
    this.parts.push(piece);
  }

  private drop(): void {
    this.parts = [];
    this.held = 0;
    this.atStart = true;
  }

  /** The held bytes with `piece` as one statement, less `cut` bytes of delimiter; null when it is empty. */
  private take(piece: Buffer, cut: number): Buffer | null {
    this.hold(piece);
    const whole = this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts);
    const empty = this.atStart;
    this.drop();
    if (whole === undefined || empty) return null;
    // A delimiter may have been split over two chunks, so it is cut from the whole.
    return whole.length > cut ? whole.subarray(0, whole.length - cut) : null;
  }
}
