import type { EntryType } from '../manifest/types.js';

/** A tree (or one file) to walk, and where its members go. */
export interface WalkRoot {
  /** Member path of the root itself: `files`, or `external/<absolute path without leading slash>`. */
  prefix: string;
  /** Absolute path. A link here is followed when it leads to a folder; nowhere else. */
  path: string;
}

/** One thing found, described as it was at that moment. Paths are bytes. */
export interface WalkEntry {
  /** Member path. */
  path: Buffer;
  type: EntryType;
  /** Size of a file; 0 for all else. */
  size: number;
  /** Bytes of a file that take space on the disk (less than `size` where it has holes). */
  allocated: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  inode: bigint;
  dev: bigint;
  /** More than one name leads to this file, and this is the first of them in path order. */
  linked: boolean;
  /** Target of a symlink; member path of a hard link's first name. */
  target: Buffer | null;
}

/** Where the walk tells what it could not take. It goes on in every case. */
export interface WalkReporter {
  /** Could not be read: the backup is partial. */
  unreadable(path: Buffer, reason: string): void;
  /** Gone, of a kind that is not backed up, or backupd's own: worth a line in the log. */
  skipped(path: Buffer, reason: string): void;
}

/** What to walk. */
export interface ScanOptions {
  roots: readonly WalkRoot[];
  /** Anchored patterns for the root with the prefix `files`. */
  excludes: readonly string[];
  /** Absolute paths that are left out wherever they are met, by path and by identity. */
  neverPack: readonly string[];
}

export interface WalkOptions extends ScanOptions {
  report: WalkReporter;
  signal: AbortSignal;
}
