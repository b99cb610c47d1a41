import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import { beginReading } from '../../native/file-calls.js';
import { openFileXattrs } from '../../native/link-calls.js';
import { dataExtents, type Xattr } from '../../native/posix.js';
import type { PlanEntry } from '../plan/index.js';
import { alignExtents, type Extent } from '../tar/index.js';
import { reasonOf } from '../walk/errors.js';

const ATTEMPTS = 3;

/** A file that can't be packed: `vanished` is worth a note, `unreadable` makes the backup partial. */
export class SourceGone extends Error {
  constructor(
    readonly kind: 'vanished' | 'unreadable',
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'SourceGone';
  }
}

/** The error of a file operation as SourceGone; others are thrown on. */
export function asSourceGone(error: unknown): SourceGone {
  if (error instanceof SourceGone) return error;
  switch (errnoOf(error)) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ELOOP':
    case 'ENOTDIR':
    case 'ENXIO':
      return new SourceGone('vanished', 'it vanished or was replaced before it was read');
    default:
      return new SourceGone('unreadable', reasonOf(error));
  }
}

/** An open regular file of the site. */
export class SourceFile {
  private constructor(
    private readonly fd: number,
    /** As it was when it was opened. */
    readonly stat: BigIntStats,
  ) {}

  /**
   * Opens the file that the plan saw, or the regular file that took its place by a rename; never one that is reached
   * through a link. Throws SourceGone.
   */
  static open(path: Buffer, planned: PlanEntry): SourceFile {
    let fd = -1;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stat = fstatSync(fd, { bigint: true });
      if (!stat.isFile()) throw new SourceGone('vanished', 'it is not a regular file any more');
      const same = String(stat.ino) === planned.inode && String(stat.dev) === planned.dev;
      if (!same && !readlinkSync(`/proc/self/fd/${fd}`, { encoding: 'buffer' }).equals(path))
        throw new SourceGone('vanished', 'a folder on the way to it was replaced by a link');
      return new SourceFile(fd, stat);
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      throw asSourceGone(error);
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Data extents, on block bounds, or null when the file has no holes. */
  extents(): Extent[] | null {
    const size = Number(this.stat.size);
    if (Number(this.stat.blocks) * 512 >= size) return null;
    const extents = dataExtents(this.fd, size);
    return extents === null ? null : alignExtents(extents, size);
  }

  /**
   * The whole content, read into `scratch`; again when the file changed meanwhile, three times at most. Null when it does
   * not fit (any more). Throws SourceGone.
   */
  readWhole(scratch: Buffer): { content: Buffer; stat: BigIntStats; changed: boolean } | null {
    let before = this.stat;
    for (let attempt = 1; ; attempt += 1) {
      const size = Number(before.size);
      // One byte more shows that it grew. That there is none need not be asked for once more: its size is looked at after.
      if (size + 1 > scratch.length) return null;
      const got = this.read(scratch.subarray(0, size + 1), 0, Math.max(size, 1));
      const after = fstatSync(this.fd, { bigint: true });
      const unchanged = got === size && isSameContent(before, after);
      if (unchanged || attempt === ATTEMPTS)
        return { content: scratch.subarray(0, Math.min(got, size)), stat: after, changed: !unchanged };
      before = after;
    }
  }

  /** Fills the buffer from a position of the file, or at least `enough` bytes of it; less only at its end. Throws SourceGone. */
  read(into: Buffer, position: number, enough = into.length): number {
    let got = 0;
    try {
      while (got < enough) {
        const n = readSync(this.fd, into, got, into.length - got, position + got);
        if (n === 0) break;
        got += n;
      }
    } catch (error) {
      throw asSourceGone(error);
    }
    return got;
  }

  /** Has the disk read it into the page cache, without waiting for it. */
  readAhead(): void {
    beginReading(this.fd);
  }

  /** Its extended attributes. By the descriptor: that spares the way to the file once more. Throws PosixError. */
  xattrs(): Xattr[] {
    return openFileXattrs(this.fd);
  }

  /** Whether the file is still as it was when it was opened. */
  isUnchanged(): boolean {
    try {
      return isSameContent(this.stat, fstatSync(this.fd, { bigint: true }));
    } catch {
      return false;
    }
  }
}

function isSameContent(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
