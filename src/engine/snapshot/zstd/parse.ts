import { frameDamaged } from './damage.js';
import {
  BLOCK_HEADER_BYTES,
  CHECKSUM_BYTES,
  SKIPPABLE_HEADER_BYTES,
  SKIPPABLE_MAGIC_MAX,
  SKIPPABLE_MAGIC_MIN,
  ZSTD_MAGIC,
} from './layout.js';

export interface FrameHeader {
  skippable: boolean;
  /** Bytes it decompresses to; null where the header does not say (other tools); 0 for skippable frames. */
  contentSize: number | null;
  checksum: boolean;
  /** Bytes of the header, before the first block (or the skippable payload). */
  headerBytes: number;
  /** Payload bytes of a skippable frame. */
  skippableBytes: number;
}

const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const FCS_BYTES = [0, 2, 4, 8] as const;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;

/** The frame header at `at`, or null when the buffer ends within it. Throws FRAME_DAMAGED when it is none. */
export function parseFrameHeader(buf: Buffer, at = 0): FrameHeader | null {
  if (buf.length < at + 5) {
    if (buf.length >= at + 4) checkMagic(buf.readUInt32LE(at), at);
    return null;
  }
  const magic = buf.readUInt32LE(at);
  checkMagic(magic, at);
  if (magic !== ZSTD_MAGIC) {
    if (buf.length < at + SKIPPABLE_HEADER_BYTES) return null;
    const skippableBytes = buf.readUInt32LE(at + 4);
    return { skippable: true, contentSize: 0, checksum: false, headerBytes: SKIPPABLE_HEADER_BYTES, skippableBytes };
  }
  const descriptor = buf.readUInt8(at + 4);
  const single = (descriptor & 0x20) !== 0;
  const fcsFlag = descriptor >>> 6;
  const fcsBytes = fcsFlag === 0 && single ? 1 : (FCS_BYTES[fcsFlag] ?? 0);
  const fcsAt = at + 5 + (single ? 0 : 1) + (DICTIONARY_BYTES[descriptor & 3] ?? 0);
  if ((descriptor & 0x08) !== 0) throw frameDamaged('a reserved bit of its header is set', { at });
  if (buf.length < fcsAt + fcsBytes) return null;
  return {
    skippable: false,
    contentSize: readContentSize(buf, fcsAt, fcsBytes),
    checksum: (descriptor & 0x04) !== 0,
    headerBytes: fcsAt + fcsBytes - at,
    skippableBytes: 0,
  };
}

function checkMagic(magic: number, at: number): void {
  if (magic === ZSTD_MAGIC || (magic >= SKIPPABLE_MAGIC_MIN && magic <= SKIPPABLE_MAGIC_MAX)) return;
  throw frameDamaged('there is no frame where one must begin', { at });
}

function readContentSize(buf: Buffer, at: number, bytes: number): number | null {
  if (bytes === 0) return null;
  if (bytes === 1) return buf.readUInt8(at);
  if (bytes === 2) return buf.readUInt16LE(at) + 256;
  if (bytes === 4) return buf.readUInt32LE(at);
  const size = buf.readBigUInt64LE(at);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw frameDamaged('its size is impossible', { at });
  return Number(size);
}

/** Progress of looking for a frame's end, kept between calls while more bytes arrive. */
export interface FrameScan {
  header: FrameHeader;
  /** Next byte to look at, relative to the frame's start. */
  position: number;
  lastBlockSeen: boolean;
}

export function startScan(header: FrameHeader): FrameScan {
  return { header, position: header.headerBytes, lastBlockSeen: header.skippable };
}

/** Length of the frame that starts at `at`, or null when more bytes are needed than the buffer has. */
export function scanFrame(buf: Buffer, at: number, scan: FrameScan): number | null {
  const { header } = scan;
  while (!scan.lastBlockSeen) {
    const blockAt = at + scan.position;
    if (buf.length < blockAt + BLOCK_HEADER_BYTES) return null;
    const block = buf.readUIntLE(blockAt, BLOCK_HEADER_BYTES);
    const type = (block >>> 1) & 3;
    if (type === RESERVED_BLOCK) throw frameDamaged('it has a block of an unknown type', { at: blockAt });
    scan.position += BLOCK_HEADER_BYTES + (type === RLE_BLOCK ? 1 : block >>> 3);
    scan.lastBlockSeen = (block & 1) === 1;
  }
  const end = scan.position + (header.skippable ? header.skippableBytes : header.checksum ? CHECKSUM_BYTES : 0);
  return buf.length < at + end ? null : end;
}

/** One frame within a buffer. */
export interface FrameInBuffer {
  offset: number;
  length: number;
  header: FrameHeader;
}

/** Walks the frames of a buffer that holds whole frames only; throws FRAME_DAMAGED when it does not. */
export function* framesIn(buf: Buffer): Generator<FrameInBuffer> {
  let offset = 0;
  while (offset < buf.length) {
    const header = parseFrameHeader(buf, offset);
    const length = header === null ? null : scanFrame(buf, offset, startScan(header));
    if (header === null || length === null) throw frameDamaged('it is cut off', { at: offset });
    yield { offset, length, header };
    offset += length;
  }
}
