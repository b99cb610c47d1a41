import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError, cancelledError, errnoOf } from '../../common/errors/index.js';
import { checksumMismatch, type PutSource, sourceChunks } from '../../engine/ports/index.js';

const FILE_CHUNK_BYTES = 256 * 1024;

/** What is to be stored, open for reading in ranges. Close it. */
export interface OpenSource {
  size: number;
  /** SHA-256 of the whole, hex. */
  sha256: string;
  /**
   * The bytes of the range, exactly as many; else STORAGE_CHECKSUM_MISMATCH. The chunks are the receiver's own, unless it
   * gives a scratch buffer: then each is valid until the next is asked for.
   */
  chunks(range: { offset: number; length: number }, signal?: AbortSignal, scratch?: Buffer): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Opens the source of an object. Errors: STORAGE_CHECKSUM_MISMATCH when a file has another size, STORAGE_SOURCE_UNREADABLE. */
export async function openSource(key: string, source: PutSource): Promise<OpenSource> {
  if ('bytes' in source) {
    const bytes = Buffer.from(source.bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {
      size: bytes.length,
      sha256,
      chunks: ({ offset, length }) => one(bytes.subarray(offset, offset + length)),
      close: nothing,
    };
  }
  const { size, sha256 } = source;
  if ('open' in source) {
    return {
      size,
      sha256,
      chunks: (range, signal) => exactly(key, range.length, sourceChunks(source, range, signal)),
      close: nothing,
    };
  }
  const file = await openFile(key, source.path);
  const facts = await file.stat();
  if (!facts.isFile() || facts.size !== size) {
    await file.close();
    throw checksumMismatch(key, `${size} bytes`, facts.isFile() ? `${facts.size} bytes` : 'no bytes: not a file');
  }
  return {
    size,
    sha256,
    chunks: (range, signal, scratch) => exactly(key, range.length, fileChunks(key, file, range, signal, scratch)),
    close: () => file.close(),
  };
}

async function openFile(key: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw unreadable(key, error);
  }
}

async function* fileChunks(
  key: string,
  file: FileHandle,
  { offset, length }: { offset: number; length: number },
  signal: AbortSignal | undefined,
  scratch: Buffer | undefined,
): AsyncGenerator<Buffer> {
  for (let at = offset, left = length; left > 0;) {
    if (signal?.aborted === true) throw cancelledError();
    const size = Math.min(left, scratch?.length ?? FILE_CHUNK_BYTES);
    const chunk = scratch?.subarray(0, size) ?? Buffer.allocUnsafe(size);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at).catch((error: unknown) => {
      throw unreadable(key, error);
    });
    if (bytesRead === 0) return;
    at += bytesRead;
    left -= bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function* exactly(key: string, length: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > length) throw checksumMismatch(key, `${length} bytes in a range`, 'more');
    yield chunk;
  }
  if (seen < length) throw checksumMismatch(key, `${length} bytes in a range`, `${seen} bytes`);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function nothing(): Promise<void> {
  // Only files are held open.
}

function unreadable(key: string, error: unknown): AppError {
  const errno = errnoOf(error) ?? 'unknown error';
  return new AppError({
    code: 'STORAGE_SOURCE_UNREADABLE',
    kind: 'storage',
    message: `${key} was not stored: its file on this host can't be read (${errno}).`,
    hint: 'Look at the disk of the data folder.',
    retry: 'maybe',
    context: { key, errno },
    cause: error,
  });
}
