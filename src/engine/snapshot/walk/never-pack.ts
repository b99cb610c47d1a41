import { lstatSync, realpathSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';

/** Paths that are never packed, known by their identity (any name that leads there) and by their real path (not there yet). */
export class NeverPack {
  /** Inode numbers, low 32 bits: a first, cheap look. */
  private readonly inodes = new Set<number>();
  private readonly identities = new Set<string>();
  private readonly paths = new Set<string>();
  private readonly folders = new Set<string>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      this.paths.add(Buffer.from(path).toString('latin1'));
      try {
        const real = realpathSync.native(path);
        this.paths.add(Buffer.from(real).toString('latin1'));
        const { dev, ino } = lstatSync(real, { bigint: true });
        this.identities.add(`${dev}:${ino}`);
        this.inodes.add(Number(BigInt.asUintN(32, ino)));
      } catch (error) {
        if (errnoOf(error) === undefined) throw error;
      }
    }
    for (const path of this.paths) this.folders.add(path.slice(0, Math.max(1, path.lastIndexOf('/'))));
  }

  /** Whether something with this inode number can be one of them: when not, `has` need not be asked. */
  mayBe(inodeLow: number): boolean {
    return this.inodes.has(inodeLow);
  }

  /** Whether one of the paths lies right in this folder (absolute path, latin1). */
  mayBeIn(folder: string): boolean {
    return this.folders.has(folder);
  }

  /** `path` is the absolute path as latin1 text of its bytes. */
  has(path: string, dev: bigint, ino: bigint): boolean {
    if (this.identities.size === 0 && this.paths.size === 0) return false;
    return this.identities.has(`${dev}:${ino}`) || this.paths.has(path);
  }
}
