import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import type { DirectoryHandle } from '../../native/directory.js';

/**
 * How far a restore of files has come. `staging`, `staged`: nothing at the place was touched. `activating`, `activated`: undo
 * puts the old state back. `committed`: only litter is left to remove. `undone`: the old state is back, litter is left.
 */
export type RestorePhase = 'staging' | 'staged' | 'activating' | 'activated' | 'committed' | 'undone';

/** One name that is replaced. Paths are latin1 text of their bytes. */
export interface SwapItem {
  /** Relative to the base folder. */
  place: string;
  /** Of the new content, relative to the staging folder. */
  staged: string;
  /** Where the old content goes when it can't be exchanged, relative to the staging folder. */
  old: string;
  /** Identity of what was there, and of what comes; null = nothing. */
  oldId: string | null;
  newId: string | null;
  /** Modification time of the folder the place is in, kept; null when that folder is not part of the site. */
  parentMtime: string | null;
}

export interface RestoreJournal {
  format: 'backupd-restore/1';
  jobId: string;
  label: string;
  phase: RestorePhase;
  /** The folder restored into, absolute, without links. */
  target: string;
  whole: boolean;
  /** The folder that holds the staging folder and all places, and its identity. */
  base: string;
  baseId: string;
  stagingName: string;
  stagingId: string;
  /** Folders made above the target, outermost first: removed by undo when empty. */
  madeFolders: string[];
  items: SwapItem[];
  /** When the base folder is the site's own root: its time before and after. */
  baseMtime: { before: string; after: string } | null;
  /** When the root itself stays and only what is in it is replaced: its facts before, put back by undo. */
  rootFacts: { mode: number; uid: number; gid: number } | null;
}

const JOURNAL_NAME = 'journal.json';
const POINTER_FOLDER = 'file-restore';

/** Writes the journal into the staging folder, atomically and durably. */
export function writeJournal(staging: DirectoryHandle, journal: RestoreJournal): void {
  writeDurably(staging.path(`${JOURNAL_NAME}.new`), JSON.stringify(journal));
  renameSync(staging.path(`${JOURNAL_NAME}.new`), staging.path(JOURNAL_NAME));
  staging.sync();
}

/** The journal of a staging folder, or null when it was not written yet (or is removed already). */
export function readJournal(staging: DirectoryHandle): RestoreJournal | null {
  const text = readIfThere(staging.path(JOURNAL_NAME));
  if (text === null) return null;
  // Our own file, written atomically: its shape is known.
  const journal: RestoreJournal = JSON.parse(text);
  return journal;
}

/** What is kept in the job's work folder: where to look for the staging folder. */
export interface RestorePointer {
  jobId: string;
  label: string;
  base: string;
  stagingName: string;
  madeFolders: string[];
  /** The time to give, at the end, to the folder that the staging folder was in; null when that is not the site's. */
  finish: { mtime: string } | null;
}

/** Notes, durably, where a staging folder will be made; written before anything is made. */
export function writePointer(workDir: string, pointer: RestorePointer): void {
  const folder = join(workDir, POINTER_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${pointer.label}.json`);
  writeDurably(Buffer.from(`${path}.new`), JSON.stringify(pointer));
  renameSync(`${path}.new`, path);
  syncFolder(folder);
  syncFolder(workDir);
}

export function readPointer(workDir: string, label: string): RestorePointer | null {
  const text = readIfThere(Buffer.from(join(workDir, POINTER_FOLDER, `${label}.json`)));
  if (text === null) return null;
  const pointer: RestorePointer = JSON.parse(text);
  return pointer;
}

/** Labels of all restores that are noted in a work folder. */
export function listPointers(workDir: string): string[] {
  try {
    return readdirSync(join(workDir, POINTER_FOLDER))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .toSorted();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

export function removePointer(workDir: string, label: string): void {
  rmSync(join(workDir, POINTER_FOLDER, `${label}.json`), { force: true });
}

function writeDurably(path: Buffer, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function syncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the names of newly made folders durable. */
export function syncParents(folders: readonly string[]): void {
  for (const folder of folders) syncFolder(dirname(folder));
}

function readIfThere(path: Buffer): string | null {
  try {
    return readFileSync(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
