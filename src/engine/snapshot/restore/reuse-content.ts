import { createHash } from 'node:crypto';
import { read, readSync, write, writeSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { throwIfAborted } from '../../../common/errors/index.js';
import { dataExtents } from '../../native/posix.js';
import type { ManifestEntry } from '../manifest/index.js';
import { alignExtents } from '../tar/index.js';

const readAsync = promisify(read);
const writeAsync = promisify(write);
const CHUNK_BYTES = 1024 * 1024;
/** Below this the way to libuv's pool costs more than the read. */
const SYNC_BYTES = 128 * 1024;
const SLICE_MS = 15;
/** A change so shortly before the walk may have come after the file was looked at, with the same time. */
const RACY_NS = 50_000_000n;
const RACY_WHOLE_SECONDS_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;

/**
 * Whether nothing happened to the file since it was backed up: it is the same inode with the same times. `filesAt` is the
 * beginning of the backup's walk in nanoseconds: a file that was changed about then is not believed.
 */
export function isUntouched(facts: BigIntStats, entry: ManifestEntry, filesAt: bigint): boolean {
  if (entry.changed === true || entry.ctime === undefined) return false;
  if (entry.inode !== String(facts.ino) || entry.dev !== String(facts.dev)) return false;
  if (entry.ctime !== String(facts.ctimeNs) || entry.mtime !== String(facts.mtimeNs)) return false;
  const racy = facts.ctimeNs % SECOND_NS === 0n ? RACY_WHOLE_SECONDS_NS : RACY_NS;
  return facts.ctimeNs < filesAt - racy;
}

/** Whether two looks at an open file saw the same, as far as the system can tell. */
export function isUnchanged(before: BigIntStats, after: BigIntStats): boolean {
  return before.ctimeNs === after.ctimeNs && before.mtimeNs === after.mtimeNs && before.size === after.size;
}

/** Whether the open file has its holes where the entry has them. */
export function hasSameHoles(fd: number, facts: BigIntStats, entry: ManifestEntry): boolean {
  const size = Number(facts.size);
  const found = facts.blocks * 512n >= facts.size ? null : dataExtents(fd, size);
  const extents = found === null ? [] : alignExtents(found, size);
  if (found === null || entry.extents === undefined) return found === null && entry.extents === undefined;
  return (
    extents.length === entry.extents.length &&
    extents.every(([offset, length], i) => offset === entry.extents?.[i]?.[0] && length === entry.extents[i][1])
  );
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** An open, empty file that gets what is read, at the same place. */
  copyTo?: number;
}

/**
 * Reads an open file of the entry's size (and with its holes, if it has any) and says whether the content is the entry's.
 * Gives way to others; holds one piece at a time.
 */
export class ContentReader {
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #sliceEnd = 0;

  async isContentOf(fd: number, entry: ManifestEntry, options: ReadOptions = {}): Promise<boolean> {
    const hash = createHash('sha256');
    for (const [offset, length] of entry.extents ?? [[0, entry.size]]) {
      for (let done = 0; done < length;) {
        const want = this.#buffer.subarray(0, Math.min(CHUNK_BYTES, length - done));
        const position = offset + done;
        const got =
          want.length <= SYNC_BYTES
            ? readSync(fd, want, 0, want.length, position)
            : (await readAsync(fd, want, 0, want.length, position)).bytesRead;
        if (got === 0) return false;
        const piece = want.subarray(0, got);
        hash.update(piece);
        if (options.copyTo !== undefined) await writeAll(options.copyTo, piece, position);
        done += got;
        await this.#breathe(options.signal);
      }
    }
    return hash.digest('hex') === entry.sha256;
  }

  async #breathe(signal: AbortSignal | undefined): Promise<void> {
    if (performance.now() < this.#sliceEnd) return;
    await setImmediate();
    if (signal !== undefined) throwIfAborted(signal);
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}

async function writeAll(fd: number, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done;
    done +=
      left <= SYNC_BYTES
        ? writeSync(fd, bytes, done, left, position + done)
        : (await writeAsync(fd, bytes, done, left, position + done)).bytesWritten;
  }
}
