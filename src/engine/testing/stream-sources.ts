import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteRange, StreamSource } from '../ports/index.js';

/** The bytes as a re-readable stream, in odd chunks. */
export function streamSource(bytes: Buffer): StreamSource {
  return {
    open: async (range) => Readable.from(oddChunks(bytes, range), { objectMode: false }),
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function* oddChunks(bytes: Buffer, { offset, length }: ByteRange): Generator<Buffer> {
  const end = length === undefined ? bytes.length : Math.min(bytes.length, offset + length);
  for (let at = offset, size = 1; at < end; at += size, size = Math.min(100_003, size * 7)) {
    yield bytes.subarray(at, Math.min(end, at + size));
  }
}

/** A thousand bytes, then an error. */
export async function* failing(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 1000);
  throw new Error('the source is gone');
}
