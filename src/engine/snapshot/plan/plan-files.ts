import { realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JobJournal } from '../../ports/job-context.js';
import { displayPath, releasedBundles, type ParentBackup } from '../manifest/index.js';
import { TreeWalk, type Excluded, type WalkReporter, type WalkRoot } from '../walk/index.js';
import { readJsonFile, requireSpace, WarningLog, writeJsonFile } from '../work/index.js';
import { FileMerge } from './file-merge.js';
import { KeptEntries } from './kept-entries.js';
import { PackTotals } from './pack-totals.js';
import { ParentLines } from './parent-lines.js';
import { PlanOutput } from './plan-output.js';
import { PLAN_SUMMARY_FILE, type KeptTotals, type PlannedRoot, type PlanSummary } from './types.js';

export interface PlanFilesOptions {
  roots: readonly WalkRoot[];
  /** Anchored patterns for the root with the prefix `files`. */
  excludes: readonly string[];
  /** Absolute paths that are left out wherever they are met. */
  neverPack: readonly string[];
  workDir: string;
  signal: AbortSignal;
  journal: JobJournal;
  /** The backup to compare with; entries that are as they were are kept, not planned. Default null: a full backup. */
  parent?: ParentBackup | null;
  /** Keep nothing: every file is read again (what is stored already is then found by its hash). */
  reread?: boolean;
}

export interface FilePlan {
  files: number;
  bytes: number;
  entries: number;
  excluded: Excluded[];
  /** When the walk began, ISO 8601. */
  filesAt: string;
  kept: KeptTotals;
}

/**
 * Walks the roots, compares with the parent, and writes what there is to pack and what is kept into `<workDir>/files.plan` (durable
 * when it resolves; starts anew when called again). Unreadable entries are warnings (FILE_UNREADABLE). Throws DISK_FULL when
 * the bundle would not fit into the work folder, SITE_UNREADABLE, EXCLUDE_PATTERN_INVALID, MANIFEST_DAMAGED (the parent's), JOB_CANCELLED.
 */
export async function planFiles(options: PlanFilesOptions): Promise<FilePlan> {
  const { workDir, signal, journal, parent = null, reread = false } = options;
  const filesAt = new Date().toISOString();
  await rm(join(workDir, PLAN_SUMMARY_FILE), { force: true });
  const warnings = new WarningLog();
  const roots = options.roots.map(resolveRoot);
  const lines = parent === null || reread ? null : await ParentLines.open(parent.manifestPath);
  const tree = new TreeWalk(options, { isLarge: (lines?.entries ?? 0) >= LARGE_TREE, signal });
  const output = await PlanOutput.create(workDir, lines !== null);
  const { plan, structure } = output;
  const kept = new KeptEntries(plan, structure);
  const totals = new PackTotals();
  try {
    const report = reporter(journal, warnings);
    const merge = new FileMerge({ plan, structure, kept, totals, report, parent, lines });
    for await (const batch of tree.batches()) {
      await merge.add(batch);
      journal.progress({ bytesDone: totals.sums.bytes + kept.bytes, itemsDone: totals.sums.entries + kept.entries });
    }
    kept.endRun();
  } catch (error) {
    await output.abandon();
    throw error;
  } finally {
    await lines?.close();
  }
  await output.finish();
  const { excluded } = tree;
  const summary: PlanSummary = {
    version: 2,
    filesAt,
    ...totals.sums,
    kept: kept.sums,
    parent: parent?.backupId ?? null,
    released: parent === null ? [] : [...releasedBundles(parent)],
    excluded,
    roots,
    ...warnings.list(),
  };
  await writeJsonFile(join(workDir, PLAN_SUMMARY_FILE), summary);
  await requireSpace(workDir, estimateBytes(summary));
  const { files, bytes, entries } = totals.sums;
  return { files, bytes, entries, excluded, filesAt, kept: summary.kept };
}

/** The facts of the plan in a work folder, or null when it has none (or one that was not finished). */
export async function readPlanSummary(workDir: string): Promise<PlanSummary | null> {
  const value = await readJsonFile(join(workDir, PLAN_SUMMARY_FILE));
  return isSummary(value) ? value : null;
}

function isSummary(value: unknown): value is PlanSummary {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 2;
}

/** From so many entries on the walk has a thread of its own. */
const LARGE_TREE = 50_000;
const TEXT_RATIO = 0.6;
const BYTES_PER_ENTRY = 400;
/** A kept entry's line in the manifest, and maybe a member without content. */
const BYTES_PER_KEPT_ENTRY = 150;
const BASE_BYTES = 4 * 1024 * 1024;

/** About how many bytes the bundle and the manifest of a plan will take in the work folder; rather too many. */
export function estimateBytes(plan: Pick<PlanSummary, 'mediaBytes' | 'textBytes' | 'entries' | 'kept'>): number {
  const entries = plan.entries * BYTES_PER_ENTRY + plan.kept.entries * BYTES_PER_KEPT_ENTRY;
  return Math.ceil(plan.mediaBytes * 1.01 + plan.textBytes * TEXT_RATIO + entries + BASE_BYTES);
}

function reporter(journal: JobJournal, warnings: WarningLog): WalkReporter {
  return {
    unreadable: (path, reason) => {
      const shown = displayPath(path);
      const warning = { code: 'FILE_UNREADABLE', message: `${shown} can't be read: ${reason}.` };
      warnings.add(warning);
      journal.warn({ ...warning, context: { path: shown } });
    },
    skipped: (path, reason) => journal.note(`${displayPath(path)} is left out: ${reason}.`),
  };
}

function resolveRoot(root: WalkRoot): PlannedRoot {
  const isFolder = statSync(root.path, { throwIfNoEntry: false })?.isDirectory() === true;
  const realPath = isFolder
    ? realPathOf(root.path)
    : Buffer.concat([realPathOf(dirname(root.path)), Buffer.from(`/${basename(root.path)}`)]);
  return { prefix: root.prefix, realPath: realPath.toString('base64') };
}

/** A root that can't be resolved stays as it is: the walk reports it. */
function realPathOf(path: string): Buffer {
  try {
    return realpathSync.native(path, { encoding: 'buffer' });
  } catch {
    return Buffer.from(path);
  }
}
