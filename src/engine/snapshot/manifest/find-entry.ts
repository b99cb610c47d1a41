import { parseManifestLine } from './check-line.js';
import { manifestDamaged } from './errors.js';
import { comparePaths, displayPath, entryPath } from './paths.js';
import type { ManifestEntry } from './types.js';

const NEWLINE = 0x0a;

/** The text of a frame of entries, looked into without parsing all of it: a few lines of the thousands it has. */
export class EntryText {
  /** Where each line begins; and where one more would. */
  readonly #starts: number[] = [0];

  /** `before`: lines of the manifest before this frame, for messages. Throws MANIFEST_DAMAGED for a cut line. */
  constructor(
    private readonly text: Buffer,
    private readonly before: number,
  ) {
    for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) this.#starts.push(at + 1);
    if (this.#starts.at(-1) !== text.length) throw manifestDamaged('a line is cut by a frame');
  }

  /** Throws MANIFEST_DAMAGED when its first entry is not that of this path. */
  expectFirst(path: Buffer): void {
    if (this.#starts.length > 1 && entryPath(this.#entry(0)).equals(path)) return;
    throw manifestDamaged(`${displayPath(path)} is not where its frame index says`);
  }

  /** The entry of a path, or null. Only the lines that are looked at are checked. Throws MANIFEST_DAMAGED. */
  find(path: Buffer): ManifestEntry | null {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entry(middle);
      const order = comparePaths(entryPath(entry), path);
      if (order === 0) return entry;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return null;
  }

  #entry(index: number): ManifestEntry {
    const end = (this.#starts[index + 1] ?? this.text.length) - 1;
    const number = this.before + index + 1;
    const line = parseManifestLine(this.text.toString('utf8', this.#starts[index], end), number);
    if (line.kind !== 'entry') throw manifestDamaged(`line ${number} is not an entry`);
    return line;
  }
}
