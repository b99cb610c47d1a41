import { entryPath, entryTarget, withTarget, type EntrySpool } from '../manifest/index.js';
import type { PlanEntry, PlanItem, PlannedRoot } from '../plan/index.js';
import type { LineFrameWriter } from '../work/index.js';
import { groupWindow, WINDOW_BYTES, WINDOW_ENTRIES } from './grouping.js';
import { OwnerNames } from './owners.js';
import type { PackResult } from './protocol.js';
import { RootPaths } from './root-paths.js';
import { readXattrs, withXattrs } from './xattrs.js';
import type { WorkerPool } from './worker-pool.js';

export interface FilePackerOptions {
  pool: WorkerPool;
  /** Gets the manifest's entries in path order, and the marks of kept ones. */
  entries: EntrySpool;
  /** Gets the entries of hard links: their members come after all files. */
  links: LineFrameWriter;
  /** Gets the entries of folders: their members come last, so that a plain `tar -x` leaves their times as they were. */
  folders: LineFrameWriter;
  roots: readonly PlannedRoot[];
  onResult: (result: PackResult) => void;
}

const entryAt = (window: readonly PlanItem[], index: number): PlanEntry[] => {
  const item = window[index];
  return item?.kind === 'entry' ? [item] : [];
};
const keyOf = (path: Buffer): string => path.toString('latin1');

/**
 * Leads the plan through the workers, window by window (two at a time), and writes the entries that come back in path
 * order. A hard link whose first name could not be packed takes its place.
 */
export class FilePacker {
  private seq = 0;
  private tail: Promise<void> = Promise.resolve();
  private readonly owners = new OwnerNames();
  /** First names that could not be packed, and what took their place. */
  private readonly replaced = new Map<string, Buffer | null>();

  private readonly roots: RootPaths;

  constructor(private readonly options: FilePackerOptions) {
    this.roots = new RootPaths(options.roots);
  }

  async run(plan: AsyncIterable<PlanItem>): Promise<void> {
    let window: PlanItem[] = [];
    let bytes = 0;
    for await (const entry of plan) {
      window.push(entry);
      bytes += entry.kind === 'entry' ? entry.size : 0;
      if (bytes < WINDOW_BYTES && window.length < WINDOW_ENTRIES) continue;
      await this.dispatch(window);
      window = [];
      bytes = 0;
    }
    await this.dispatch(window);
    await this.tail;
  }

  private async dispatch(window: PlanItem[]): Promise<void> {
    const lines: (string | null)[] = window.map(() => null);
    const tasks: Promise<void>[] = [];
    for (const { stored, indexes } of groupWindow(window)) {
      const items = indexes.flatMap((index) => entryAt(window, index));
      // eslint-disable-next-line no-await-in-loop -- hands in no more than the workers take
      const task = await this.submit(stored, items, (result) => {
        for (const [i, index] of indexes.entries()) lines[index] = result.lines[i] ?? null;
      });
      tasks.push(task.done);
    }
    const previous = this.tail;
    this.tail = this.finishWindow(previous, tasks, window, lines);
    // A failure shows at the next await of it.
    this.tail.catch(() => undefined);
    await previous;
  }

  /** Waits for a free place, hands the task in, and returns without waiting for its end. */
  private async submit(
    stored: boolean,
    items: PlanEntry[],
    use: (result: PackResult) => void,
  ): Promise<{ done: Promise<void> }> {
    const { pool, onResult } = this.options;
    await pool.ready();
    const seq = this.seq;
    this.seq += 1;
    const done = pool.run({ seq, stored, items }).then((result) => {
      use(result);
      onResult(result);
      return undefined;
    });
    done.catch(() => undefined);
    return { done };
  }

  private async finishWindow(
    previous: Promise<void>,
    tasks: Promise<void>[],
    window: PlanItem[],
    lines: (string | null)[],
  ): Promise<void> {
    await previous;
    await Promise.all(tasks);
    const { entries } = this.options;
    for (const [index, entry] of window.entries()) {
      if (entry.kind === 'kept') {
        entries.pushKept(entry);
        continue;
      }
      // eslint-disable-next-line no-await-in-loop -- entries are written in order
      const line = await this.lineOf(entry, lines[index] ?? null);
      if (line === null) {
        if (entry.linked === true) this.replaced.set(keyOf(entryPath(entry)), null);
        continue;
      }
      entries.push(line);
      // eslint-disable-next-line no-await-in-loop -- back-pressure
      if (entries.full) await entries.flush();
    }
  }

  private async lineOf(entry: PlanEntry, packed: string | null): Promise<string | null> {
    if (entry.type === 'hardlink') return this.linkLine(entry);
    if (entry.type === 'dir') return this.folderLine(entry);
    return packed;
  }

  private async folderLine(entry: PlanEntry): Promise<string> {
    const xattrs = readXattrs(this.roots.source(entryPath(entry)));
    const folder = withXattrs({ ...entry, ...this.owners.of(entry.uid, entry.gid) }, xattrs);
    this.options.folders.push(folder);
    if (this.options.folders.full) await this.options.folders.flush();
    return JSON.stringify(folder);
  }

  private async linkLine(entry: PlanEntry): Promise<string | null> {
    const first = keyOf(entryTarget(entry) ?? Buffer.alloc(0));
    const replacement = this.replaced.get(first);
    if (replacement === null) return this.packInPlace(entry, first);
    const { target: _t, targetBase64: _b, ...rest } = entry;
    const target = replacement === undefined ? entryTarget(entry) : replacement;
    const link = { ...rest, ...withTarget(target ?? Buffer.alloc(0)), ...this.owners.of(entry.uid, entry.gid) };
    this.options.links.push(link);
    if (this.options.links.full) await this.options.links.flush();
    return JSON.stringify(link);
  }

  /** Packs another name of a file whose first name was not packed. */
  private async packInPlace(entry: PlanEntry, first: string): Promise<string | null> {
    const { target: _t, targetBase64: _b, ...rest } = entry;
    let line: string | null = null;
    const task = await this.submit(false, [{ ...rest, type: 'file' }], (result) => {
      line = result.lines[0] ?? null;
    });
    await task.done;
    if (line !== null) this.replaced.set(first, entryPath(entry));
    return line;
  }
}
