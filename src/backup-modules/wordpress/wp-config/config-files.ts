import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';

export type ReadResult = { ok: true; content: string; path: string } | { ok: false; reason: string; missing: boolean };

export interface ConfigFilesOptions {
  /** Folders whose files may be read: the site's own (absolute). */
  roots: readonly string[];
  /** Folders of which only the files directly in them may be read. */
  folders?: readonly string[];
  /** More absolute prefixes that may be read, e.g. `/etc/wordpress/`. */
  allowedPrefixes?: readonly string[];
  /** A file elsewhere may be read when its owner is this one: what a tenant includes is theirs to read anyway. */
  ownerUid?: number | null;
}

const refuse = (reason: string, missing = false): ReadResult => ({ ok: false, reason, missing });
const bytes = (path: string): Buffer => Buffer.from(path, 'latin1');

/**
 * The only way the evaluator sees the disk: regular files of the site, up to a size, opened without following a link in
 * the last step and checked again once open, so that swapping a folder for a link gains nothing. Paths are binary text.
 */
export class ConfigFiles {
  private readonly roots: string[];
  private readonly folders: ReadonlySet<string>;
  private readonly prefixes: string[];
  private readonly ownerUid: number | null;

  constructor(options: ConfigFilesOptions) {
    this.roots = options.roots.map((root) => this.real(toBinary(root)) ?? toBinary(root));
    this.folders = new Set((options.folders ?? []).map((folder) => this.real(toBinary(folder)) ?? toBinary(folder)));
    this.prefixes = (options.allowedPrefixes ?? []).map(toBinary);
    this.ownerUid = options.ownerUid ?? null;
  }

  /** The real path (links resolved), or null when there is none. */
  real(path: string): string | null {
    if (path.includes('\0')) return null;
    try {
      return realpathSync.native(bytes(path), { encoding: 'buffer' }).toString('latin1');
    } catch {
      return null;
    }
  }

  /** Whether a real path is the site's. */
  private inside(real: string): boolean {
    return this.roots.some((root) => root === '/' || real === root || real.startsWith(`${root}/`));
  }

  private allowed(real: string): boolean {
    return (
      this.inside(real) ||
      this.folders.has(real.slice(0, real.lastIndexOf('/'))) ||
      this.prefixes.some((prefix) => real.startsWith(prefix))
    );
  }

  /** Reads one file whole (at most `limit` bytes). */
  read(path: string, limit: number): ReadResult {
    const real = this.real(path);
    if (real === null) return refuse('does not exist or is not readable here', true);
    let fd: number;
    try {
      fd = openSync(bytes(real), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      return refuse(`can't be read (${errnoOf(error) ?? 'error'})`);
    }
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return refuse('is not a regular file');
      const opened = readlinkSync(`/proc/self/fd/${fd}`, 'buffer').toString('latin1');
      const owned = this.ownerUid !== null && stat.uid === this.ownerUid;
      if (!this.allowed(opened) && !owned) return refuse('lies outside the site and belongs to someone else');
      if (stat.size > limit) return refuse(`is larger than ${Math.round(limit / 1024)} KiB`);
      const buffer = Buffer.allocUnsafe(limit + 1);
      let length = 0;
      for (;;) {
        const got = readSync(fd, buffer, length, buffer.length - length, null);
        if (got === 0) break;
        length += got;
        if (length > limit) return refuse(`is larger than ${Math.round(limit / 1024)} KiB`);
      }
      return { ok: true, content: buffer.toString('latin1', 0, length), path: opened };
    } catch (error) {
      return refuse(`can't be read (${errnoOf(error) ?? 'error'})`);
    } finally {
      closeSync(fd);
    }
  }

  /** What stands at a path, links followed; null when that is not ours to tell. */
  kind(path: string): 'file' | 'dir' | 'other' | 'missing' | null {
    if (!path.startsWith('/') || path.includes('\0')) return null;
    const real = this.real(path);
    if (real === null) {
      // A missing name is only ours to tell when its folder is.
      const parent = this.deepestExisting(path);
      return parent !== null && this.allowed(`${parent}/`)
        ? 'missing'
        : this.prefixes.some((p) => path.startsWith(p))
          ? 'missing'
          : null;
    }
    try {
      const stat = statSync(bytes(real));
      const owned = this.ownerUid !== null && stat.uid === this.ownerUid;
      if (!this.allowed(real) && !owned) return null;
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'dir' : 'other';
    } catch {
      return null;
    }
  }

  private deepestExisting(path: string): string | null {
    let at = path;
    while (at !== '' && at !== '/') {
      try {
        lstatSync(bytes(at));
        return null; // a dangling link, or a folder that may not be entered
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') return null;
      }
      at = at.slice(0, at.lastIndexOf('/'));
      const real = this.real(at === '' ? '/' : at);
      if (real !== null) return real;
    }
    return null;
  }
}

/** A JS path as binary text: one character per byte. */
export const toBinary = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
/** Binary text as a JS string; null when its bytes are not UTF-8. */
export function fromBinary(value: string): string | null {
  const buffer = Buffer.from(value, 'latin1');
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer) ? text : null;
}
