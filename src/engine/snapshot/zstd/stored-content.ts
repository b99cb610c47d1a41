import xxhash from 'xxhash-wasm';
import { frameDamaged } from './damage.js';
import { BLOCK_HEADER_BYTES, CHECKSUM_BYTES } from './layout.js';
import type { FrameInBuffer } from './parse.js';

const xxh = await xxhash();

const RAW_BLOCK = 0;

/**
 * The content of a frame that has raw blocks only (what `storedFrame` makes, and zstd of what does not compress), made
 * contiguous in place: nothing is allocated, and the frame is no frame any more. Null, and the frame as it was, for all
 * others. The checksum is checked: throws FRAME_DAMAGED.
 */
export function storedContent(buf: Buffer, { offset, length, header }: FrameInBuffer): Buffer | null {
  if (header.skippable || !header.checksum || header.contentSize === null) return null;
  const start = offset + header.headerBytes + BLOCK_HEADER_BYTES;
  const end = offset + length - CHECKSUM_BYTES;
  if (!hasOnlyRawBlocks(buf, start, end)) return null;
  let size = 0;
  for (let at = start - BLOCK_HEADER_BYTES; at < end;) {
    const from = at + BLOCK_HEADER_BYTES;
    const bytes = buf.readUIntLE(at, BLOCK_HEADER_BYTES) >>> 3;
    if (from !== start + size) buf.copyWithin(start + size, from, from + bytes);
    size += bytes;
    at = from + bytes;
  }
  const content = buf.subarray(start, start + size);
  if (size !== header.contentSize)
    throw frameDamaged(`it has ${size} bytes of content where ${header.contentSize} were announced`);
  if (Number(BigInt.asUintN(32, xxh.h64Raw(content))) !== buf.readUInt32LE(end))
    throw frameDamaged('its checksum is wrong');
  return content;
}

function hasOnlyRawBlocks(buf: Buffer, start: number, end: number): boolean {
  let at = start - BLOCK_HEADER_BYTES;
  while (at < end) {
    const block = buf.readUIntLE(at, BLOCK_HEADER_BYTES);
    if (((block >>> 1) & 3) !== RAW_BLOCK) return false;
    at += BLOCK_HEADER_BYTES + (block >>> 3);
  }
  return at === end;
}
