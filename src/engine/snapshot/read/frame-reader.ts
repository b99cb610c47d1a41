import type { Readable } from 'node:stream';
import { AppError } from '../../../common/errors/index.js';
import { decompressFramesAsync, frameDamaged } from '../zstd/index.js';
import { copiesOf, type CopyFault, distrust, type StorageDriver } from '../../ports/index.js';
import type { ContentLocation, ManifestBundle } from '../manifest/index.js';
import { ContentRooms } from './content-rooms.js';
import { FrameFeed, type DecodedFrame } from './frame-feed.js';
import { hasSeveralCopies, healedFrames } from './healed-frames.js';
import { MAX_FRAME_CONTENT } from './limits.js';

export const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
/** What another copy may help against. */
const HEALABLE = new Set(['FRAME_DAMAGED', 'STORAGE_OBJECT_NOT_FOUND']);

export interface FrameReaderOptions {
  /** Content of decoded frames that is kept. */
  cacheBytes?: number;
  /** A frame's content is only valid until the next one is asked for: its memory is used again. */
  passing?: boolean;
}

/**
 * Gives the frames of a backup's bundles. A planned run is one transfer, whose frames are decompressed ahead; frames that
 * were decoded lately are kept, so that entries which share a frame cost one fetch and one decompression.
 */
export class FrameReader {
  readonly #bundles: ReadonlyMap<number, ManifestBundle>;
  /** In order of last use. */
  readonly #cache = new Map<string, DecodedFrame>();
  #cachedBytes = 0;
  #run: FrameFeed | null = null;
  #side: FrameFeed | null = null;
  readonly #rooms: ContentRooms | null;
  readonly #cacheBytes: number;

  constructor(
    private readonly driver: StorageDriver,
    bundles: readonly ManifestBundle[],
    private readonly signal: AbortSignal | undefined,
    options: FrameReaderOptions = {},
  ) {
    this.#cacheBytes = options.cacheBytes ?? DEFAULT_CACHE_BYTES;
    this.#rooms = options.passing === true ? new ContentRooms() : null;
    this.#bundles = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  }

  /** The key of a bundle, for messages. */
  keyOf(bundle: number): string | null {
    return this.#bundles.get(bundle)?.key ?? null;
  }

  /** Bytes `[start, end)` of a bundle will be needed in this order: one transfer. Opened when the first is asked for. */
  async plan(bundle: number, start: number, end: number): Promise<void> {
    await this.#run?.close();
    // Runs of small entries meet within a frame: that one is here.
    let from = start;
    for (let known = this.#cached(bundle, from); known !== null; known = this.#cached(bundle, from))
      from += known.length;
    this.#run = from < end ? this.#feed(bundle, from, end) : null;
  }

  /** The frames of a location, in order. Throws FRAME_DAMAGED when the range is not whole frames. */
  async *frames(location: ContentLocation): AsyncGenerator<DecodedFrame> {
    const end = location.offset + location.length;
    let position = location.offset;
    while (position < end) {
      const frame = this.#cached(location.bundle, position) ?? (await this.#fetch(location.bundle, position, end));
      position += frame.length;
      if (position > end) throw frameDamaged('it does not end where it should', { at: frame.offset });
      yield frame;
    }
  }

  async close(): Promise<void> {
    await this.#run?.close();
    await this.#side?.close();
    this.#run = null;
    this.#side = null;
    this.#cache.clear();
    this.#cachedBytes = 0;
  }

  async #fetch(bundle: number, position: number, end: number): Promise<DecodedFrame> {
    for (const feed of [this.#run, this.#side]) {
      if (feed === null || feed.bundle !== bundle || position < feed.position || position >= feed.end) continue;
      const found = await this.#tryAdvance(feed, position);
      if (found !== null) return found;
    }
    await this.#side?.close();
    this.#side = this.#feed(bundle, position, end);
    let failure: unknown = frameDamaged('it is missing', { at: position });
    try {
      const found = await this.#advance(this.#side, position);
      if (found !== null) return found;
    } catch (error) {
      if (!(error instanceof AppError) || !HEALABLE.has(error.code)) throw error;
      failure = error;
    }
    return this.#heal(bundle, position, end, failure);
  }

  /** The frame from a copy that has it right. Throws the failure when there is only one copy. */
  async #heal(bundle: number, position: number, end: number, failure: unknown): Promise<DecodedFrame> {
    const key = this.keyOf(bundle);
    if (key === null) throw failure;
    if (!hasSeveralCopies(this.driver, key)) {
      for (const only of copiesOf(this.driver, key)) distrust(this.driver, key, only, faultOf(failure));
      throw failure;
    }
    const range = { key, start: position, end, copies: copiesOf(this.driver, key) };
    for await (const bytes of healedFrames(this.driver, range, this.signal)) {
      const content = await decompressFramesAsync(bytes, { maxContentBytes: MAX_FRAME_CONTENT });
      const frame = { bundle, offset: position, length: bytes.length, content };
      this.#keep(frame);
      return frame;
    }
    throw failure;
  }

  /** As `#advance`; null also when a frame on the way is damaged, which may be another entry's: the side feed then tells. */
  async #tryAdvance(feed: FrameFeed, position: number): Promise<DecodedFrame | null> {
    try {
      return await this.#advance(feed, position);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'FRAME_DAMAGED') throw error;
      if (feed === this.#run) this.#run = null;
      else this.#side = null;
      await feed.close();
      return null;
    }
  }

  /** Reads on until the frame at the position; null when there is none. */
  async #advance(feed: FrameFeed, position: number): Promise<DecodedFrame | null> {
    while (feed.position <= position) {
      const frame = await feed.next();
      if (frame === null) return null;
      this.#keep(frame);
      if (frame.offset === position) return frame;
    }
    return null;
  }

  #feed(bundle: number, start: number, end: number): FrameFeed {
    const open = async (): Promise<Readable> => {
      const facts = this.#bundles.get(bundle);
      if (facts === undefined) throw frameDamaged(`the manifest names no bundle ${bundle}`);
      return this.driver.read(facts.key, { offset: start, length: end - start }, this.signal);
    };
    return new FrameFeed(bundle, start, end, open, this.#rooms);
  }

  #cached(bundle: number, offset: number): DecodedFrame | null {
    const key = `${bundle}:${offset}`;
    const frame = this.#cache.get(key);
    if (frame === undefined) return null;
    this.#cache.delete(key);
    this.#cache.set(key, frame);
    return frame;
  }

  #keep(frame: DecodedFrame): void {
    const key = `${frame.bundle}:${frame.offset}`;
    if (this.#cache.has(key)) return;
    this.#cache.set(key, frame);
    this.#cachedBytes += frame.content.length;
    for (const [oldKey, old] of this.#cache) {
      // The newest stays, however large.
      if (this.#cachedBytes <= this.#cacheBytes || oldKey === key) return;
      this.#cache.delete(oldKey);
      this.#cachedBytes -= old.content.length;
      this.#rooms?.giveBack(old.content);
    }
  }
}

const faultOf = (failure: unknown): CopyFault =>
  failure instanceof AppError && failure.code === 'STORAGE_OBJECT_NOT_FOUND' ? 'missing' : 'damaged';
