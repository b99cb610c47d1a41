/** A file with several names. */
export interface LinkedFile {
  /** Its first name in path order, latin1 text of the member path's bytes. */
  readonly first: string;
  /** Names that were not seen yet. */
  left: number;
  /** For the caller's use: what became of the first name. */
  kept: boolean;
}

/** Remembers files that have several names until all of these were seen. */
export class LinkTable {
  private readonly seen = new Map<string, LinkedFile>();

  /** The file that this name leads to; `isFirst` when this is its first name. Null for a file with one name. */
  look(file: { identity: string; links: number }, name: () => string): { file: LinkedFile; isFirst: boolean } | null {
    if (file.links <= 1) return null;
    const { identity } = file;
    const known = this.seen.get(identity);
    if (known === undefined) {
      const found = { first: name(), left: file.links - 1, kept: false };
      this.seen.set(identity, found);
      return { file: found, isFirst: true };
    }
    known.left -= 1;
    if (known.left <= 0) this.seen.delete(identity);
    return { file: known, isFirst: false };
  }
}
