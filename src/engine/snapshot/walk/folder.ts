import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, type BigIntStats } from 'node:fs';

/**
 * An open folder. Everything in it is reached through its descriptor (`/proc/self/fd/N/name`), so that a folder which
 * is swapped for a link meanwhile leads nobody out of the tree. Names are latin1 text of their bytes: exact, and
 * a quarter of the memory of a Buffer each.
 */
export class OpenFolder {
  readonly names: string[];
  /** The next name to look at. */
  next = 0;

  private constructor(
    private readonly fd: number,
    private readonly base: string,
  ) {
    this.names = readdirSync(base, { encoding: 'latin1' }).toSorted(byBytes);
  }

  /** Opens a folder by path; a link in the last place is refused (ELOOP, ENOTDIR). */
  static open(path: Buffer): OpenFolder {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return new OpenFolder(fd, `/proc/self/fd/${fd}`);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
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
    closeSync(this.fd);
  }

  private child(name: string): Buffer {
    return Buffer.from(`${this.base}/${name}`, 'latin1');
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
