import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DirectoryHandle } from '../../native/directory.js';
import { syncFileSystem } from '../../native/posix.js';
import type { BackupSource, JobWarning } from '../../ports/index.js';
import { activateStaged } from './activation.js';
import type { CarryRules } from './carry.js';
import { DeltaRestore } from './delta.js';
import { diskFull, targetChanged, translateFile } from './errors.js';
import { extractTree, type ExtractOptions, type ExtractSummary } from './extract.js';
import { readPointer, syncParents, writeJournal, writePointer } from './journal.js';
import { makeStaging, makeTree, mtimeOf } from './make-staging.js';
import { rollBackFileRestore } from './recover.js';
import type { ReuseSummary } from './reuse.js';
import { cleanPaths, measureSelection, selectEntries, type Selection } from './select.js';
import { settleShared } from './settle.js';
import { openStaging, outOfOrder, removeStaging, TREE_FOLDER, type JournaledStaging } from './staging.js';
import {
  checkChosenPath,
  checkWholeTarget,
  latin1,
  makeFolders,
  missingFolders,
  resolveTarget,
  stagingPlace,
} from './target.js';

export interface FileRestoreOptions {
  jobId: string;
  /** The job's folder: a pointer to the staging folder is kept there, for `rollBackFileRestores`. */
  workDir: string;
  /** Absolute path of the folder that the prefix's tree is restored into. Made when missing. */
  target: string;
  /** Member path of the tree's root in the backup. Default `files`. */
  prefix?: string;
  /** Tells apart several restores of one job. Default `files`. */
  label?: string;
  /** Only these paths, relative to the root; empty or absent = the whole tree. */
  paths?: readonly string[];
  /** With chosen paths: further relative paths that must be gone afterwards (the journal of a database file, say). */
  remove?: readonly string[];
  extraFiles: 'delete' | 'keep';
  /** Absolute or relative paths on disk that stay as they are: nested sites, backupd's own storage, a live SQLite file. */
  keep?: readonly string[];
  /** Folders an administrator registered: a link at the target may lead into them. */
  allowedRoots?: readonly string[];
  /** Files that are on disk already, at the same path with the right content, are not fetched and written again. */
  delta?: boolean;
  /** With `delta`: relative paths whose staged file the caller changes before `activate`. */
  edited?: readonly string[];
  /** Puts the staging folder into the target even where it could be beside it. */
  stageInside?: boolean;
  onWarning?: (warning: JobWarning) => void;
  /** For tests only: called after each step that changes the disk. */
  onStep?: (step: string) => void;
}

export type StageOptions = Omit<ExtractOptions, 'reuse'>;

export interface StageSummary extends ExtractSummary {
  /** Of a delta restore: what was on disk, and what was fetched. */
  reuse?: ReuseSummary;
}

const BYTES_PER_ENTRY = 512;
const SPACE_MARGIN = 16 * 1024 * 1024;

/**
 * Restores files into a place that is in use: `prepare` makes a staging folder, `stage` writes and checks everything
 * there, `activate` swaps it in (atomically where the file system can), `commit` removes the old state, `rollBack` puts it
 * back. Until `commit` nothing old is lost. After a crash at any instant `rollBackFileRestores` does the rest.
 */
export class FileRestore {
  #delta: DeltaRestore | null = null;

  private constructor(
    private readonly options: FileRestoreOptions,
    readonly selection: Selection,
    /** The folder restored into, without links. */
    readonly target: string,
    private readonly staging: { base: string; name: string },
  ) {}

  /**
   * Checks the target and makes the staging folder. What an earlier attempt of the same job and label left is rolled
   * back first. Throws RESTORE_TARGET_REFUSED, RESTORE_TARGET_LINK, RESTORE_MOUNT_INSIDE, RESTORE_PATH_INVALID, RESTORE_DENIED.
   */
  static async prepare(options: FileRestoreOptions): Promise<FileRestore> {
    const label = options.label ?? 'files';
    await rollBackFileRestore(options.workDir, label);
    const paths = cleanPaths(options.paths ?? []);
    const removed = cleanPaths(options.remove ?? []);
    const whole = paths.length === 0;
    const target = resolveTarget(options.target, options.allowedRoots);
    if (whole) checkWholeTarget(target);
    for (const path of [...paths, ...removed]) checkChosenPath(target, path);

    const place = options.stageInside === true && target.exists ? 'inside' : stagingPlace(target);
    const base = whole && place === 'beside' ? dirname(target.real) : target.real;
    const stagingBase = place === 'beside' ? dirname(target.real) : target.real;
    const suffix = label === 'files' ? '' : `-${label}`;
    const name = `.backupd-restore-${options.jobId}${suffix}`;
    const madeFolders = missingFolders(target.real, !whole);
    const finish = place === 'inside' ? { mtime: mtimeOf(target.real) } : null;
    writePointer(options.workDir, {
      jobId: options.jobId,
      label,
      base: stagingBase,
      stagingName: name,
      madeFolders,
      finish,
    });
    makeFolders(madeFolders);
    syncParents(madeFolders);
    makeStaging({
      options,
      label,
      whole,
      target: target.real,
      base,
      stagingBase,
      name,
      madeFolders,
    });
    const selection = { prefix: options.prefix ?? 'files', paths };
    return new FileRestore(options, selection, target.real, { base: stagingBase, name });
  }

  /** Absolute path of the staged tree, from `stage` until `activate`: what may still be looked at or adapted there. */
  get stagedTree(): string {
    return `${this.staging.base}/${this.staging.name}/${TREE_FOLDER}`;
  }

  /** A restore that was prepared before, by this or an earlier process, with the same options; null when there is none. */
  static resume(options: FileRestoreOptions): FileRestore | null {
    const pointer = readPointer(options.workDir, options.label ?? 'files');
    if (pointer === null || pointer.jobId !== options.jobId) return null;
    const open = openStaging(pointer.base, pointer.stagingName);
    const journal = open?.journal ?? null;
    open?.close();
    if (journal === null) return null;
    const selection = { prefix: options.prefix ?? 'files', paths: cleanPaths(options.paths ?? []) };
    return new FileRestore(options, selection, journal.target, { base: pointer.base, name: pointer.stagingName });
  }

  /**
   * Writes the selected entries into the staging folder, every byte checked, and makes them durable. Nothing at the place
   * is touched. Throws DISK_FULL (with bytes needed and free), BUNDLE_DAMAGED, MANIFEST_DAMAGED, MANIFEST_UNSAFE, BACKUP_PATH_NOT_FOUND.
   */
  async stage(source: BackupSource, options: StageOptions = {}): Promise<StageSummary> {
    const { selection } = this;
    const facts = await measureSelection(source, selection);
    const overhead = facts.entries * BYTES_PER_ENTRY;
    if (this.options.delta === true) {
      const edited = this.options.edited ?? [];
      this.#delta = new DeltaRestore({ source, selection, facts, options, edited, spare: overhead + SPACE_MARGIN });
    } else await this.requireSpace(facts.bytes + overhead);
    return this.withStaging(async (open) => {
      const tree = makeTree(open.staging);
      try {
        const summary: StageSummary =
          this.#delta === null
            ? await extractTree(source, selectEntries(source, selection, facts), tree, options)
            : await this.#delta.extract(open, tree);
        await syncFileSystem(tree.fd);
        for (const warning of summary.warnings) this.options.onWarning?.(warning);
        this.step('extracted');
        open.journal.phase = 'staged';
        writeJournal(open.staging, open.journal);
        this.step('staged');
        return summary;
      } catch (error) {
        throw translateFile(error, 'written', this.staging.name, this.staging.base);
      } finally {
        tree.close();
      }
    });
  }

  /**
   * Swaps the staged tree in. Files on disk that outlive the restore (excluded ones, `keep`, extra ones when asked) move
   * with it. When it throws, call `rollBack`. `excludes` are the patterns of the backup's header.
   */
  async activate(excludes: readonly string[]): Promise<void> {
    await this.withStaging(async (open) => {
      const rules: CarryRules = {
        excludes: this.selection.prefix === 'files' ? excludes : [],
        keep: (this.options.keep ?? []).map((path) => this.relative(path)).filter((path) => path !== null),
        extraFiles: this.options.extraFiles,
      };
      await activateStaged(open, {
        paths: this.selection.paths,
        remove: cleanPaths(this.options.remove ?? []),
        rules,
        settle: (staging, tree) => this.settle(staging, tree),
        onStep: (step) => this.step(step),
      });
    });
  }

  /** The point of no return, durable and quick: from here a crash ends in the new state. Idempotent. */
  async seal(): Promise<void> {
    await this.withStaging(async ({ staging, journal }) => {
      if (journal.phase === 'committed') return;
      if (journal.phase !== 'activated') throw outOfOrder('commit', journal.phase);
      journal.phase = 'committed';
      writeJournal(staging, journal);
    });
  }

  /** Seals, and removes the old state. Idempotent. Throws FILE_IMMUTABLE, RESTORE_MOUNT_INSIDE; may be called again. */
  async commit(): Promise<void> {
    await this.seal();
    this.step('committed');
    await this.withStaging((open) =>
      removeStaging(open, open.journal, this.options.workDir, (step) => this.step(step)),
    );
  }

  /** Puts the old state back and removes all litter; completes a commit that had begun. Idempotent. */
  async rollBack(): Promise<void> {
    await rollBackFileRestore(this.options.workDir, this.options.label ?? 'files', this.options.onStep);
  }

  /** What the staged tree shares with the live one may have changed since it was staged. */
  private async settle(staging: DirectoryHandle, tree: DirectoryHandle): Promise<void> {
    const delta = this.#delta;
    const repair = async (): Promise<void> => {
      for (const warning of (await delta?.repair(staging, tree)) ?? []) this.options.onWarning?.(warning);
    };
    try {
      await settleShared({
        staging,
        tree,
        target: this.target,
        repair: delta === null ? null : repair,
        onStep: (step) => this.step(step),
      });
    } catch (error) {
      throw translateFile(error, 'written', this.staging.name, this.staging.base);
    }
  }

  private step(step: string): void {
    this.options.onStep?.(step);
  }

  /** A path to keep, relative to the target (latin1); null when it lies elsewhere. */
  private relative(path: string): string | null {
    if (!path.startsWith('/')) return latin1(path.replace(/\/+$/, ''));
    const full = path.replace(/\/+$/, '');
    for (const root of [this.target, this.options.target.replace(/\/+$/, '')]) {
      if (full.startsWith(`${root}/`)) return latin1(full.slice(root.length + 1));
    }
    return null;
  }

  private async requireSpace(needed: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.staging.base);
    const free = bavail * bsize;
    if (free < needed + SPACE_MARGIN) throw diskFull(this.staging.base, needed + SPACE_MARGIN, free);
  }

  private async withStaging<T>(work: (open: JournaledStaging) => Promise<T>): Promise<T> {
    const open = openStaging(this.staging.base, this.staging.name);
    if (open === null) throw targetChanged(this.target);
    try {
      const { journal } = open;
      if (journal === null) throw targetChanged(this.target);
      return await work({ ...open, journal });
    } finally {
      open.close();
    }
  }
}
