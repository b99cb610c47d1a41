import { realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JobJournal } from '../../ports/job-context.js';
import { displayPath, withPath, withTarget } from '../manifest/paths.js';
import type { ParentBackup } from '../manifest/types.js';
import { Walk, type Excluded, type WalkEntry, type WalkReporter, type WalkRoot } from '../walk/index.js';
import { LineFrameWriter, readJsonFile, requireSpace, WarningLog, writeJsonFile } from '../work/index.js';
import { extensionOf, isMediaExtension } from './media.js';
import {
  PLAN_FILE,
  PLAN_SUMMARY_FILE,
  type KeptTotals,
  type PlanEntry,
  type PlannedRoot,
  type PlanSummary,
} from './types.js';

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

type Totals = Pick<PlanSummary, 'entries' | 'files' | 'bytes' | 'mediaBytes' | 'textBytes' | 'hardlinks'>;

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
 * Walks the roots and writes what there is to pack into `<workDir>/files.plan` (durable when it resolves; starts
 * anew when called again). Unreadable entries are warnings (FILE_UNREADABLE). Throws DISK_FULL when the bundle would not
 * fit into the work folder, SITE_UNREADABLE, EXCLUDE_PATTERN_INVALID, JOB_CANCELLED.
 */
export async function planFiles(options: PlanFilesOptions): Promise<FilePlan> {
  const filesAt = new Date().toISOString();
  const warnings = new WarningLog();
  const walk = new Walk({ ...options, report: reporter(options.journal, warnings) });
  const roots = options.roots.map(resolveRoot);
  const writer = await LineFrameWriter.create(join(options.workDir, PLAN_FILE), { level: 1 });
  await rm(join(options.workDir, PLAN_SUMMARY_FILE), { force: true });
  const totals: Totals = { entries: 0, files: 0, bytes: 0, mediaBytes: 0, textBytes: 0, hardlinks: 0 };
  try {
    for await (const batch of walk.entries()) {
      for (const entry of batch) {
        writer.push(planEntry(entry));
        count(totals, entry);
      }
      if (writer.full) await writer.flush();
      options.journal.progress({ bytesDone: totals.bytes, itemsDone: totals.entries });
    }
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  await writer.finish();
  const excluded = walk.excluded.map((kept) => ({ ...kept }));
  const kept = { entries: 0, files: 0, bytes: 0, live: {} };
  const summary: PlanSummary = {
    version: 2,
    filesAt,
    ...totals,
    kept,
    parent: null,
    released: [],
    excluded,
    roots,
    ...warnings.list(),
  };
  await writeJsonFile(join(options.workDir, PLAN_SUMMARY_FILE), summary);
  await requireSpace(options.workDir, estimateBytes(summary));
  return { files: totals.files, bytes: totals.bytes, entries: totals.entries, excluded, filesAt, kept };
}

/** The facts of the plan in a work folder, or null when it has none (or one that was not finished). */
export async function readPlanSummary(workDir: string): Promise<PlanSummary | null> {
  const value = await readJsonFile(join(workDir, PLAN_SUMMARY_FILE));
  return isSummary(value) ? value : null;
}

function isSummary(value: unknown): value is PlanSummary {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 2;
}

const TEXT_RATIO = 0.6;
const BYTES_PER_ENTRY = 400;
const BASE_BYTES = 4 * 1024 * 1024;

/** About how many bytes the bundle and the manifest of a plan will take in the work folder; rather too many. */
export function estimateBytes(plan: Pick<PlanSummary, 'mediaBytes' | 'textBytes' | 'entries'>): number {
  return Math.ceil(plan.mediaBytes * 1.01 + plan.textBytes * TEXT_RATIO + plan.entries * BYTES_PER_ENTRY + BASE_BYTES);
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

function planEntry(entry: WalkEntry): PlanEntry {
  return {
    kind: 'entry',
    ...withPath(entry.path),
    type: entry.type,
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: String(entry.mtimeNs),
    ctime: String(entry.ctimeNs),
    inode: String(entry.inode),
    dev: String(entry.dev),
    ...(entry.target === null ? {} : withTarget(entry.target)),
    ...(entry.linked ? { linked: true as const } : {}),
  };
}

function count(totals: Totals, entry: WalkEntry): void {
  totals.entries += 1;
  if (entry.type === 'hardlink') totals.hardlinks += 1;
  if (entry.type !== 'file') return;
  totals.files += 1;
  totals.bytes += entry.size;
  if (isMediaExtension(extensionOf(entry.path.toString('latin1')))) totals.mediaBytes += entry.allocated;
  else totals.textBytes += entry.allocated;
}
