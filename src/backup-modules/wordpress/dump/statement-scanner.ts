const NEWLINE = 0x0a;
const STAR = 0x2a;
const SLASH = 0x2f;
const DASH = 0x2d;
const HASH = 0x23;
const BANG = 0x21;
const LETTER_M = 0x4d;
const BACKSLASH = 0x5c;

type State = 'code' | 'quoted' | 'line-comment' | 'block-comment';

/**
 * Finds the end of one SQL statement over chunks of any size, as the command line clients do: a delimiter counts only
 * outside of quotes and comments. The text within version comments is code: it has quotes of its own, and
 * no delimiter ends a statement inside of one.
 */
export class StatementScanner {
  private state: State = 'code';
  private quote = 0;
  private escaped = false;
  /** Open version comments. */
  private depth = 0;
  /** The bytes before this one that may begin a token (`--`, `/*`, a delimiter), newest last. */
  private before: [number, number, number] = [0, 0, 0];
  private matched = 0;
  private delimiter: Buffer;

  constructor(
    delimiter: string,
    /** Off while the session's sql_mode has NO_BACKSLASH_ESCAPES. */
    public backslashEscapes = true,
  ) {
    this.delimiter = Buffer.from(delimiter, 'latin1');
  }

  /** A new statement begins. */
  restart(delimiter: string): void {
    this.delimiter = Buffer.from(delimiter, 'latin1');
    this.state = 'code';
    this.depth = 0;
    this.matched = 0;
    this.escaped = false;
    this.before = [0, 0, 0];
  }

  /** The offset after the delimiter that ends the statement, or -1 when it does not end in this chunk. */
  scan(data: Buffer, start: number): number {
    for (let at = start; at < data.length; at += 1) {
      const byte = data[at] ?? 0;
      if (this.state === 'code') {
        if (this.code(byte)) return at + 1;
      } else if (this.state === 'quoted') this.quoted(byte);
      else this.comment(byte);
    }
    return -1;
  }

  /** True when this byte completes the delimiter. */
  private code(byte: number): boolean {
    const [third, second, first] = this.before;
    this.before = [second, first, byte];
    if (byte === 0x27 || byte === 0x22 || byte === 0x60) {
      this.state = 'quoted';
      this.quote = byte;
      this.matched = 0;
      return false;
    }
    const blank = byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === 0x0d;
    if (byte === HASH || (blank && first === DASH && second === DASH)) {
      this.state = byte === NEWLINE ? 'code' : 'line-comment';
      return false;
    }
    // What follows `/*` decides: `!` and `M!` make it a version comment, whose text is code.
    if (first === STAR && second === SLASH) {
      if (byte === BANG) {
        this.depth += 1;
        this.forget();
      } else if (byte !== LETTER_M) this.enterBlockComment(byte);
      return false;
    }
    if (first === LETTER_M && second === STAR && third === SLASH) {
      if (byte === BANG) {
        this.depth += 1;
        this.forget();
      } else this.enterBlockComment(byte);
      return false;
    }
    if (byte === SLASH && first === STAR && this.depth > 0) {
      this.depth -= 1;
      this.forget();
      return false;
    }
    return this.delimits(byte);
  }

  private delimits(byte: number): boolean {
    if (this.depth > 0) return false;
    if (byte === this.delimiter[this.matched]) this.matched += 1;
    else this.matched = byte === this.delimiter[0] ? 1 : 0;
    return this.matched === this.delimiter.length;
  }

  private enterBlockComment(byte: number): void {
    this.state = 'block-comment';
    this.matched = 0;
    this.before = [0, 0, byte];
  }

  private quoted(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH && this.backslashEscapes && this.quote !== 0x60) this.escaped = true;
    else if (byte === this.quote) {
      // A doubled quote closes and opens again: the same in effect.
      this.state = 'code';
      this.forget();
    }
  }

  private comment(byte: number): void {
    const isEnd = this.state === 'line-comment' ? byte === NEWLINE : byte === SLASH && this.before[2] === STAR;
    this.before = [0, 0, byte];
    if (!isEnd) return;
    this.state = 'code';
    this.forget();
  }

  private forget(): void {
    this.before = [0, 0, 0];
    this.matched = 0;
  }
}
