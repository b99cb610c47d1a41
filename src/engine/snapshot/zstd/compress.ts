import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, type ZstdOptions } from 'node:zlib';
import { AppError } from '../../../common/errors/index.js';
import { DEFAULT_LEVEL } from './layout.js';

const zstdCompressAsync = promisify(zstdCompress);

const MIN_LEVEL = 1;
const MAX_LEVEL = 19;

/** Refuses a level outside 1 to 19 (libzstd would silently take another one) with ZSTD_LEVEL_INVALID. */
export function checkLevel(level: number): number {
  if (Number.isInteger(level) && level >= MIN_LEVEL && level <= MAX_LEVEL) return level;
  throw new AppError({
    code: 'ZSTD_LEVEL_INVALID',
    kind: 'usage',
    message: `The compression level ${level} is not a whole number from ${MIN_LEVEL} to ${MAX_LEVEL}.`,
    hint: 'Use 3 unless you measured something better.',
    retry: 'never',
    context: { level },
  });
}

function frameOptions(size: number, level: number, chunkSize: number): ZstdOptions {
  return {
    params: { [constants.ZSTD_c_compressionLevel]: checkLevel(level), [constants.ZSTD_c_checksumFlag]: 1 },
    pledgedSrcSize: size,
    chunkSize,
  };
}

/** Where the output has room for all that may come, zstd works in one go, from the input itself: a sixth faster. */
const outputBound = (size: number): number => size + (size >>> 8) + 1024;

/** Text shrinks to a quarter or so: one output buffer of that size mostly does, and the garbage stays small. */
const smallOutput = (size: number): number => Math.max(1024, (size >>> 2) + 64 * 1024);

/** The bytes as one zstd frame with content size and checksum. Blocks the thread: for worker threads, whose garbage is cheap. */
export function compressFrameSync(bytes: Uint8Array, level: number = DEFAULT_LEVEL): Buffer {
  return zstdCompressSync(bytes, frameOptions(bytes.length, level, outputBound(bytes.length)));
}

/** The bytes as one zstd frame with content size and checksum, compressed on libuv's pool. */
export async function compressFrame(bytes: Uint8Array, level: number = DEFAULT_LEVEL): Promise<Buffer> {
  return zstdCompressAsync(bytes, frameOptions(bytes.length, level, smallOutput(bytes.length)));
}
