import type { BigIntStats } from 'node:fs';

/** Remembers the first name of files that have several, until all their names were seen. */
export class LinkTable {
  private readonly seen = new Map<string, { first: string; left: bigint }>();

  /** Null when this is the file's first (or only) name, else the first one. */
  firstName(stat: Pick<BigIntStats, 'dev' | 'ino' | 'nlink'>, name: string): string | null {
    if (stat.nlink <= 1n) return null;
    const key = `${stat.dev}:${stat.ino}`;
    const known = this.seen.get(key);
    if (known === undefined) {
      this.seen.set(key, { first: name, left: stat.nlink - 1n });
      return null;
    }
    known.left -= 1n;
    if (known.left <= 0n) this.seen.delete(key);
    return known.first;
  }
}
