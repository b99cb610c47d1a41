import { lstatSync, realpathSync, statSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import {
  closeFolder,
  CURRENT_FOLDER,
  deviceNumber,
  MODE_FIFO,
  MODE_FILE,
  MODE_FOLDER,
  MODE_LINK,
  MODE_SOCKET,
  MODE_TYPE,
  openFolderAt,
  readFolder,
  StatBuffer,
} from '../../native/folder-calls.js';
import { comparePaths } from '../manifest/paths.js';
import { siteUnreadable, reasonOf } from './errors.js';
import { ExcludeList, type Excluded, type FolderRules } from './exclude.js';
import { NameStack } from './name-stack.js';
import { NeverPack } from './never-pack.js';
import { FIFO, FILE, FOLDER, RecordWriter, SKIPPED, UNREADABLE } from './record.js';
import { pathHead, RecordMaker } from './record-maker.js';
import type { ScanOptions, WalkRoot } from './types.js';

const SITE_PREFIX = 'files';
const LISTING_BYTES = 64 * 1024;
const MAX_NAME_BYTES = 64 * 1024;

/** A folder being walked: paths are latin1 text of their bytes. */
interface Level {
  fd: number;
  member: string;
  absolute: string;
  /** Text that begins the line of each entry in it; null when its path is not UTF-8. */
  head: Uint8Array | null;
  /** Set within an excluded tree: what is found is only counted. */
  excluded: Excluded | null;
  rules: FolderRules | null;
  /** Its names on the stack: the first one, the next one, and the stack's mark before them. */
  first: number;
  next: number;
  mark: number;
  isListed: boolean;
}

/**
 * Walks trees in path order, holding the names of the folders on the way down and nothing else. Everything is reached through
 * the descriptor of the folder it is in, so that a folder which is swapped for a link meanwhile leads nobody out of the tree.
 * Links are never followed (but a root that is one). Synchronous: `fill` does a piece of the work.
 */
export class TreeScan {
  private readonly excludes: ExcludeList;
  private readonly neverPack: NeverPack;
  private readonly stack: Level[] = [];
  private readonly roots: WalkRoot[];
  private readonly names = new NameStack();
  private readonly name = Buffer.alloc(MAX_NAME_BYTES);
  private readonly listing = Buffer.alloc(LISTING_BYTES);
  private readonly stat = new StatBuffer();
  private readonly records = new RecordWriter();
  private readonly make = new RecordMaker(this.records, this.stat);

  /** Throws EXCLUDE_PATTERN_INVALID. */
  constructor(options: ScanOptions) {
    this.excludes = new ExcludeList(options.excludes);
    this.neverPack = new NeverPack(options.neverPack);
    this.roots = sortedRoots(options.roots);
  }

  /** What each pattern kept out, so far. */
  get excluded(): Excluded[] {
    return this.excludes.counts.map((count) => ({ ...count }));
  }

  /** The records found so far, to be taken. */
  get found(): RecordWriter {
    return this.records;
  }

  /**
   * Walks on until there are so many bytes of records, or the time (of `performance.now`) is over; false when all is done.
   * Throws SITE_UNREADABLE when the site's own root can't be opened; all else is a record, and passed over.
   */
  fill(bytes: number, until: number): boolean {
    for (let steps = 0; this.records.length < bytes; steps += 1) {
      if (steps % 64 === 63 && performance.now() >= until) return true;
      const level = this.stack.at(-1);
      if (level !== undefined) this.step(level);
      else {
        const root = this.roots.shift();
        if (root === undefined) return false;
        this.startRoot(root);
      }
    }
    return true;
  }

  /** Closes the folders on the way down. */
  close(): void {
    for (const level of this.stack.splice(0)) closeFolder(level.fd);
  }

  private startRoot(root: WalkRoot): void {
    const path = Buffer.from(root.path);
    const member = Buffer.from(root.prefix).toString('latin1');
    try {
      const given = lstatSync(path);
      const followed = given.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : given;
      if (followed?.isDirectory() === true) {
        const real = realpathSync.native(path, { encoding: 'buffer' });
        const fd = openFolderAt(CURRENT_FOLDER, Buffer.concat([real, Buffer.of(0)]));
        this.stat.readOpen(fd);
        this.make.entryAt(FOLDER, member);
        this.push(fd, member, real.toString('latin1'), null);
      } else {
        const name = Buffer.concat([path, Buffer.of(0)]);
        this.stat.read(CURRENT_FOLDER, name);
        this.leaf(CURRENT_FOLDER, name, member, null, path.length);
      }
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      if (root.prefix === SITE_PREFIX) throw siteUnreadable(root.path, error);
      this.make.problem(UNREADABLE, member, reasonOf(error));
    }
  }

  private push(fd: number, member: string, absolute: string, excluded: Excluded | null): void {
    const isSite = member === SITE_PREFIX || member.startsWith(`${SITE_PREFIX}/`);
    this.stack.push({
      fd,
      member,
      absolute,
      head: pathHead(member),
      excluded,
      rules: isSite && excluded === null ? this.excludes.within(member.slice(SITE_PREFIX.length)) : null,
      first: this.names.size,
      next: this.names.size,
      mark: this.names.mark,
      isListed: false,
    });
  }

  /** Reads some names of a folder, or looks at its next name. */
  private step(level: Level): void {
    if (level.isListed) {
      if (level.next === this.names.size) this.leave(level);
      else this.visit(level);
      return;
    }
    try {
      const length = readFolder(level.fd, this.listing);
      if (length > 0) this.names.addRecords(this.listing, length);
      else {
        this.names.sort(level.first);
        level.isListed = true;
      }
    } catch (error) {
      this.failure(level.member, error, level.excluded !== null);
      this.leave(level);
    }
  }

  private leave(level: Level): void {
    this.names.release(level.first, level.mark);
    this.stack.pop();
    closeFolder(level.fd);
  }

  private visit(level: Level): void {
    const { stat, name } = this;
    const length = this.names.copy(level.next, name);
    level.next += 1;
    try {
      stat.read(level.fd, name);
      const isFolder = (stat.mode & MODE_TYPE) === MODE_FOLDER;
      if (this.isOwn(level, length)) {
        this.make.problem(SKIPPED, this.memberOf(level, length), "it is backupd's own or backed up in another way");
        return;
      }
      const excluded = level.excluded ?? this.excludedBy(level, length, isFolder);
      if (isFolder) this.enter(level, length, excluded);
      else if (excluded !== null) {
        excluded.files += 1;
        excluded.bytes += (stat.mode & MODE_TYPE) === MODE_FILE ? stat.size : 0;
      } else this.leaf(level.fd, name, level.member, level.head, length);
    } catch (error) {
      this.failure(this.memberOf(level, length), error, level.excluded !== null);
    }
  }

  private enter(parent: Level, length: number, excluded: Excluded | null): void {
    const member = this.memberOf(parent, length);
    const nameText = this.name.toString('latin1', 0, length);
    const absolute = parent.absolute === '/' ? `/${nameText}` : `${parent.absolute}/${nameText}`;
    try {
      const fd = openFolderAt(parent.fd, this.name);
      if (excluded === null) this.make.entry(FOLDER, parent.member, parent.head, this.name, length);
      this.push(fd, member, absolute, excluded);
    } catch (error) {
      const errno = errnoOf(error);
      // Gone, or swapped for a link or a file since it was looked at: not a folder of this site any more.
      const gone = errno === 'ENOENT' || errno === 'ELOOP' || errno === 'ENOTDIR';
      if (excluded === null && !gone) this.make.entry(FOLDER, parent.member, parent.head, this.name, length);
      this.failure(member, error, excluded !== null);
    }
  }

  /** An entry that is no folder: its facts are in `stat`. With no `head`, `member` is its own path when `folder` is no descriptor. */
  private leaf(fd: number, name: Buffer, member: string, head: Uint8Array | null, length: number): void {
    const { make } = this;
    const isRoot = fd === CURRENT_FOLDER;
    switch (this.stat.mode & MODE_TYPE) {
      case MODE_FILE:
        if (isRoot) make.entryAt(FILE, member);
        else make.entry(FILE, member, head, name, length);
        break;
      case MODE_LINK:
        make.symlink(fd, name, isRoot ? member : `${member}/${name.toString('latin1', 0, length)}`);
        break;
      case MODE_FIFO:
        if (isRoot) make.entryAt(FIFO, member);
        else make.entry(FIFO, member, head, name, length);
        break;
      default: {
        const kind = (this.stat.mode & MODE_TYPE) === MODE_SOCKET ? 'socket' : 'device';
        make.problem(SKIPPED, isRoot ? member : `${member}/${name.toString('latin1', 0, length)}`, `it is a ${kind}`);
      }
    }
  }

  private memberOf(level: Level, length: number): string {
    return `${level.member}/${this.name.toString('latin1', 0, length)}`;
  }

  private isOwn(level: Level, length: number): boolean {
    const { neverPack, stat } = this;
    if (!neverPack.mayBe(stat.inodeLow) && !neverPack.mayBeIn(level.absolute)) return false;
    const nameText = this.name.toString('latin1', 0, length);
    const absolute = level.absolute === '/' ? `/${nameText}` : `${level.absolute}/${nameText}`;
    return neverPack.has(absolute, deviceNumber(stat.deviceMajor, stat.deviceMinor), stat.inode);
  }

  private excludedBy(level: Level, length: number, isFolder: boolean): Excluded | null {
    if (level.rules === null) return null;
    return level.rules.match(this.memberOf(level, length).slice(SITE_PREFIX.length), isFolder);
  }

  private failure(member: string, error: unknown, excluded: boolean): void {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (excluded) return;
    if (errno === 'ENOENT' || errno === 'ELOOP' || errno === 'ENOTDIR')
      this.make.problem(SKIPPED, member, 'it vanished or was replaced while the folder was read');
    else this.make.problem(UNREADABLE, member, reasonOf(error));
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
