import { linkSync, mkdirSync, renameSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { DirectoryHandle, identityOf } from '../../native/directory.js';
import { setMtimeNs } from '../../native/posix.js';
import type { BackupSource, JobWarning } from '../../ports/index.js';
import { openBase, openTarget } from './activation.js';
import { diskFull } from './errors.js';
import { extractTree, type ExtractOptions, type ExtractSummary } from './extract.js';
import { removeTree } from './remove-tree.js';
import { readSharedFiles, SharedFileList } from './reuse-list.js';
import { Reuse, type ReuseSummary } from './reuse.js';
import { selectEntries, type Selection, type SelectionFacts, type TreeEntry } from './select.js';
import { CHANGED_LIST, SHARED_LIST } from './settle.js';
import type { JournaledStaging } from './staging.js';
import { latin1 } from './target.js';

const REPAIR_FOLDER = 'repair';
const RELINKED = 'relinked';
const PROGRESS_MS = 250;
const NS_PER_MS = 1_000_000n;

export interface DeltaParts {
  source: BackupSource;
  selection: Selection;
  facts: SelectionFacts;
  options: ExtractOptions;
  /** Relative paths whose staged file is changed before the swap. */
  edited: readonly string[];
  /** Bytes that must stay free, whatever is written. */
  spare: number;
}

export interface DeltaSummary extends ExtractSummary {
  reuse: ReuseSummary;
}

/** The part of a restore that makes it fetch only what differs from the live tree. */
export class DeltaRestore {
  constructor(private readonly parts: DeltaParts) {}

  /**
   * Fills the fresh tree: what the live tree has is linked or copied, the rest is fetched. Not durable: sync afterwards. Throws
   * as `extractTree` does, and DISK_FULL as soon as it is known that what must be written does not fit.
   */
  async extract(open: JournaledStaging, tree: DirectoryHandle): Promise<DeltaSummary> {
    const { source, selection, facts } = this.parts;
    const base = openBase(open.journal);
    const live = openTarget(open.journal, base);
    const shared = new SharedFileList(open.staging, SHARED_LIST);
    try {
      const progress = new DeltaProgress(this.parts.options.onProgress);
      const options = { ...this.parts.options, onProgress: progress.onProgress };
      const reuse = new Reuse({
        ...this.reuseParts(),
        live,
        staging: open.staging,
        tree,
        shared,
        unshared: await this.unshared(),
        space: await this.space(open),
        onReused: progress.onReused,
      });
      const entries = reuse.offer(selectEntries(source, selection, facts));
      const summary = await extractTree(source, entries, tree, { ...options, reuse });
      return { ...summary, reuse: reuse.summary };
    } finally {
      shared.close();
      live?.close();
      base.close();
    }
  }

  /**
   * Replaces the files on the list of changed ones in the staged tree, by a copy where only their facts changed, else from the
   * backup; the names they have besides follow. Returns what could not be set.
   */
  async repair(staging: DirectoryHandle, tree: DirectoryHandle): Promise<JobWarning[]> {
    const { source } = this.parts;
    // Progress is told by the stage that stages.
    const { onProgress: _, ...options } = this.parts.options;
    await removeTree(staging, REPAIR_FOLDER, 'the staging folder');
    mkdirSync(staging.path(REPAIR_FOLDER), 0o700);
    const fresh = DirectoryHandle.open(staging.path(REPAIR_FOLDER));
    try {
      const reuse = new Reuse({ ...this.reuseParts(), live: tree, staging, tree: fresh, shared: null });
      const { warnings } = await extractTree(source, reuse.offer(this.changed(staging)), fresh, { ...options, reuse });
      for await (const { path } of readSharedFiles(staging, CHANGED_LIST))
        fresh.inParent(path, (from, name) => moveInto(tree, path, from.path(name)));
      await this.relink(staging, tree);
      return warnings;
    } finally {
      fresh.close();
      await removeTree(staging, REPAIR_FOLDER, 'the staging folder');
    }
  }

  private async *changed(staging: DirectoryHandle): AsyncGenerator<TreeEntry> {
    const { source, selection, facts } = this.parts;
    const files = readSharedFiles(staging, CHANGED_LIST);
    try {
      let wanted = await files.next();
      for await (const item of selectEntries(source, selection, facts)) {
        // Both are in path order, and every one of them is an entry.
        if (wanted.done === true) return;
        if (item.path !== wanted.value.path) continue;
        yield item;
        wanted = await files.next();
      }
    } finally {
      await files.return(undefined);
    }
  }

  /** Hard links whose first name is another file now. */
  private async relink(staging: DirectoryHandle, tree: DirectoryHandle): Promise<void> {
    const { source, selection, facts } = this.parts;
    for await (const { path, entry, linkTo } of selectEntries(source, selection, facts)) {
      if (entry.type !== 'hardlink' || linkTo === undefined) continue;
      const [first, own] = [tree.find(linkTo), tree.find(path)];
      if (first === null || own === null || identityOf(first) === identityOf(own)) continue;
      tree.inParent(linkTo, (from, name) => linkSync(from.path(name), staging.path(RELINKED)));
      moveInto(tree, path, staging.path(RELINKED));
    }
  }

  private reuseParts() {
    const { source, options } = this.parts;
    const filesAt = Date.parse(source.header.filesAt);
    return {
      filesAt: Number.isNaN(filesAt) ? 0n : BigInt(filesAt) * NS_PER_MS,
      ownership: options.ownership,
      signal: options.signal,
    };
  }

  /** Paths that are changed later, and the first names of those that are hard links: no content of theirs may be the live one's. */
  private async unshared(): Promise<Set<string>> {
    const { source, selection, facts, edited } = this.parts;
    const paths = new Set(edited.map((path) => latin1(path)));
    if (paths.size === 0) return paths;
    const firsts = new Set<string>();
    for await (const { path, linkTo } of selectEntries(source, selection, facts))
      if (linkTo !== undefined && paths.has(path)) firsts.add(linkTo);
    return new Set([...paths, ...firsts]);
  }

  private async space(open: JournaledStaging): Promise<{ free: number; folder: string }> {
    const { bavail, bsize } = await statfs(open.path);
    const free = bavail * bsize - this.parts.spare;
    if (free < 0) throw diskFull(open.path, this.parts.spare, bavail * bsize);
    return { free, folder: open.path };
  }
}

/** Puts a file in the place of another one; the folder's time stays. */
function moveInto(tree: DirectoryHandle, path: string, from: Buffer): void {
  tree.inParent(path, (parent, name) => {
    const mtime = parent.facts().mtimeNs;
    renameSync(from, parent.path(name));
    setMtimeNs(parent.path('.'), mtime);
  });
}

type Progress = Parameters<NonNullable<ExtractOptions['onProgress']>>[0];

/** Adds up what is fetched and what is found on disk. */
class DeltaProgress {
  #fetched = { bytesDone: 0, itemsDone: 0 };
  #reused = { bytes: 0, items: 0 };
  #next = 0;

  constructor(private readonly report: ExtractOptions['onProgress']) {}

  readonly onProgress = (progress: Progress): void => {
    this.#fetched = progress;
    this.#tell(progress.current);
  };

  readonly onReused = (path: string, bytes: number): void => {
    this.#reused.bytes += bytes;
    this.#reused.items += 1;
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + PROGRESS_MS;
    this.#tell(path);
  };

  #tell(current: string): void {
    this.report?.({
      bytesDone: this.#fetched.bytesDone + this.#reused.bytes,
      itemsDone: Math.max(this.#fetched.itemsDone, this.#reused.items),
      current,
    });
  }
}
