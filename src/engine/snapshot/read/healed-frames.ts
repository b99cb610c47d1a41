import { Readable } from 'node:stream';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import { copiesOf, distrust, type StorageDriver } from '../../ports/index.js';
import { decompressFramesAsync, frameDamaged, splitFrames } from '../zstd/index.js';
import { MAX_FRAME_CONTENT } from './limits.js';

/** Bytes of an object that are whole frames, and the copies they can be read from, the first choice first. */
export interface HealedRange {
  key: string;
  start: number;
  end: number;
  copies: readonly StorageDriver[];
}

interface CheckedFrame {
  bytes: Buffer;
  /** Without a checksum of its own: what it holds can't be told to be right. */
  skippable: boolean;
}

/**
 * The frames of a range, one after the other, each from a copy that has it right: decompressed for a check, given as they are stored.
 * A copy that has a frame wrong is told to the driver, unless another one could not be asked. Throws FRAME_DAMAGED where no copy has it,
 * and what a storage throws when the frame may still be right there.
 */
export async function* healedFrames(
  driver: StorageDriver,
  range: HealedRange,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const feeds = new CopyFeeds(driver, range, signal);
  let position = range.start;
  let unproven: { frame: CheckedFrame; at: number; copy: StorageDriver } | null = null;
  try {
    while (position < range.end) {
      let found = await feeds.frameAt(position);
      if (found === null && unproven !== null) {
        // What came before it may have told a wrong length.
        const { at, copy } = unproven;
        position = at;
        unproven = null;
        found = await feeds.frameAt(position, copy);
      }
      if (found === null) {
        feeds.tellAllWrong();
        throw feeds.failure;
      }
      if (unproven !== null) yield unproven.frame.bytes;
      unproven = null;
      const { frame, copy } = found;
      if (frame.skippable) unproven = { frame, at: position, copy };
      else yield frame.bytes;
      position += frame.bytes.length;
    }
    if (unproven !== null) yield unproven.frame.bytes;
  } finally {
    await feeds.close();
  }
}

/** A range that is whole frames, as it is stored; of several copies each frame comes from one that has it right. */
export async function openWholeFrames(
  driver: StorageDriver,
  key: string,
  { start, end }: { start: number; end: number },
  signal?: AbortSignal,
): Promise<Readable> {
  const copies = copiesOf(driver, key);
  if (copies.length < 2) return driver.read(key, { offset: start, length: end - start }, signal);
  return Readable.from(healedFrames(driver, { key, start, end, copies }, signal), { objectMode: false });
}

/** As `healedFrames`, as a stream that ends early where there is damage that no copy can heal. */
export function healedBody(driver: StorageDriver, range: HealedRange, signal?: AbortSignal): Readable {
  return Readable.from(untilDamage(healedFrames(driver, range, signal)), { objectMode: false });
}

async function* untilDamage(frames: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* frames;
  } catch (error) {
    if (!isWrong(error)) throw error;
  }
}

/** Whether an object can be read from more than one copy. */
export function hasSeveralCopies(driver: StorageDriver, key: string): boolean {
  return copiesOf(driver, key).length > 1;
}

/** Reads frames from copies: on from the one that was right last, as long as it is. */
class CopyFeeds {
  #feed: { copy: StorageDriver; frames: AsyncGenerator<CheckedFrame>; position: number } | null = null;
  #failure: unknown = null;
  /** What each copy failed with when a frame was not found. */
  #wrong: readonly { copy: StorageDriver; error: unknown }[] = [];

  constructor(
    private readonly driver: StorageDriver,
    private readonly range: HealedRange,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** What the last frame that was not found failed with. */
  get failure(): unknown {
    return this.#failure ?? frameDamaged('it is missing');
  }

  /** The frame at the position from the first copy that has it right; null when none has. `not`: a copy that is known to lie. */
  async frameAt(
    position: number,
    not: StorageDriver | null = null,
  ): Promise<{ frame: CheckedFrame; copy: StorageDriver } | null> {
    const { copies } = this.range;
    const wrong: { copy: StorageDriver; error: unknown }[] = [];
    if (not !== null) wrong.push({ copy: not, error: frameDamaged('it has another length') });
    this.#failure = null;
    const last = this.#feed?.copy ?? null;
    for (const copy of last === null ? copies : [last, ...copies.filter((other) => other !== last)]) {
      if (copy === not) continue;
      try {
        const frame = await this.#next(copy, position);
        for (const bad of wrong) if (isWrong(bad.error)) this.#tell(bad.copy, bad.error);
        return { frame, copy };
      } catch (error) {
        if (this.signal !== undefined) throwIfAborted(this.signal);
        wrong.push({ copy, error });
        // One that could not be asked is what may still help.
        if (this.#failure === null || isWrong(this.#failure)) this.#failure = error;
        await this.close();
      }
    }
    this.#wrong = wrong;
    return null;
  }

  /** No copy has the frame: where all were asked, all are wrong. */
  tellAllWrong(): void {
    if (!this.#wrong.every(({ error }) => isWrong(error))) return;
    for (const { copy, error } of this.#wrong) this.#tell(copy, error);
  }

  async close(): Promise<void> {
    const feed = this.#feed;
    this.#feed = null;
    await feed?.frames.return(undefined).catch(() => undefined);
  }

  #tell(copy: StorageDriver, error: unknown): void {
    distrust(this.driver, this.range.key, copy, isGone(error) ? 'missing' : 'damaged');
  }

  async #next(copy: StorageDriver, position: number): Promise<CheckedFrame> {
    if (this.#feed?.copy !== copy || this.#feed.position !== position) {
      await this.close();
      const frames = checkedFrames(copy, this.range.key, position, this.range.end, this.signal);
      this.#feed = { copy, frames, position };
    }
    const { done, value } = await this.#feed.frames.next();
    if (done === true) throw frameDamaged('the object ends too early', { at: position });
    this.#feed.position += value.bytes.length;
    return value;
  }
}

async function* checkedFrames(
  copy: StorageDriver,
  key: string,
  offset: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<CheckedFrame> {
  const body = await copy.read(key, { offset, length: end - offset }, signal);
  body.on('error', () => undefined);
  try {
    for await (const { frame, header } of splitFrames(body, { maxFrameBytes: MAX_FRAME_CONTENT * 2 })) {
      const bytes = Buffer.from(frame);
      if (!header.skippable) {
        // Ours have one: without it nothing would be checked.
        if (!header.checksum) throw frameDamaged('it has no checksum');
        await decompressFramesAsync(bytes, { maxContentBytes: MAX_FRAME_CONTENT });
      }
      yield { bytes, skippable: header.skippable };
    }
  } finally {
    body.destroy();
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'FRAME_DAMAGED' || isGone(error));
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND';
}
