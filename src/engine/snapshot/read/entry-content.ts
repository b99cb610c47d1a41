import { createHash, hash } from 'node:crypto';
import { AppError } from '../../../common/errors/index.js';
import { displayPath, entryPath, type ManifestEntry } from '../manifest/index.js';
import { bundleDamaged } from './errors.js';
import type { FrameReader } from './frame-reader.js';

const ZEROS = Buffer.alloc(1024 * 1024);
const DAMAGE = new Set(['FRAME_DAMAGED', 'STORAGE_OBJECT_NOT_FOUND']);

/** Bytes that are stored of an entry: all of a file, the extents of a sparse one. */
export function storedSize(entry: ManifestEntry): number {
  if (entry.type !== 'file') return 0;
  if (entry.extents === undefined) return entry.size;
  return entry.extents.reduce((sum, [, length]) => sum + length, 0);
}

/**
 * The stored bytes of an entry, in order (of a sparse file: its extents in a row). Content of one frame is checked before
 * it is handed out; of a longer one the last piece is. Throws BUNDLE_DAMAGED naming the path. Pieces are read-only.
 */
export async function* storedPieces(reader: FrameReader, entry: ManifestEntry): AsyncGenerator<Buffer> {
  const location = entry.in;
  let left = storedSize(entry);
  if (location === undefined) {
    if (left > 0) throw damaged(reader, entry, 'the manifest does not say where its content is');
    return;
  }
  let skip = location.skip;
  let hasher: ReturnType<typeof createHash> | null = null;
  try {
    for await (const frame of reader.frames(location)) {
      if (skip >= frame.content.length) {
        skip -= frame.content.length;
        continue;
      }
      const piece = frame.content.subarray(skip, skip + left);
      skip = 0;
      left -= piece.length;
      if (left > 0) {
        hasher ??= createHash('sha256');
        hasher.update(piece);
        yield piece;
        continue;
      }
      const sha256 = hasher === null ? hash('sha256', piece, 'hex') : hasher.update(piece).digest('hex');
      if (sha256 !== entry.sha256) throw damaged(reader, entry, 'its SHA-256 is not the one it had');
      yield piece;
      return;
    }
  } catch (error) {
    if (!(error instanceof AppError) || !DAMAGE.has(error.code)) throw error;
    throw damaged(
      reader,
      entry,
      error.code === 'FRAME_DAMAGED' ? 'stored data is damaged' : 'its bundle is missing',
      error,
    );
  }
  if (left > 0) throw damaged(reader, entry, `${left} bytes of it are missing`);
}

/** The content as the file has it: holes are zeros. */
export async function* contentPieces(reader: FrameReader, entry: ManifestEntry): AsyncGenerator<Buffer> {
  const stored = storedPieces(reader, entry);
  if (entry.extents === undefined) {
    yield* stored;
    return;
  }
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  for (const [offset, length] of entry.extents) {
    yield* zeros(offset - position);
    let left = length;
    while (left > 0) {
      if (rest.length === 0) {
        const next = await stored.next();
        if (next.done === true) throw damaged(reader, entry, `${left} bytes of it are missing`);
        rest = next.value;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    position = offset + length;
  }
  yield* zeros(entry.size - position);
}

function* zeros(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}

function damaged(reader: FrameReader, entry: ManifestEntry, detail: string, cause?: unknown): AppError {
  const bundle = entry.in === undefined ? null : reader.keyOf(entry.in.bundle);
  return bundleDamaged(displayPath(entryPath(entry)), bundle, detail, cause);
}
