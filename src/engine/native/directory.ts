import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  type BigIntStats,
} from 'node:fs';
import { errnoOf } from '../../common/errors/index.js';

const OPEN = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * An open folder. What is in it is named through its descriptor (`/proc/self/fd/N/name`), so that a rename or a link that
 * somebody else puts in the way can't lead elsewhere. Relative paths are latin1 text of their bytes. Close it.
 */
export class DirectoryHandle {
  private constructor(readonly fd: number) {}

  /** Opens a folder by path; a link in the last place is refused (ELOOP, ENOTDIR). */
  static open(path: string | Buffer): DirectoryHandle {
    return new DirectoryHandle(openSync(path, OPEN | constants.O_NOFOLLOW));
  }

  /** The bytes to give to the system for a relative path. Only the last name of a longer path is safe from links. */
  path(relative: string): Buffer {
    return Buffer.from(
      relative === '' ? `/proc/self/fd/${this.fd}/.` : `/proc/self/fd/${this.fd}/${relative}`,
      'latin1',
    );
  }

  /** Opens a folder below, one name after the other, never through a link. `''` opens the folder once more. */
  descend(relative: string): DirectoryHandle {
    let current: DirectoryHandle = new DirectoryHandle(openSync(this.path(''), OPEN));
    try {
      for (const name of relative === '' ? [] : relative.split('/')) {
        const next = DirectoryHandle.open(current.path(name));
        current.close();
        current = next;
      }
      return current;
    } catch (error) {
      current.close();
      throw error;
    }
  }

  /** Runs the work with the parent folder of a relative path (reached without following links) and the last name. */
  inParent<T>(relative: string, work: (parent: DirectoryHandle, name: string) => T): T {
    const [folder, name] = splitRelative(relative);
    const parent = this.descend(folder);
    try {
      return work(parent, name);
    } finally {
      parent.close();
    }
  }

  /** Facts of a relative path, reached without following links; null when it (or a folder on the way) is not there. */
  find(relative: string): BigIntStats | null {
    try {
      if (relative === '') return this.facts();
      return this.inParent(relative, (parent, name) => lstatSync(parent.path(name), { bigint: true }));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
      throw error;
    }
  }

  /** Names in this folder in byte order. */
  names(): string[] {
    return readdirSync(this.path(''), { encoding: 'latin1' }).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  facts(): BigIntStats {
    return fstatSync(this.fd, { bigint: true });
  }

  /** Makes the names in this folder durable. */
  sync(): void {
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** `a/b/c` as `a/b` and `c`. */
export function splitRelative(relative: string): [folder: string, name: string] {
  const slash = relative.lastIndexOf('/');
  return slash < 0 ? ['', relative] : [relative.slice(0, slash), relative.slice(slash + 1)];
}

/** Identity of a file: the same for all its names, and never that of another one while it exists. */
export function identityOf(facts: { dev: bigint; ino: bigint }): string {
  return `${facts.dev}:${facts.ino}`;
}
