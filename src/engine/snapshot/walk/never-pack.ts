import { lstatSync, realpathSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';

/** Paths that are never packed, known by their identity (any name that leads there) and by their real path (not there yet). */
export class NeverPack {
  private readonly identities = new Set<string>();
  private readonly paths = new Set<string>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      this.paths.add(Buffer.from(path).toString('latin1'));
      try {
        const real = realpathSync.native(path);
        this.paths.add(Buffer.from(real).toString('latin1'));
        const { dev, ino } = lstatSync(real, { bigint: true });
        this.identities.add(`${dev}:${ino}`);
      } catch (error) {
        if (errnoOf(error) === undefined) throw error;
      }
    }
  }

  /** `path` is the absolute path as latin1 text of its bytes. */
  has(path: string, dev: bigint, ino: bigint): boolean {
    if (this.identities.size === 0 && this.paths.size === 0) return false;
    return this.identities.has(`${dev}:${ino}`) || this.paths.has(path);
  }
}
