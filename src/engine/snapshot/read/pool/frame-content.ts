import { decompressInto } from '../../../native/zstd.js';
import { decompressFrames, storedContent, TEXT_FRAME_BYTES, type FrameInBuffer } from '../../zstd/index.js';
import { MAX_FRAME_CONTENT } from '../limits.js';

const EMPTY = Buffer.alloc(0);

/** Gives the content of one frame after the other, mostly in memory that is used again. */
export class FrameContent {
  #room = EMPTY;

  /**
   * Its content, valid until the next call; the frame's bytes may be overwritten. Empty for a skippable frame. Throws FRAME_DAMAGED,
   * also where the checksum is wrong.
   */
  of(buf: Buffer, frame: FrameInBuffer): Buffer {
    if (frame.header.skippable) return EMPTY;
    const stored = storedContent(buf, frame);
    if (stored !== null) return stored;
    const bytes = buf.subarray(frame.offset, frame.offset + frame.length);
    // What it can't read is read once more, by the one that says what is wrong with it.
    return (
      this.#inRoom(bytes, frame.header.contentSize) ?? decompressFrames(bytes, { maxContentBytes: MAX_FRAME_CONTENT })
    );
  }

  #inRoom(bytes: Buffer, size: number | null): Buffer | null {
    if (size === null || size > TEXT_FRAME_BYTES) return null;
    if (this.#room.length < size) this.#room = Buffer.allocUnsafeSlow(size);
    return decompressInto(this.#room, bytes) === size ? this.#room.subarray(0, size) : null;
  }
}
