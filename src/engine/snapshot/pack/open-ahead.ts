import { entryPath } from '../manifest/index.js';
import type { PlanEntry } from '../plan/index.js';
import type { RootPaths } from './root-paths.js';
import { SourceFile } from './source-file.js';

/** Files that the disk is asked for while one is packed: more bought nothing. */
const AHEAD = 8;

/** A file of the site and where it is, or why it can't be opened. */
type Opened = { source: Buffer; file: SourceFile } | { error: unknown };

/**
 * Opens the small files of a task some files ahead, so that the disk reads them while others are packed: asked for one at a time, those that
 * are not in the page cache took three times as long, and twice the CPU. Close it, whatever happens.
 */
export class OpenAhead {
  private readonly opened = new Map<PlanEntry, Opened>();
  private next = 0;

  /** `small`: a file of more bytes is opened when it is asked for; the system reads ahead in it anyway. */
  constructor(
    private readonly items: readonly PlanEntry[],
    private readonly roots: RootPaths,
    private readonly small: number,
  ) {}

  /** The file of an item, for the caller to close. Files must be asked for in the order of the items. Throws SourceGone. */
  take(item: PlanEntry): { source: Buffer; file: SourceFile } {
    while (this.next < this.items.length && this.opened.size <= AHEAD) {
      const following = this.items[this.next];
      this.next += 1;
      if (following?.type === 'file' && following.size <= this.small) this.opened.set(following, this.open(following));
    }
    const found = this.opened.get(item) ?? this.open(item);
    this.opened.delete(item);
    if ('error' in found) throw found.error;
    return found;
  }

  /** Closes what was not taken. */
  close(): void {
    for (const found of this.opened.values()) if ('file' in found) found.file.close();
    this.opened.clear();
  }

  private open(item: PlanEntry): Opened {
    try {
      const source = this.roots.source(entryPath(item));
      const file = SourceFile.open(source, item);
      if (item.size <= this.small) file.readAhead();
      return { source, file };
    } catch (error) {
      return { error };
    }
  }
}
