import xxhash from 'xxhash-wasm';
import { BLOCK_HEADER_BYTES, CHECKSUM_BYTES, MAX_BLOCK_BYTES, ZSTD_MAGIC } from './layout.js';

const xxh = await xxhash();

const HEADER_BYTES = 4 + 1 + 4;
/** Content size in 4 bytes, single segment (no window descriptor), checksum on. */
const FRAME_DESCRIPTOR = 0b1010_0100;
const RAW_BLOCK = 0;

/** Size of the frame that `storedFrame` makes of so many bytes. */
export function storedFrameSize(size: number): number {
  const blocks = Math.max(1, Math.ceil(size / MAX_BLOCK_BYTES));
  return HEADER_BYTES + blocks * BLOCK_HEADER_BYTES + size + CHECKSUM_BYTES;
}

/**
 * A valid zstd frame of raw blocks around bytes that do not compress (images, archives): no CPU but the checksum.
 * With `into` (at least `storedFrameSize` bytes) nothing is allocated; the answer is then a part of it.
 */
export function storedFrame(bytes: Uint8Array, into?: Buffer): Buffer {
  const total = storedFrameSize(bytes.length);
  const frame = into === undefined ? Buffer.allocUnsafe(total) : into.subarray(0, total);
  if (frame.length < total) throw new RangeError(`storedFrame: ${total} bytes needed, ${frame.length} given`);
  frame.writeUInt32LE(ZSTD_MAGIC, 0);
  frame[4] = FRAME_DESCRIPTOR;
  frame.writeUInt32LE(bytes.length, 5);
  let at = HEADER_BYTES;
  let from = 0;
  do {
    const size = Math.min(MAX_BLOCK_BYTES, bytes.length - from);
    const last = from + size === bytes.length ? 1 : 0;
    frame.writeUIntLE((size << 3) | (RAW_BLOCK << 1) | last, at, BLOCK_HEADER_BYTES);
    frame.set(bytes.subarray(from, from + size), at + BLOCK_HEADER_BYTES);
    at += BLOCK_HEADER_BYTES + size;
    from += size;
  } while (from < bytes.length);
  frame.writeUInt32LE(Number(BigInt.asUintN(32, xxh.h64Raw(bytes))), at);
  return frame;
}
