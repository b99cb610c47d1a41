import { errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle } from '../../native/directory.js';
import { undoActivation } from './activation.js';
import { listPointers, readPointer, type RestorePhase } from './journal.js';
import { finishPointer, openStaging, removeStaging } from './staging.js';

/**
 * Brings one restore of files to an end after a failure, a cancel or a crash at any instant: the old state is put back, or,
 * when it was committed, the rest of the old state is removed. No litter stays. Idempotent; nothing noted = nothing to do.
 */
export async function rollBackFileRestore(
  workDir: string,
  label = 'files',
  onStep: (step: string) => void = () => undefined,
): Promise<void> {
  const pointer = readPointer(workDir, label);
  if (pointer === null) return;
  const open = openStaging(pointer.base, pointer.stagingName);
  if (open === null) {
    const parent = openFolder(pointer.base);
    try {
      finishPointer(workDir, label, parent);
    } finally {
      parent?.close();
    }
    return;
  }
  try {
    const { journal } = open;
    if (journal !== null && (journal.phase === 'activating' || journal.phase === 'activated')) {
      await undoActivation({ ...open, journal }, onStep);
    }
    await removeStaging(open, journal, workDir, onStep);
    if (journal === null) finishPointer(workDir, label, open.parent);
  } finally {
    open.close();
  }
}

/**
 * How far a restore of files has come; null when none is noted or nothing is left of it. `committed` = it can only be
 * completed: what belongs to it elsewhere (a database) must go forward too.
 */
export function fileRestorePhase(workDir: string, label = 'files'): RestorePhase | null {
  const pointer = readPointer(workDir, label);
  const open = pointer === null ? null : openStaging(pointer.base, pointer.stagingName);
  open?.close();
  return open?.journal?.phase ?? null;
}

/** `rollBackFileRestore` for all restores of files that a job's work folder knows, the last begun first. */
export async function rollBackFileRestores(workDir: string): Promise<void> {
  for (const label of listPointers(workDir).toReversed()) await rollBackFileRestore(workDir, label);
}

function openFolder(path: string): DirectoryHandle | null {
  try {
    return DirectoryHandle.open(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
}
