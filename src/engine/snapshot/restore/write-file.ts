import { closeSync, constants, ftruncateSync, openSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DirectoryHandle } from '../../native/directory.js';
import type { ManifestEntry } from '../manifest/index.js';
import type { MetadataWriter } from './metadata.js';

const writeAsync = promisify(write);
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Beyond this a write is left to libuv's pool; below, the way there costs more than the write. */
const SYNC_BYTES = 512 * 1024;

/** Creates a file below the root (which no one else can enter) and fills it; holes stay holes. Returns the bytes written. */
export async function writeNewFile(
  root: DirectoryHandle,
  relative: string,
  entry: ManifestEntry,
  pieces: AsyncIterable<Buffer>,
  metadata: MetadataWriter,
): Promise<number> {
  const path = root.path(relative);
  const fd = openSync(path, NEW_FILE, 0o600);
  try {
    let written = 0;
    const place = entry.extents === undefined ? null : extentPlacer(entry.extents);
    for await (const piece of pieces) {
      if (place === null) await writeAt(fd, piece, written);
      else for (const part of place(piece)) await writeAt(fd, part.bytes, part.position);
      written += piece.length;
    }
    if (entry.extents !== undefined) ftruncateSync(fd, entry.size);
    metadata.file(fd, path, relative, entry);
    return written;
  } finally {
    closeSync(fd);
  }
}

async function writeAt(fd: number, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const left = bytes.length - done;
    if (left <= SYNC_BYTES) done += writeSync(fd, bytes, done, left, position + done);
    else done += (await writeAsync(fd, bytes, done, left, position + done)).bytesWritten;
  }
}

/** Tells for each piece of the extents in a row where its parts belong. */
function extentPlacer(
  extents: readonly [number, number][],
): (piece: Buffer) => Generator<{ bytes: Buffer; position: number }> {
  let index = 0;
  let used = 0;
  return function* place(piece) {
    let rest = piece;
    while (rest.length > 0) {
      const [offset, length] = extents[index] ?? [0, 0];
      if (used === length) {
        if (index >= extents.length) return;
        index += 1;
        used = 0;
        continue;
      }
      const bytes = rest.subarray(0, length - used);
      yield { bytes, position: offset + used };
      used += bytes.length;
      rest = rest.subarray(bytes.length);
    }
  };
}
