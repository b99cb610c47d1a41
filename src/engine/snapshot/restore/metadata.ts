import { chmodSync, fchmodSync, fchownSync, readFileSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import { setOpenFileMtimeNs, setOpenFileXattr } from '../../native/file-calls.js';
import { lchown, setMtimeNs, setXattr, type Xattr } from '../../native/posix.js';
import type { JobWarning } from '../../ports/index.js';
import type { ManifestEntry } from '../manifest/index.js';
import { shown } from './errors.js';

const SET_ID_BITS = 0o6000;

/** By `numbers` as stored, or by `names` where this host has a user or group of that name (else by number). */
export type Ownership = 'numbers' | 'names';

/** What of an entry a restore puts on a file besides its content. */
export type EntryMetadata = Pick<ManifestEntry, 'mode' | 'uid' | 'gid' | 'user' | 'group' | 'mtime' | 'xattrs'>;

/** What the system refused: how often, and for example where. */
export interface Refusals {
  owners: { count: number; sample: string };
  xattrs: { count: number; sample: string };
}

/** The metadata of an entry, without the rest of it. */
export function metadataOf(entry: ManifestEntry): EntryMetadata {
  const { mode, uid, gid, user, group, mtime, xattrs } = entry;
  return {
    mode,
    uid,
    gid,
    mtime,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

/** Puts owner, attributes, mode and time on what was restored; counts what the system refuses. */
export class MetadataWriter {
  readonly #names: { users: Map<string, number>; groups: Map<string, number> } | null;
  readonly #me = process.geteuid?.() ?? 0;
  readonly #owners = { count: 0, sample: '' };
  readonly #xattrs = { count: 0, sample: '' };

  constructor(ownership: Ownership) {
    this.#names = ownership === 'names' ? { users: readIds('/etc/passwd'), groups: readIds('/etc/group') } : null;
  }

  /** For a file that is open for writing. */
  file(fd: number, relative: string, entry: EntryMetadata): void {
    const owned = this.#owner(relative, entry, (uid, gid) => fchownSync(fd, uid, gid));
    // A chown clears capabilities, so attributes come after it; the mode's set-id bits as well.
    this.#attributes(relative, entry, (xattr) => setOpenFileXattr(fd, xattr));
    fchmodSync(fd, owned ? entry.mode : entry.mode & ~SET_ID_BITS);
    setOpenFileMtimeNs(fd, BigInt(entry.mtime));
  }

  /** For a folder or FIFO (never a link: the mode would go to where it leads). */
  other(path: Buffer, relative: string, entry: EntryMetadata): void {
    this.#owner(relative, entry, (uid, gid) => lchown(path, uid, gid));
    this.#attributes(relative, entry, (xattr) => setXattr(path, xattr));
    chmodSync(path, entry.mode);
    setMtimeNs(path, BigInt(entry.mtime));
  }

  /** For a symbolic link: it has no mode. */
  link(path: Buffer, relative: string, entry: EntryMetadata): void {
    this.#owner(relative, entry, (uid, gid) => lchown(path, uid, gid));
    this.#attributes(relative, entry, (xattr) => setXattr(path, xattr));
    setMtimeNs(path, BigInt(entry.mtime));
  }

  refusals(): Refusals {
    return { owners: this.#owners, xattrs: this.#xattrs };
  }

  /** Counts what another writer of the same restore was refused. */
  addRefusals(other: Refusals): void {
    for (const [own, more] of [
      [this.#owners, other.owners],
      [this.#xattrs, other.xattrs],
    ] as const) {
      own.count += more.count;
      own.sample ||= more.sample;
    }
  }

  /** Who the entry's owner is on this host. */
  owner(entry: EntryMetadata): { uid: number; gid: number } {
    return {
      uid: this.#id(this.#names?.users, entry.user) ?? entry.uid,
      gid: this.#id(this.#names?.groups, entry.group) ?? entry.gid,
    };
  }

  /** One warning for each kind of thing that was refused. */
  warnings(): JobWarning[] {
    const warnings: JobWarning[] = [];
    if (this.#owners.count > 0) {
      warnings.push({
        code: 'OWNER_NOT_RESTORED',
        message: `The owner of ${this.#owners.count} entries could not be set, for example of ${this.#owners.sample}. Only root can.`,
        context: { count: this.#owners.count, sample: this.#owners.sample },
      });
    }
    if (this.#xattrs.count > 0) {
      warnings.push({
        code: 'XATTR_NOT_RESTORED',
        message: `${this.#xattrs.count} extended attributes were refused by the system, for example ${this.#xattrs.sample}.`,
        context: { count: this.#xattrs.count, sample: this.#xattrs.sample },
      });
    }
    return warnings;
  }

  #owner(relative: string, entry: EntryMetadata, set: (uid: number, gid: number) => void): boolean {
    const { uid, gid } = this.owner(entry);
    if (tryPermitted(() => set(uid, gid))) return true;
    // Another user can't be given, but a group of ours can.
    const groupSet = tryPermitted(() => set(this.#me, gid));
    if (groupSet && uid === this.#me) return true;
    this.#owners.count += 1;
    this.#owners.sample ||= shown(relative);
    return false;
  }

  #id(table: Map<string, number> | undefined, name: string | undefined): number | undefined {
    return name === undefined ? undefined : table?.get(name);
  }

  #attributes(relative: string, entry: EntryMetadata, set: (xattr: Xattr) => void): void {
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) {
      try {
        set({ name, value: Buffer.from(value, 'base64') });
      } catch (error) {
        if (errnoOf(error) === undefined || errnoOf(error) === 'ENOSPC') throw error;
        this.#xattrs.count += 1;
        this.#xattrs.sample ||= `${name} of ${shown(relative)}`;
      }
    }
  }
}

function tryPermitted(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EPERM' || code === 'EINVAL' || code === 'ENOTSUP' || code === 'EACCES') return false;
    throw error;
  }
}

/** Names to numbers out of `passwd` or `group`. */
function readIds(file: string): Map<string, number> {
  const ids = new Map<string, number>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return ids;
  }
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name !== undefined && id !== undefined && /^\d+$/.test(id) && !ids.has(name)) ids.set(name, Number(id));
  }
  return ids;
}
