import { frameDamaged, parseFrameHeader, scanFrame, startScan, type FrameInBuffer } from '../../zstd/index.js';
import { MAX_FRAME_CONTENT } from '../limits.js';

/** Room for the largest frame that backupd makes, and for most of the next read. */
const STORE_BYTES = 6 * 1024 * 1024;
const READ_BYTES = 2 * 1024 * 1024;
const MAX_FRAME_BYTES = MAX_FRAME_CONTENT * 2;

/** A whole frame in a buffer that is used again: valid until the next call. */
export interface CutFrame {
  /** In the bundle. */
  offset: number;
  buf: Buffer;
  frame: FrameInBuffer;
}

/** Cuts bytes of a bundle, given bit by bit, into frames. One buffer serves for all; it grows only for larger frames. */
export class FrameCutter {
  #store = Buffer.alloc(0);
  #from = 0;
  #to = 0;
  /** Place in the bundle of `#store[#from]`. */
  #offset = 0;
  #end = 0;
  #scan: ReturnType<typeof startScan> | null = null;

  /** Bytes `[offset, end)` of a bundle will come. */
  begin(offset: number, end: number): void {
    if (this.#store.length !== STORE_BYTES) this.#store = Buffer.allocUnsafeSlow(STORE_BYTES);
    this.#end = end;
    this.#jump(offset);
  }

  /** Where the next frame begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Which byte of the bundle comes next into `room`. */
  get position(): number {
    return this.#offset + this.#to - this.#from;
  }

  /** Room for bytes at `position`; empty when all of the range is there. Throws FRAME_DAMAGED for an endless frame. */
  room(): Buffer {
    const wanted = Math.min(READ_BYTES, this.#end - this.position);
    if (this.#to + wanted > this.#store.length) this.#makeRoom();
    return this.#store.subarray(this.#to, this.#to + Math.min(wanted, this.#store.length - this.#to));
  }

  /** So many bytes were put into `room`. */
  filled(bytes: number): void {
    this.#to += bytes;
  }

  /**
   * The next whole frame; null when more bytes are needed. Throws FRAME_DAMAGED when there is none at `offset`, or one that goes
   * beyond `limit`, where another is known to begin: it is passed over by `skipTo`.
   */
  next(limit: number): CutFrame | null {
    const known = this.#store.subarray(0, this.#to);
    if (this.#scan === null) {
      const header = parseFrameHeader(known, this.#from);
      if (header === null) return null;
      this.#scan = startScan(header);
    }
    const { header } = this.#scan;
    const length = scanFrame(known, this.#from, this.#scan);
    if (this.#offset + (length ?? this.#scan.position) > limit) throw frameDamaged('it is longer than it can be');
    if (length === null) return null;
    const cut = { offset: this.#offset, buf: this.#store, frame: { offset: this.#from, length, header } };
    this.#from += length;
    this.#offset += length;
    this.#scan = null;
    return cut;
  }

  /** Goes on at another place of the range, further on. */
  skipTo(offset: number): void {
    const there = this.#from + offset - this.#offset;
    if (there > this.#to) this.#jump(offset);
    else {
      this.#from = there;
      this.#offset = offset;
      this.#scan = null;
    }
  }

  #jump(offset: number): void {
    this.#from = 0;
    this.#to = 0;
    this.#offset = offset;
    this.#scan = null;
  }

  #makeRoom(): void {
    const pending = this.#to - this.#from;
    if (pending > MAX_FRAME_BYTES) throw frameDamaged(`it is larger than the ${MAX_FRAME_BYTES} bytes allowed`);
    const isLarge = pending + READ_BYTES > this.#store.length;
    const store = isLarge ? Buffer.allocUnsafeSlow((pending + READ_BYTES) * 2) : this.#store;
    this.#store.copy(store, 0, this.#from, this.#to);
    this.#store = store;
    this.#from = 0;
    this.#to = pending;
  }
}
