import { promisify } from 'node:util';
import { zstdDecompress, zstdDecompressSync, type ZstdOptions } from 'node:zlib';
import { frameDamaged } from './damage.js';
import { framesIn, parseFrameHeader, scanFrame, startScan, type FrameHeader } from './parse.js';

const zstdDecompressAsync = promisify(zstdDecompress);

/** More than any frame backupd writes; protects against a hostile stored frame that claims terabytes. */
const DEFAULT_MAX_FRAME_CONTENT = 256 * 1024 * 1024;

export interface DecompressLimits {
  /** Largest content of one frame; beyond it FRAME_DAMAGED. Default 256 MiB. */
  maxContentBytes?: number;
}

function optionsFor(header: FrameHeader, limits: DecompressLimits): ZstdOptions {
  const max = limits.maxContentBytes ?? DEFAULT_MAX_FRAME_CONTENT;
  if (header.contentSize !== null && header.contentSize > max)
    throw frameDamaged(`it claims ${header.contentSize} bytes of content, more than the ${max} allowed`);
  // One byte more than the content lets zlib see the frame's end without a second output buffer.
  const chunkSize =
    header.contentSize === null ? 1024 * 1024 : Math.min(16 * 1024 * 1024, Math.max(64, header.contentSize + 1));
  return { chunkSize, maxOutputLength: Math.max(1, header.contentSize ?? max) };
}

function checkSize(content: Buffer, header: FrameHeader): Buffer {
  if (header.contentSize !== null && content.length !== header.contentSize)
    throw frameDamaged(`it has ${content.length} bytes of content where ${header.contentSize} were announced`);
  return content;
}

const EMPTY = Buffer.alloc(0);

/**
 * The content of all frames in the buffer, one after the other; skippable frames are passed over. (Node's own functions
 * stop after the first frame, silently.) Every frame's checksum is checked. Throws FRAME_DAMAGED.
 */
export function decompressFrames(buf: Buffer, limits: DecompressLimits = {}): Buffer {
  const parts: Buffer[] = [];
  for (const { offset, length, header } of framesIn(buf)) {
    if (header.skippable) continue;
    const options = optionsFor(header, limits);
    try {
      parts.push(checkSize(zstdDecompressSync(buf.subarray(offset, offset + length), options), header));
    } catch (error) {
      throw asFrameDamaged(error);
    }
  }
  return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
}

/** As `decompressFrames`, on libuv's pool. */
export async function decompressFramesAsync(buf: Buffer, limits: DecompressLimits = {}): Promise<Buffer> {
  const frames = [...framesIn(buf)].filter((frame) => !frame.header.skippable);
  const parts = await Promise.all(
    frames.map(async ({ offset, length, header }) => {
      const options = optionsFor(header, limits);
      try {
        return checkSize(await zstdDecompressAsync(buf.subarray(offset, offset + length), options), header);
      } catch (error) {
        throw asFrameDamaged(error);
      }
    }),
  );
  return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
}

function asFrameDamaged(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'AppError') return error;
  return frameDamaged(error.message, {}, error);
}

export interface SplitOptions {
  /** Largest compressed frame that is accepted (bounds memory); beyond it FRAME_DAMAGED. Default 256 MiB. */
  maxFrameBytes?: number;
}

/** A whole frame out of a stream. */
export interface StreamedFrame {
  /** Position in the stream. */
  offset: number;
  /** The frame's bytes; only valid until the next one is asked for. */
  frame: Buffer;
  header: FrameHeader;
}

/** Cuts a byte stream into its zstd frames, holding one at a time. Throws FRAME_DAMAGED, also when the end is missing. */
export async function* splitFrames(
  source: AsyncIterable<Uint8Array>,
  options: SplitOptions = {},
): AsyncGenerator<StreamedFrame> {
  const max = options.maxFrameBytes ?? DEFAULT_MAX_FRAME_CONTENT;
  let store = Buffer.allocUnsafe(256 * 1024);
  let start = 0;
  let end = 0;
  let offset = 0;
  let scan: ReturnType<typeof startScan> | null = null;
  for await (const chunk of source) {
    if (end + chunk.length > store.length) {
      const pending = end - start;
      const target = pending + chunk.length > store.length ? Buffer.allocUnsafe((pending + chunk.length) * 2) : store;
      store.copy(target, 0, start, end);
      store = target;
      start = 0;
      end = pending;
    }
    store.set(chunk, end);
    end += chunk.length;
    for (;;) {
      const known = store.subarray(0, end);
      if (scan === null) {
        const header = parseFrameHeader(known, start);
        if (header === null) break;
        scan = startScan(header);
      }
      if (scan.position > max) throw frameDamaged(`it is larger than the ${max} bytes allowed`);
      const length = scanFrame(known, start, scan);
      if (length === null) {
        if (end - start > max) throw frameDamaged(`it is larger than the ${max} bytes allowed`);
        break;
      }
      yield { offset, frame: known.subarray(start, start + length), header: scan.header };
      start += length;
      offset += length;
      scan = null;
    }
  }
  if (start !== end) throw frameDamaged('the stream ends within a frame', { at: offset });
}
