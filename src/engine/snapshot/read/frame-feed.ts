import type { Readable } from 'node:stream';
import { decompressFramesAsync, frameDamaged, splitFrames, type StreamedFrame } from '../zstd/index.js';
import type { ContentRooms } from './content-rooms.js';
import { MAX_FRAME_CONTENT } from './limits.js';

/** A frame of a bundle with its content. The content is shared: read only. */
export interface DecodedFrame {
  bundle: number;
  /** Where the frame is in the bundle, and how many bytes it takes there. */
  offset: number;
  length: number;
  content: Buffer;
}

/** Frames that are decompressed ahead of the reader. */
const AHEAD = 3;

interface SplitFrame {
  offset: number;
  bytes: Buffer;
  skippable: boolean;
  size: number | null;
}

/** The frames of one byte range of a bundle, in order, fetched once, decompressed a few ahead on libuv's pool. */
export class FrameFeed {
  readonly #queue: Promise<DecodedFrame | null>[] = [];
  #frames: AsyncGenerator<StreamedFrame> | null = null;
  #body: Readable | null = null;
  #lastSplit: Promise<SplitFrame | null> = Promise.resolve(null);
  /** Buffers for compressed frames, used again: they are many and large. */
  readonly #spare: Buffer[] = [];
  #ended = false;
  #closed = false;
  /** Offset in the bundle of the frame that `next` gives. */
  position: number;

  constructor(
    readonly bundle: number,
    readonly start: number,
    readonly end: number,
    private readonly open: () => Promise<Readable>,
    /** Where contents go whose reader gives them back; null: each has memory of its own. */
    private readonly rooms: ContentRooms | null = null,
  ) {
    this.position = start;
  }

  /** The next frame, or null at the end of the range. Throws FRAME_DAMAGED, and what the storage throws. */
  async next(): Promise<DecodedFrame | null> {
    while (!this.#ended && this.#queue.length < AHEAD) this.#enqueue();
    const frame = await (this.#queue.shift() ?? Promise.resolve(null));
    if (frame === null) {
      this.#ended = true;
      this.position = this.end;
    } else {
      this.position = frame.offset + frame.length;
    }
    return frame;
  }

  /** Ends the transfer. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#closed = true;
    for (const left of await Promise.allSettled(this.#queue.splice(0)))
      if (left.status === 'fulfilled' && left.value !== null) this.rooms?.giveBack(left.value.content);
    this.#body?.destroy();
    await this.#frames?.return(undefined).catch(() => undefined);
  }

  #enqueue(): void {
    const split = this.#splitAfter(this.#lastSplit);
    this.#lastSplit = split;
    const decoded = this.#decode(split);
    // Awaited later, or never when the reader stops: not an unhandled rejection.
    decoded.catch(() => undefined);
    this.#queue.push(decoded);
  }

  async #splitAfter(previous: Promise<SplitFrame | null>): Promise<SplitFrame | null> {
    await previous;
    if (this.#closed) return null;
    if (this.#frames === null) {
      this.#body = await this.open();
      // The splitter reports errors; one that comes after it stopped must not end the process.
      this.#body.on('error', () => undefined);
      this.#frames = splitFrames(this.#body, { maxFrameBytes: MAX_FRAME_CONTENT * 2 });
    }
    const { done, value } = await this.#frames.next();
    if (done === true) return null;
    // Ours have one; where a bit of the header says otherwise, the length is not to be believed either.
    if (!value.header.skippable && !value.header.checksum) throw frameDamaged('it has no checksum');
    return {
      offset: this.start + value.offset,
      bytes: this.#copy(value.frame),
      skippable: value.header.skippable,
      size: value.header.contentSize,
    };
  }

  async #decode(split: Promise<SplitFrame | null>): Promise<DecodedFrame | null> {
    const frame = await split;
    if (frame === null) return null;
    const content = await this.#content(frame);
    const length = frame.bytes.length;
    this.#spare.push(Buffer.from(frame.bytes.buffer));
    return { bundle: this.bundle, offset: frame.offset, length, content };
  }

  async #content({ bytes, skippable, size }: SplitFrame): Promise<Buffer> {
    if (skippable) return Buffer.alloc(0);
    if (this.rooms !== null) return this.rooms.content(bytes, size);
    return decompressFramesAsync(bytes, { maxContentBytes: MAX_FRAME_CONTENT });
  }

  /** The splitter's frame is only valid until the next one is asked for. */
  #copy(frame: Buffer): Buffer {
    const spare = this.#spare.pop();
    const room = spare !== undefined && spare.length >= frame.length ? spare : Buffer.allocUnsafeSlow(frame.length);
    frame.copy(room);
    return room.subarray(0, frame.length);
  }
}
