import type { ManifestEntry } from '../manifest/types.js';
import type { Excluded } from '../walk/index.js';
import type { WarningList } from '../work/index.js';

/**
 * One entry to be packed: the manifest's entry as the walk saw it, without content. `linked` marks the first name of
 * a file with several.
 */
export type PlanEntry = ManifestEntry & { linked?: true };

/** A root as it was resolved when the plan was made. */
export interface PlannedRoot {
  prefix: string;
  /** Base64 of the real path's bytes. */
  realPath: string;
}

/** Facts about a plan, kept beside it in `files.json`. */
export interface PlanSummary extends WarningList {
  version: 1;
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
  excluded: Excluded[];
  roots: PlannedRoot[];
}

export const PLAN_FILE = 'files.plan';
export const PLAN_SUMMARY_FILE = 'files.json';
