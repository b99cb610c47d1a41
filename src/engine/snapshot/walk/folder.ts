import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  opendirSync,
  readlinkSync,
  type BigIntStats,
  type Dir,
} from 'node:fs';

/**
 * An open folder. Everything in it is reached through its descriptor (`/proc/self/fd/N/name`), so that a folder which
 * is swapped for a link meanwhile leads nobody out of the tree. Names are latin1 text of their bytes: exact, and
 * a quarter of the memory of a Buffer each.
 */
export class OpenFolder {
  private readonly names: string[] = [];
  private next = 0;

  private constructor(
    private readonly fd: number,
    private readonly base: string,
    /** Null when all names were read. */
    private listing: Dir | null,
  ) {}

  /** Opens a folder by path; a link in the last place is refused (ELOOP, ENOTDIR). */
  static open(path: Buffer): OpenFolder {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const base = `/proc/self/fd/${fd}`;
      return new OpenFolder(fd, base, opendirSync(base, { encoding: 'latin1', bufferSize: 256 }));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Reads up to so many more names; true when all were read and `takeName` may be called. */
  readNames(limit: number): boolean {
    if (this.listing === null) return true;
    for (let i = 0; i < limit; i += 1) {
      const entry = this.listing.readSync();
      if (entry === null) {
        this.listing.closeSync();
        this.listing = null;
        this.names.sort(byBytes);
        return true;
      }
      this.names.push(entry.name);
    }
    return false;
  }

  /** The next name in byte order, or null after the last. */
  takeName(): string | null {
    const name = this.names[this.next] ?? null;
    this.next += 1;
    return name;
  }

  openChild(name: string): OpenFolder {
    return OpenFolder.open(this.child(name));
  }

  stat(name: string): BigIntStats {
    return lstatSync(this.child(name), { bigint: true });
  }

  readlink(name: string): Buffer {
    return readlinkSync(this.child(name), { encoding: 'buffer' });
  }

  close(): void {
    this.listing?.closeSync();
    closeSync(this.fd);
  }

  private child(name: string): Buffer {
    return Buffer.from(`${this.base}/${name}`, 'latin1');
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
