import { entryPath, entryTarget, withTarget, type EntrySpool } from '../manifest/index.js';
import type { PlanEntry, PlannedRoot } from '../plan/index.js';
import type { LineFrameWriter } from '../work/index.js';
import { groupWindow } from './grouping.js';
import { OwnerNames } from './owners.js';
import { PackedLines } from './packed-lines.js';
import { PlanWindow } from './plan-window.js';
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

const NEWLINE = 0x0a;
const keyOf = (path: Buffer): string => path.toString('latin1');

/**
 * Leads the plan through the workers, window by window (two at a time), and writes the entries that come back in path
 * order. A hard link whose first name could not be packed takes its place.
 */
export class FilePacker {
  private seq = 0;
  /** The one that is being filled, and the one that the workers have (or had). */
  private window = new PlanWindow();
  private other = new PlanWindow();
  private tail: Promise<void> = Promise.resolve();
  private readonly owners = new OwnerNames();
  /** First names that could not be packed, and what took their place. */
  private readonly replaced = new Map<string, Buffer | null>();

  private readonly roots: RootPaths;

  constructor(private readonly options: FilePackerOptions) {
    this.roots = new RootPaths(options.roots);
  }

  /** `plan`: text of the plan, whole lines, each chunk only valid until the next is asked for. */
  async run(plan: AsyncIterable<Buffer>): Promise<void> {
    for await (const text of plan) {
      let from = 0;
      for (let to = text.indexOf(NEWLINE); to >= 0; to = text.indexOf(NEWLINE, from)) {
        this.window.add(text, from, to);
        from = to + 1;
        if (this.window.full) await this.dispatch();
      }
    }
    await this.dispatch();
    await this.tail;
    for (const window of [this.window, this.other]) window.free();
  }

  /** Hands in what is in the window, and goes on with the other one, which is empty then. */
  private async dispatch(): Promise<void> {
    const { window } = this;
    const tasks: Promise<void>[] = [];
    for (const { stored, indexes } of groupWindow(window)) {
      // eslint-disable-next-line no-await-in-loop -- hands in no more than the workers take
      const task = await this.submit(stored, window.linesOf(indexes), indexes.length, (lines) =>
        window.answer(indexes, lines),
      );
      tasks.push(task.done);
    }
    const previous = this.tail;
    this.tail = this.finishWindow(previous, tasks, window);
    // A failure shows at the next await of it.
    this.tail.catch(() => undefined);
    await previous;
    [this.window, this.other] = [this.other, window];
  }

  /** Waits for a free place, hands the task in, and returns without waiting for its end. */
  private async submit(
    stored: boolean,
    lines: Uint8Array<ArrayBuffer>,
    count: number,
    use: (lines: PackedLines) => void,
  ): Promise<{ done: Promise<void> }> {
    const { pool, onResult } = this.options;
    await pool.ready();
    const seq = this.seq;
    this.seq += 1;
    const done = pool.run({ seq, stored, lines, count }).then((result) => {
      use(new PackedLines(result.packed));
      onResult(result);
      return undefined;
    });
    done.catch(() => undefined);
    return { done };
  }

  private async finishWindow(previous: Promise<void>, tasks: Promise<void>[], window: PlanWindow): Promise<void> {
    await previous;
    await Promise.all(tasks);
    const { entries } = this.options;
    for (let index = 0; index < window.count; index += 1) {
      const answer = window.answerTo(index);
      if (answer === null || answer.lines.isMissing(answer.place)) {
        const item = window.parsed(index);
        // eslint-disable-next-line no-await-in-loop -- entries are written in order
        if (item.kind === 'entry') await this.finishEntry(item);
        else entries.pushKept(item);
      } else {
        const { lines, place } = answer;
        entries.pushBytes(lines.text, lines.start(place), lines.end(place), lines.facts(place));
      }
      // eslint-disable-next-line no-await-in-loop -- back-pressure
      if (entries.full) await entries.flush();
    }
    window.clear();
  }

  /** Writes an entry of which no worker made a line. */
  private async finishEntry(entry: PlanEntry): Promise<void> {
    const line =
      entry.type === 'hardlink'
        ? await this.linkLine(entry)
        : entry.type === 'dir'
          ? await this.folderLine(entry)
          : null;
    if (line !== null) this.options.entries.push(line);
    else if (entry.linked === true) this.replaced.set(keyOf(entryPath(entry)), null);
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
    const file = Buffer.from(`${JSON.stringify({ ...rest, type: 'file' })}\n`);
    const task = await this.submit(false, new Uint8Array(file), 1, (lines) => {
      line = lines.line(0);
      lines.free();
    });
    await task.done;
    if (line !== null) this.replaced.set(first, entryPath(entry));
    return line;
  }
}
