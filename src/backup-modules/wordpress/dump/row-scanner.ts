const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const CLOSE = 0x29;

/** Finds the end of a row `(1,'text',NULL)` over chunks of any size. */
export class RowScanner {
  private inQuote = false;
  private escaped = false;

  /** The offset after the closing bracket, or -1 when the row goes on in the next chunk. */
  end(data: Buffer, start: number): number {
    for (let at = start; at < data.length; at += 1) {
      const byte = data[at];
      if (this.escaped) this.escaped = false;
      else if (byte === QUOTE) this.inQuote = !this.inQuote;
      else if (this.inQuote) this.escaped = byte === BACKSLASH;
      else if (byte === CLOSE) return at + 1;
    }
    return -1;
  }
}
