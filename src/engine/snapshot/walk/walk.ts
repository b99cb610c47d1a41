import { lstatSync, readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { AppError, errnoOf, throwIfAborted } from '../../../common/errors/index.js';
import { comparePaths } from '../manifest/paths.js';
import { ExcludeList, type Excluded } from './exclude.js';
import { OpenFolder } from './folder.js';
import { LinkTable } from './link-table.js';
import { NeverPack } from './never-pack.js';
import type { WalkEntry, WalkOptions, WalkRoot } from './types.js';

const BATCH = 512;
const NAMES_AT_ONCE = 2000;
const SLICE_MS = 15;
const SITE_PREFIX = 'files';

/** A folder being walked: paths are latin1 text of their bytes. */
interface Level {
  folder: OpenFolder;
  member: string;
  absolute: string;
  /** Set within an excluded tree: what is found is only counted. */
  excluded: Excluded | null;
}

/**
 * Walks trees in path order, in batches, holding the names of the folders on the way down and nothing else. Links are
 * never followed (but a root that is one); a file with several names is a file at its first and a hard link at the others.
 */
export class Walk {
  private readonly excludes: ExcludeList;
  private readonly neverPack: NeverPack;
  private readonly links = new LinkTable();
  private readonly stack: Level[] = [];
  private batch: WalkEntry[] = [];

  /** Throws EXCLUDE_PATTERN_INVALID. */
  constructor(private readonly options: WalkOptions) {
    this.excludes = new ExcludeList(options.excludes);
    this.neverPack = new NeverPack(options.neverPack);
  }

  /** What each pattern kept out, so far. */
  get excluded(): readonly Excluded[] {
    return this.excludes.counts;
  }

  /**
   * The entries, in path order over all roots. Throws SITE_UNREADABLE when the site's own root can't be opened,
   * JOB_CANCELLED when the signal is raised; all else is reported and passed over.
   */
  async *entries(): AsyncGenerator<WalkEntry[]> {
    try {
      for (const root of sortedRoots(this.options.roots)) {
        this.startRoot(root);
        let sliceEnd = performance.now() + SLICE_MS;
        while (this.step()) {
          if (this.batch.length >= BATCH) {
            yield this.takeBatch();
            throwIfAborted(this.options.signal);
          }
          if (performance.now() < sliceEnd) continue;
          await setImmediate();
          throwIfAborted(this.options.signal);
          sliceEnd = performance.now() + SLICE_MS;
        }
      }
      if (this.batch.length > 0) yield this.takeBatch();
    } finally {
      for (const level of this.stack.splice(0)) level.folder.close();
    }
  }

  private takeBatch(): WalkEntry[] {
    const full = this.batch;
    this.batch = [];
    return full;
  }

  private startRoot(root: WalkRoot): void {
    const member = Buffer.from(root.prefix).toString('latin1');
    try {
      const given = lstatSync(root.path, { bigint: true });
      const followed = given.isSymbolicLink() ? statSync(root.path, { bigint: true, throwIfNoEntry: false }) : given;
      if (followed?.isDirectory() === true) {
        const real = realpathSync.native(root.path, { encoding: 'buffer' });
        const folder = OpenFolder.open(real);
        this.emit(member, 'dir', followed, null);
        this.stack.push({ folder, member, absolute: real.toString('latin1'), excluded: null });
      } else this.emitLeaf(member, given, () => readlinkSync(root.path, { encoding: 'buffer' }));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      if (root.prefix === SITE_PREFIX) throw siteUnreadable(root.path, error);
      this.options.report.unreadable(Buffer.from(root.prefix), reasonOf(error));
    }
  }

  /** Looks at one name; false when the root is done. */
  private step(): boolean {
    const level = this.stack.at(-1);
    if (level === undefined) return false;
    try {
      if (!level.folder.readNames(NAMES_AT_ONCE)) return true;
    } catch (error) {
      this.reportFailure(level.member, error, level.excluded !== null);
      this.leave();
      return true;
    }
    const name = level.folder.takeName();
    if (name === null) this.leave();
    else this.visit(level, name);
    return true;
  }

  private leave(): void {
    this.stack.pop()?.folder.close();
  }

  private visit(level: Level, name: string): void {
    const member = `${level.member}/${name}`;
    const absolute = level.absolute === '/' ? `/${name}` : `${level.absolute}/${name}`;
    try {
      const stat = level.folder.stat(name);
      if (this.neverPack.has(absolute, stat.dev, stat.ino)) {
        this.options.report.skipped(bytesOf(member), "it is backupd's own or backed up in another way");
        return;
      }
      const excluded = level.excluded ?? this.excludedBy(member, stat.isDirectory());
      if (excluded !== null && !stat.isDirectory()) {
        excluded.files += 1;
        excluded.bytes += stat.isFile() ? Number(stat.size) : 0;
      } else if (stat.isDirectory()) this.enter(level, name, { member, absolute, excluded }, stat);
      else this.emitLeaf(member, stat, () => level.folder.readlink(name));
    } catch (error) {
      this.reportFailure(member, error, level.excluded !== null);
    }
  }

  private enter(parent: Level, name: string, at: Omit<Level, 'folder'>, stat: BigIntStats): void {
    try {
      const folder = parent.folder.openChild(name);
      if (at.excluded === null) this.emit(at.member, 'dir', stat, null);
      this.stack.push({ folder, ...at });
    } catch (error) {
      const errno = errnoOf(error);
      // Gone, or swapped for a link or a file since it was looked at: not a folder of this site any more.
      const gone = errno === 'ENOENT' || errno === 'ELOOP' || errno === 'ENOTDIR';
      if (at.excluded === null && !gone) this.emit(at.member, 'dir', stat, null);
      this.reportFailure(at.member, error, at.excluded !== null);
    }
  }

  private emitLeaf(member: string, stat: BigIntStats, readlink: () => Buffer): void {
    if (stat.isSymbolicLink()) this.emit(member, 'symlink', stat, readlink());
    else if (stat.isFile()) {
      const first = this.links.firstName(stat, member);
      this.emit(member, first === null ? 'file' : 'hardlink', stat, first === null ? null : bytesOf(first));
    } else if (stat.isFIFO()) this.emit(member, 'fifo', stat, null);
    else this.options.report.skipped(bytesOf(member), `it is a ${stat.isSocket() ? 'socket' : 'device'}`);
  }

  private emit(member: string, type: WalkEntry['type'], stat: BigIntStats, target: Buffer | null): void {
    this.batch.push({
      path: bytesOf(member),
      type,
      size: type === 'file' ? Number(stat.size) : 0,
      allocated: type === 'file' ? Math.min(Number(stat.size), Number(stat.blocks) * 512) : 0,
      mode: Number(stat.mode) & 0o7777,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      mtimeNs: stat.mtimeNs,
      ctimeNs: stat.ctimeNs,
      inode: stat.ino,
      dev: stat.dev,
      linked: type === 'file' && stat.nlink > 1n,
      target,
    });
  }

  private excludedBy(member: string, isFolder: boolean): Excluded | null {
    if (!member.startsWith(`${SITE_PREFIX}/`)) return null;
    return this.excludes.match(member.slice(SITE_PREFIX.length), isFolder);
  }

  private reportFailure(member: string, error: unknown, excluded: boolean): void {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (excluded) return;
    if (errno === 'ENOENT' || errno === 'ELOOP' || errno === 'ENOTDIR')
      this.options.report.skipped(bytesOf(member), 'it vanished or was replaced while the folder was read');
    else this.options.report.unreadable(bytesOf(member), reasonOf(error));
  }
}

/** Roots in path order, without those that lie within another one. */
function sortedRoots(roots: readonly WalkRoot[]): WalkRoot[] {
  const sorted = roots.toSorted((a, b) => comparePaths(Buffer.from(a.prefix), Buffer.from(b.prefix)));
  const kept: WalkRoot[] = [];
  for (const root of sorted) {
    const last = kept.at(-1);
    if (last === undefined || (root.prefix !== last.prefix && !root.prefix.startsWith(`${last.prefix}/`)))
      kept.push(root);
  }
  return kept;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Why a file can't be read, for a person, without its path. */
export function reasonOf(error: unknown): string {
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EIO':
      return 'the disk reports a read error';
    case 'ENAMETOOLONG':
      return 'its path is too long';
    case undefined:
      return 'unknown';
    default:
      return errnoOf(error) ?? 'unknown';
  }
}

function siteUnreadable(path: string, cause: unknown): AppError {
  return new AppError({
    code: 'SITE_UNREADABLE',
    kind: 'source',
    message: `The site's folder ${path} can't be read: ${errnoOf(cause) === 'ENOENT' ? 'it does not exist' : reasonOf(cause)}.`,
    hint: 'Check that the folder exists and that backupd may read it, or change the path of the site.',
    retry: 'maybe',
    context: { path },
    cause,
  });
}
