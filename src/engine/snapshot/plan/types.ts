import type { KeptRun } from '../manifest/entry-spool.js';
import type { ManifestEntry } from '../manifest/types.js';
import type { Excluded } from '../walk/index.js';
import type { WarningList } from '../work/index.js';

/**
 * One entry to be packed: the manifest's entry as the walk saw it, without content. `linked` marks the first name of
 * a file with several.
 */
export type PlanEntry = ManifestEntry & { linked?: true };

/** A line of the plan, in path order. */
export type PlanItem = PlanEntry | KeptRun;

/** What is kept of the parent. */
export interface KeptTotals {
  entries: number;
  files: number;
  /** Sum of the sizes of the kept files. */
  bytes: number;
  /** Stored bytes that kept entries point to, by bundle id. */
  live: Record<string, number>;
}

/** A root as it was resolved when the plan was made. */
export interface PlannedRoot {
  prefix: string;
  /** Base64 of the real path's bytes. */
  realPath: string;
}

/** Facts about a plan, kept beside it in `files.json`. What is not under `kept` counts only what is to be packed. */
export interface PlanSummary extends WarningList {
  version: 2;
  /** When the walk began. */
  filesAt: string;
  entries: number;
  files: number;
  /** Sum of the sizes of all files. */
  bytes: number;
  /** Bytes on disk (holes not counted) of media, which will not get smaller, and of all else. */
  mediaBytes: number;
  textBytes: number;
  hardlinks: number;
  kept: KeptTotals;
  /** The backup that was compared with; null for a full one. */
  parent: string | null;
  /** Bundles of the parent whose content is to be stored again: they are lost, or mostly dead. */
  released: number[];
  excluded: Excluded[];
  roots: PlannedRoot[];
}

/** The plan: `PlanItem`s as NDJSON in zstd frames, in path order. */
export const PLAN_FILE = 'files.plan';
/**
 * The lines of kept entries without stored content (folders, links, hard links, FIFOs, empty files), verbatim, in path order,
 * as NDJSON in zstd frames: they go into every bundle. Not there when nothing could be kept (a full backup, or a re-read).
 */
export const KEPT_STRUCTURE_FILE = 'kept.structure';
export const PLAN_SUMMARY_FILE = 'files.json';
