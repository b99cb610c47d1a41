/** Remembers the first name of files that have several, until all their names were seen. */
export class LinkTable {
  private readonly seen = new Map<string, { first: string; left: number }>();

  /** Null when this is the file's first (or only) name, else the first one. */
  firstName(file: { identity: string; links: number }, name: () => string): string | null {
    if (file.links <= 1) return null;
    const known = this.seen.get(file.identity);
    if (known === undefined) {
      this.seen.set(file.identity, { first: name(), left: file.links - 1 });
      return null;
    }
    known.left -= 1;
    if (known.left <= 0) this.seen.delete(file.identity);
    return known.first;
  }
}
