import { hash } from 'node:crypto';

/** What is held of a text; of a longer one, the beginning is held as its hash. */
const FOLD_BYTES = 64 * 1024;

/** A text that is to be hashed, given in parts; the same for the same bytes however they are parted. */
export class FoldedText {
  private readonly bytes = Buffer.allocUnsafe(FOLD_BYTES);
  private length = 0;

  append(data: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      const taken = Math.min(end - at, FOLD_BYTES - this.length);
      data.copy(this.bytes, this.length, at, at + taken);
      this.length += taken;
      at += taken;
      if (this.length === FOLD_BYTES) this.length = hash('sha256', this.bytes, 'buffer').copy(this.bytes);
    }
  }

  /** What was appended since the last call; valid until the next `append`. */
  take(): Buffer {
    const { length } = this;
    this.length = 0;
    return this.bytes.subarray(0, length);
  }
}
