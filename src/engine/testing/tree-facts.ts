import { createHash } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { dataExtents, listXattrs } from '../native/posix.js';

/** Everything about one entry on disk that a restore must bring back. Plain values: compare with `toEqual`. */
export interface TreeFact {
  /** Path from the root (`.` for the root itself); `base64:…` of the bytes where they are not UTF-8. */
  path: string;
  type: 'file' | 'dir' | 'symlink' | 'fifo' | 'other';
  mode: string;
  uid: number;
  gid: number;
  /** Nanoseconds, decimal. */
  mtime: string;
  size: number;
  sha256: string | null;
  target: string | null;
  xattrs: Record<string, string>;
  /** Path of the first name (in path order) of the same inode, when it has more than one name inside the tree. */
  sameInodeAs: string | null;
  /** Data extents `[offset, length]` of a sparse file, else null. */
  extents: [number, number][] | null;
}

export interface TreeFactOptions {
  /** Facts left out (set to a constant), for what cannot be the same. */
  ignore?: readonly ('owner' | 'mode' | 'mtime' | 'dirMtime' | 'xattrs' | 'extents')[];
  /** Relative paths (as in `TreeFact.path`) that are left out together with what is below them. */
  skip?: (path: string) => boolean;
}

const SLASH = Buffer.from('/');

function showBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
}

/** One for all: a new one for each file of a site made the collector go through the whole heap again and again. */
const PIECE = Buffer.allocUnsafe(1 << 18);

function hashFile(path: Buffer): string {
  const hash = createHash('sha256');
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (let n = readSync(fd, PIECE); n > 0; n = readSync(fd, PIECE)) hash.update(PIECE.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

function extentsOf(path: Buffer, size: number): [number, number][] | null {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return dataExtents(fd, size)?.map((e): [number, number] => [e.offset, e.length]) ?? null;
  } finally {
    closeSync(fd);
  }
}

/**
 * The exact facts of every entry below a folder (the folder itself first, as `.`), in path order. Links are not followed.
 * Two trees are the same when the facts of both are equal: `expect(snapshotTree(a)).toEqual(snapshotTree(b))`.
 */
export function snapshotTree(root: string | Buffer, options: TreeFactOptions = {}): TreeFact[] {
  const ignore = new Set(options.ignore);
  const facts: TreeFact[] = [];
  const inodes = new Map<string, TreeFact>();

  const visit = (full: Buffer, relative: Buffer): void => {
    const path = relative.length === 0 ? '.' : showBytes(relative);
    if (options.skip?.(path) === true) return;
    const stat = lstatSync(full, { bigint: true });
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'symlink' : 'other';
    const type = stat.isFIFO() ? 'fifo' : kind;
    const withoutTime = ignore.has('mtime') || (type === 'dir' && ignore.has('dirMtime'));
    const fact: TreeFact = {
      path,
      type,
      mode: ignore.has('mode') ? '' : (Number(stat.mode) & 0o7777).toString(8).padStart(4, '0'),
      uid: ignore.has('owner') ? 0 : Number(stat.uid),
      gid: ignore.has('owner') ? 0 : Number(stat.gid),
      mtime: withoutTime ? '' : String(stat.mtimeNs),
      size: type === 'file' ? Number(stat.size) : 0,
      sha256: type === 'file' ? hashFile(full) : null,
      target: type === 'symlink' ? showBytes(readlinkSync(full, { encoding: 'buffer' })) : null,
      xattrs: ignore.has('xattrs')
        ? {}
        : Object.fromEntries(listXattrs(full).map((x) => [x.name, x.value.toString('base64')])),
      sameInodeAs: null,
      extents: type === 'file' && !ignore.has('extents') ? extentsOf(full, Number(stat.size)) : null,
    };
    facts.push(fact);
    if (type === 'dir') {
      const names = readdirSync(full, { encoding: 'buffer' }).toSorted((a, b) => Buffer.compare(a, b));
      for (const name of names) {
        visit(
          Buffer.concat([full, SLASH, name]),
          relative.length === 0 ? name : Buffer.concat([relative, SLASH, name]),
        );
      }
    } else if (stat.nlink > 1n) {
      const inode = `${stat.dev}:${stat.ino}`;
      const first = inodes.get(inode);
      if (first === undefined) inodes.set(inode, fact);
      else fact.sameInodeAs = first.path;
    }
  };
  visit(Buffer.from(root), Buffer.alloc(0));
  return facts;
}

/** The facts as a map by path, for looking at single entries. */
export function treeMap(facts: readonly TreeFact[]): Map<string, TreeFact> {
  return new Map(facts.map((fact) => [fact.path, fact]));
}
