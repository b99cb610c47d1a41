import type { SharedKnownContent } from '../known-content/index.js';
import type { PlanEntry, PlannedRoot } from '../plan/index.js';

/** What a pack worker is started with. */
export interface PackWorkerData {
  /** File descriptor of the bundle, open for writing. */
  fd: number;
  roots: PlannedRoot[];
  /** Id of the bundle. */
  bundle: number;
  /** What is stored already and need not be stored again. */
  known: SharedKnownContent | null;
  level: number;
  shared: SharedArrayBuffer;
}

/** A run of entries that becomes one or more frames. Tasks get their place in the bundle in the order of `seq`. */
export interface PackTask {
  seq: number;
  /** Whether the content is stored (media) or compressed. */
  stored: boolean;
  items: PlanEntry[];
}

export interface PackWarning {
  code: 'FILE_UNREADABLE' | 'FILE_CHANGED';
  message: string;
  path: string;
}

export interface PackResult {
  seq: number;
  /** Where the task's first frame begins, and the sizes of its frames: compressed, content, compressed, content, … */
  offset: number;
  frames: number[];
  /** The manifest's entry of each item as JSON, or null where it was left out. */
  lines: (string | null)[];
  warnings: PackWarning[];
  notes: string[];
  files: number;
  bytes: number;
}

export type PackReply =
  | { kind: 'result'; result: PackResult }
  | { kind: 'failed'; message: string; code: string | null; stack: string };

export interface HashWorkerData {
  path: string;
  /** One 32-bit word: not zero = read no further. */
  stopped: SharedArrayBuffer;
}

/** The bytes before `upTo` are final; with `last`, they are all there are. */
export interface HashRequest {
  upTo: number;
  last: boolean;
}

export type HashReply = { kind: 'digest'; sha256: string } | { kind: 'failed'; message: string; code: string | null };

export interface FrameWorkerData {
  /** Open for writing. */
  fd: number;
  level: number;
  slots: SharedArrayBuffer[];
}

/** The first bytes of a slot become a frame at this offset. */
export interface FrameRequest {
  slot: number;
  length: number;
  offset: number;
}

export type FrameReply = { kind: 'stored'; bytes: number } | { kind: 'failed'; message: string; code: string | null };
