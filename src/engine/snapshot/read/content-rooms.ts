import { decompressIntoAsync } from '../../native/zstd.js';
import { decompressFramesAsync, TEXT_FRAME_BYTES } from '../zstd/index.js';
import { MAX_FRAME_CONTENT } from './limits.js';

/** Decompresses frames into memory that is used again once it is given back. */
export class ContentRooms {
  readonly #rooms = new WeakSet<ArrayBufferLike>();
  readonly #spare: Buffer[] = [];

  /** The content of one frame that says it has `size` bytes, checked. Throws FRAME_DAMAGED. */
  async content(frame: Buffer, size: number | null): Promise<Buffer> {
    if (size !== null && size <= TEXT_FRAME_BYTES) {
      const room = this.#spare.pop() ?? this.#make();
      if ((await decompressIntoAsync(room, frame)) === size) return room.subarray(0, size);
      this.#spare.push(room);
    }
    // What it could not read is read once more, by the one that says what is wrong with it.
    return decompressFramesAsync(frame, { maxContentBytes: MAX_FRAME_CONTENT });
  }

  /** Nobody looks at this content any more. */
  giveBack({ buffer }: Buffer): void {
    if (this.#rooms.has(buffer)) this.#spare.push(Buffer.from(buffer));
  }

  #make(): Buffer {
    const room = Buffer.allocUnsafeSlow(TEXT_FRAME_BYTES);
    this.#rooms.add(room.buffer);
    return room;
  }
}
