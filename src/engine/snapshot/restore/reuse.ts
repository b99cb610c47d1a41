import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import { identityOf, type DirectoryHandle } from '../../native/directory.js';
import { isOpenForWriting, linkOpenFile, openFileXattrs } from '../../native/link-calls.js';
import type { ManifestEntry } from '../manifest/index.js';
import { storedSize } from '../read/index.js';
import { diskFull, translateFile } from './errors.js';
import { MetadataWriter, type Ownership } from './metadata.js';
import { ContentReader, hasSameHoles, isUnchanged, isUntouched } from './reuse-content.js';
import { LastFolder, type SharedFileList } from './reuse-list.js';
import type { TreeEntry } from './select.js';

export interface FileTally {
  files: number;
  bytes: number;
}

/** What became of the files of a delta restore. */
export interface ReuseSummary {
  /** The staged tree shares them with the live one. */
  linked: FileTally;
  /** Copied from the live tree on this disk. */
  copied: FileTally;
  /** Fetched from the storage. */
  fetched: FileTally;
}

export interface ReuseParts {
  /** The tree that is on disk; null = there is none. */
  live: DirectoryHandle | null;
  /** Ours alone. */
  staging: DirectoryHandle;
  /** The fresh tree in it that is filled. */
  tree: DirectoryHandle;
  /** Takes down every file that is shared; null: none is, they are copied. */
  shared: SharedFileList | null;
  /** Relative paths that are never shared: whoever works with the staged tree may change them. */
  unshared?: ReadonlySet<string>;
  /** When the backup's walk began, in nanoseconds. */
  filesAt: bigint;
  ownership?: Ownership | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes that may be written, and the folder to name when they are not enough. */
  space?: { free: number; folder: string };
  /** Called for each file that is not fetched. */
  onReused?: (path: string, bytes: number) => void;
}

interface Ready {
  item: TreeEntry;
  /** Of the live file. */
  fd: number;
  facts: BigIntStats;
  /** Of the copy; null = the live file itself has a name in the staging folder. */
  copy: number | null;
}

const PART_NAME = 'reused.part';
const LIVE_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const BLOCK = 4096;

/**
 * Brings files into a fresh tree whose content is on disk already, at the same path of the live tree: unchanged since the
 * backup by all its facts, or read now with the right SHA-256. A file that is right in everything gets one more name (a hard
 * link); of one that is not, the content is copied. `offer` looks, one entry ahead; `take` puts into place. A live file that
 * can't be used for any reason is one that is fetched. Nothing of a live file is changed but its link count (and with it its ctime).
 */
export class Reuse {
  readonly summary: ReuseSummary = {
    linked: { files: 0, bytes: 0 },
    copied: { files: 0, bytes: 0 },
    fetched: { files: 0, bytes: 0 },
  };
  readonly #reader = new ContentReader();
  readonly #wanted: MetadataWriter;
  readonly #folder: LastFolder | null;
  readonly #device: bigint;
  readonly #part: Buffer;
  #ready: Ready | null = null;
  /** Something lies in the staging folder under its name for the time being. */
  #hasPart = false;
  #room: number;

  constructor(private readonly parts: ReuseParts) {
    this.#wanted = new MetadataWriter(parts.ownership ?? 'numbers');
    this.#folder = parts.live === null ? null : new LastFolder(parts.live);
    this.#device = parts.tree.facts().dev;
    this.#part = parts.staging.path(PART_NAME);
    this.#room = parts.space?.free ?? Infinity;
  }

  /** Hands the entries on; each must be dealt with (`take`) before the next is asked for. Throws DISK_FULL. */
  async *offer(items: AsyncIterable<TreeEntry>): AsyncGenerator<TreeEntry> {
    try {
      for await (const item of items) {
        if (item.entry.type === 'file') {
          this.#ready = item.entry.size === 0 ? null : await this.#find(item);
          if (this.#ready === null) this.#fetched(item.entry);
        }
        yield item;
        this.#drop();
      }
    } finally {
      this.#drop();
      this.#folder?.close();
    }
  }

  /** Puts the file into the tree, whose folder for it exists; false when it must be fetched. */
  take(item: TreeEntry, metadata: MetadataWriter): boolean {
    const ready = this.#ready;
    if (ready === null || ready.item !== item) return false;
    const { path, entry } = item;
    const place = this.parts.tree.path(path);
    renameSync(this.#part, place);
    this.#hasPart = false;
    if (ready.copy !== null) metadata.file(ready.copy, path, entry);
    else if (!this.#shares(ready, place)) {
      this.#fetched(entry);
      return false;
    }
    const tally = ready.copy === null ? this.summary.linked : this.summary.copied;
    add(tally, entry);
    this.parts.onReused?.(path, storedSize(entry));
    return true;
  }

  /** Notes a file that is shared now; takes the new name away again when the file is not what it was a moment ago. */
  #shares({ item, fd, facts }: Ready, place: Buffer): boolean {
    const now = fstatSync(fd, { bigint: true });
    // That it got a name changed its ctime; everything else must be as it was.
    const isSame = now.nlink === 2n && isUnchanged({ ...facts, ctimeNs: now.ctimeNs }, now);
    if (!isSame || !this.#hasMetadata(fd, now, item.entry)) {
      unlinkSync(place);
      return false;
    }
    this.parts.shared?.add({
      path: item.path,
      identity: identityOf(now),
      size: String(now.size),
      mtime: String(now.mtimeNs),
      ctime: String(now.ctimeNs),
      links: String(now.nlink),
    });
    return true;
  }

  async #find(item: TreeEntry): Promise<Ready | null> {
    let fd = -1;
    let ready: Ready | null = null;
    try {
      fd = this.#open(item);
      if (fd >= 0) ready = await this.#prepare(item, fd);
      return ready;
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw translateFile(error, 'written', item.path, 'the staging folder');
      // Gone, replaced by a link, not for us to read, a bad block: the backup has it.
      return null;
    } finally {
      if (ready === null) {
        if (fd >= 0) closeSync(fd);
        this.#unlinkPart();
      }
    }
  }

  /** Opens the live file; -1 when it can't be the one that is wanted. */
  #open({ path, entry }: TreeEntry): number {
    if (this.#folder === null) return -1;
    const { parent, name } = this.#folder.of(path);
    const file = parent.path(name);
    // Looked at first, so that no device is ever opened.
    const facts = lstatSync(file, { bigint: true });
    const isCandidate = facts.isFile() && facts.dev === this.#device && facts.size === BigInt(entry.size);
    return isCandidate ? openSync(file, LIVE_FILE) : -1;
  }

  async #prepare(item: TreeEntry, fd: number): Promise<Ready | null> {
    const { entry } = item;
    const facts = fstatSync(fd, { bigint: true });
    if (!facts.isFile() || facts.dev !== this.#device || facts.size !== BigInt(entry.size)) return null;
    const sameHoles = hasSameHoles(fd, facts, entry);
    if (entry.extents !== undefined && !sameHoles) return null;
    const { signal, filesAt, shared, unshared } = this.parts;
    const isRight =
      isUntouched(facts, entry, filesAt) || (await this.#reader.isContentOf(fd, entry, { signal: signal }));
    if (!isRight || !isUnchanged(facts, fstatSync(fd, { bigint: true }))) return null;
    const mayShare =
      shared !== null &&
      sameHoles &&
      facts.nlink === 1n &&
      unshared?.has(item.path) !== true &&
      this.#hasMetadata(fd, facts, entry) &&
      !isOpenForWriting(fd);
    if (mayShare && this.#link(fd)) return { item, fd, facts, copy: null };
    const copy = await this.#copy(fd, entry);
    if (copy === null) return null;
    return { item, fd, facts, copy };
  }

  #hasMetadata(fd: number, facts: BigIntStats, entry: ManifestEntry): boolean {
    const { uid, gid } = this.#wanted.owner(entry);
    if (facts.uid !== BigInt(uid) || facts.gid !== BigInt(gid)) return false;
    if ((Number(facts.mode) & 0o7777) !== entry.mode || String(facts.mtimeNs) !== entry.mtime) return false;
    const found = openFileXattrs(fd);
    const wanted = entry.xattrs ?? {};
    return (
      found.length === Object.keys(wanted).length &&
      found.every(({ name, value }) => wanted[name] === value.toString('base64'))
    );
  }

  /** False where the system refuses it: another mount, a file that is locked or not ours, too many names. */
  #link(fd: number): boolean {
    try {
      linkOpenFile(fd, this.#part);
      this.#hasPart = true;
      return true;
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined || code === 'ENOSPC' || code === 'EDQUOT') throw error;
      return false;
    }
  }

  /** A copy, checked on the way; null when it is not what it should be. */
  async #copy(fd: number, entry: ManifestEntry): Promise<number | null> {
    this.#spend(storedSize(entry));
    const copy = openSync(this.#part, NEW_FILE, 0o600);
    this.#hasPart = true;
    let isRight = false;
    try {
      isRight = await this.#reader.isContentOf(fd, entry, { signal: this.parts.signal, copyTo: copy });
      if (isRight && entry.extents !== undefined) ftruncateSync(copy, entry.size);
    } finally {
      if (!isRight) closeSync(copy);
    }
    if (isRight) return copy;
    this.#spend(-storedSize(entry));
    return null;
  }

  #fetched(entry: ManifestEntry): void {
    this.#spend(storedSize(entry));
    add(this.summary.fetched, entry);
  }

  #spend(bytes: number): void {
    const { space } = this.parts;
    this.#room -= Math.ceil(bytes / BLOCK) * BLOCK;
    if (space !== undefined && this.#room < 0) throw diskFull(space.folder, space.free - this.#room, space.free);
  }

  /** Closes what was offered; what was not taken is removed. */
  #drop(): void {
    const ready = this.#ready;
    if (ready === null) return;
    this.#ready = null;
    closeSync(ready.fd);
    if (ready.copy !== null) closeSync(ready.copy);
    this.#unlinkPart();
  }

  #unlinkPart(): void {
    if (!this.#hasPart) return;
    this.#hasPart = false;
    unlinkSync(this.#part);
  }
}

function add(tally: FileTally, entry: ManifestEntry): void {
  tally.files += 1;
  tally.bytes += storedSize(entry);
}
