import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import { type ByteRange, copiesOf, type StorageDriver } from '../../ports/index.js';
import {
  comparePaths,
  entryPath,
  EntryText,
  frameOfPath,
  manifestDamaged,
  readManifest,
  readManifestIndex,
  type ManifestEntry,
  type ManifestFrame,
  type ManifestHeader,
} from '../manifest/index.js';
import { decompressFramesAsync } from '../zstd/index.js';
import { hasSeveralCopies, openWholeFrames } from './healed-frames.js';
import { openFrames, openObject, streamManifest } from './manifest-stream.js';

/** Mostly more than the header's frame has. */
const FIRST_READ = 16 * 1024;

/**
 * A manifest in a storage: read from its beginning, or with its frame index only around a path. An index that is missing,
 * or is not that of its frames, costs time but changes no answer: then the manifest is read from its beginning.
 */
export class StoredManifest {
  #index: Promise<readonly ManifestFrame[]> | null = null;

  constructor(
    private readonly driver: StorageDriver,
    private readonly key: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Fetches no more than the first frame, when that is a small one. Throws MANIFEST_DAMAGED, MANIFEST_FORMAT_UNSUPPORTED. */
  async header(): Promise<ManifestHeader> {
    try {
      return await headerIn(this.#beginning());
    } catch (error) {
      if (!isDamage(error) || !hasSeveralCopies(this.driver, this.key)) throw error;
    }
    const body = await openFrames(this.driver, this.key, 0, this.signal);
    try {
      return await headerIn(body);
    } finally {
      body.destroy();
    }
  }

  /** All entries in path order. */
  async *entries(): AsyncGenerator<ManifestEntry> {
    for await (const line of streamManifest(this.driver, this.key, this.signal)) {
      if (line.kind === 'entry') yield line;
    }
  }

  /** The entries from the path on, and some that are before it: of one read, beginning with the frame that may have the path. */
  async *entriesFrom(path: Buffer): AsyncGenerator<ManifestEntry> {
    const frames = await this.#frames();
    const { offset, first } = frames[frameOfPath(frames, path)] ?? { offset: 0, first: null };
    if (first === null) {
      yield* this.entries();
      return;
    }
    let begun = false;
    const body = await openFrames(this.driver, this.key, offset, this.signal);
    try {
      for await (const line of readManifest(body, linesBefore(frames, offset))) {
        if (line.kind !== 'entry' || (!begun && !entryPath(line).equals(first))) break;
        begun = true;
        yield line;
      }
    } catch (error) {
      if (begun || !isDamage(error)) throw error;
    } finally {
      body.destroy();
    }
    if (!begun) yield* this.entries();
  }

  /** The entry of a path, or null. Fetches the frame that must have it; one more to be sure when it has not. */
  async find(path: Buffer): Promise<ManifestEntry | null> {
    const frames = await this.#frames();
    if (frames.length > 0) {
      try {
        return await this.#findIn(frames, path);
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    }
    for await (const entry of this.entries()) {
      const order = comparePaths(entryPath(entry), path);
      if (order === 0) return entry;
      if (order > 0) return null;
    }
    return null;
  }

  async #findIn(frames: readonly ManifestFrame[], path: Buffer): Promise<ManifestEntry | null> {
    const at = frameOfPath(frames, path);
    const frame = frames[at];
    const entry = frame === undefined ? null : (await this.#text(frames, frame)).find(path);
    if (entry !== null) return entry;
    const next = frames.find(({ first }, index) => index > at && first !== null);
    if (next !== undefined) await this.#text(frames, next);
    return null;
  }

  /** A frame's text, which begins with the entry that the index says. */
  async #text(frames: readonly ManifestFrame[], { offset, length, first }: ManifestFrame): Promise<EntryText> {
    const text = await decompressFramesAsync(await this.#frame(offset, length));
    const entries = new EntryText(text, linesBefore(frames, offset).lines);
    if (first !== null) entries.expectFirst(first);
    return entries;
  }

  /** The frame index, read once; empty when there is none that can be used. */
  async #frames(): Promise<readonly ManifestFrame[]> {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  async #readIndex(): Promise<readonly ManifestFrame[]> {
    const stored = await this.driver.stat(this.key);
    if (stored === null) return [];
    const copies = copiesOf(this.driver, this.key);
    if (copies.length < 2) return this.#indexOf(this.driver, stored.size);
    // It has no checksum: where copies differ, it is done without.
    const found = await Promise.all(copies.map(async (copy) => this.#indexOf(copy, stored.size).catch(() => null)));
    if (this.signal !== undefined) throwIfAborted(this.signal);
    const [first, ...others] = found.filter((index) => index !== null);
    const isSame = first !== undefined && others.every((other) => isDeepStrictEqual(first, other));
    return isSame ? first : [];
  }

  async #indexOf(driver: StorageDriver, size: number): Promise<readonly ManifestFrame[]> {
    const read = async (offset: number, length: number): Promise<Buffer> => this.#bytes(offset, length, driver);
    try {
      return (await readManifestIndex(size, read)) ?? [];
    } catch (error) {
      if (isDamage(error)) return [];
      throw error;
    }
  }

  /** A whole frame, from a copy that has it right. */
  async #frame(offset: number, length: number): Promise<Buffer> {
    const { driver, key } = this;
    if (!hasSeveralCopies(driver, key)) return this.#bytes(offset, length);
    return buffer(await openWholeFrames(driver, key, { start: offset, end: offset + length }, this.signal));
  }

  async #bytes(offset: number, length: number, driver = this.driver): Promise<Buffer> {
    const bytes = await buffer(await openObject(driver, this.key, { offset, length }, this.signal));
    if (bytes.length !== length) throw manifestDamaged('its end is missing');
    return bytes;
  }

  async *#beginning(): AsyncGenerator<Buffer> {
    const got = yield* this.#part({ offset: 0, length: FIRST_READ });
    if (got === FIRST_READ) yield* this.#part({ offset: FIRST_READ });
  }

  async *#part(range: ByteRange): AsyncGenerator<Buffer, number> {
    const body = await openObject(this.driver, this.key, range, this.signal);
    let got = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        got += chunk.length;
        yield chunk;
      }
    } finally {
      body.destroy();
    }
    return got;
  }
}

async function headerIn(source: AsyncIterable<Uint8Array>): Promise<ManifestHeader> {
  for await (const line of readManifest(source)) {
    if (line.kind === 'header') return line;
    break;
  }
  throw manifestDamaged('it has no header');
}

/** What is before the frame that begins there: the header, and entries. */
function linesBefore(frames: readonly ManifestFrame[], offset: number): { lines: number; entries: number } {
  let entries = 0;
  for (const frame of frames) if (frame.offset < offset) entries += frame.entries;
  return { lines: entries + 1, entries };
}

function isDamage(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'MANIFEST_DAMAGED' || error.code === 'FRAME_DAMAGED');
}
