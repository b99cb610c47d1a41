import { rmdirSync, unlinkSync } from 'node:fs';
import { AppError, errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle, identityOf } from '../../native/directory.js';
import { setMtimeNs } from '../../native/posix.js';
import { targetChanged, targetRefused } from './errors.js';
import { readJournal, readPointer, removePointer, writePointer, type RestoreJournal } from './journal.js';
import { mountAtOrBelow } from './mounts.js';
import { removeTree } from './remove-tree.js';
import { latin1 } from './target.js';

/** The new tree, in the staging folder. */
export const TREE_FOLDER = 'tree';

export interface OpenStaging {
  /** The folder the staging folder is in. */
  parent: DirectoryHandle;
  staging: DirectoryHandle;
  /** Absolute path, for messages. */
  path: string;
  name: string;
  /** Null when the journal was not written yet, or is removed already: nothing was touched, or all is done. */
  journal: RestoreJournal | null;
  close(): void;
}

export type JournaledStaging = OpenStaging & { journal: RestoreJournal };

/**
 * Opens a staging folder; null when there is none. One that is not ours (a tenant's in its place) is RESTORE_TARGET_CHANGED:
 * what its journal says must not be believed.
 */
export function openStaging(base: string, name: string): OpenStaging | null {
  const parent = openIfThere(() => DirectoryHandle.open(base));
  if (parent === null) return null;
  let staging: DirectoryHandle | null = null;
  try {
    const found = openIfThere(() => DirectoryHandle.open(parent.path(latin1(name))));
    if (found === null) {
      parent.close();
      return null;
    }
    staging = found;
    const facts = found.facts();
    if (facts.uid !== BigInt(process.geteuid?.() ?? 0) || (Number(facts.mode) & 0o077) !== 0) throw targetChanged(base);
    const journal = readJournal(found);
    if (journal !== null && journal.stagingId !== identityOf(facts)) throw targetChanged(base);
    const close = (): void => {
      found.close();
      parent.close();
    };
    return { parent, staging: found, path: `${base}/${name}`, name: latin1(name), journal, close };
  } catch (error) {
    staging?.close();
    parent.close();
    throw error;
  }
}

/**
 * Removes a staging folder with all that is in it, the journal last, and puts the time of the folder it was in right. May
 * be called again when it stopped half-way. `journal` null = it has none.
 */
export async function removeStaging(
  open: OpenStaging,
  journal: RestoreJournal | null,
  workDir: string,
  onStep: (step: string) => void,
): Promise<void> {
  const mount = mountAtOrBelow(latin1(open.path));
  if (mount !== null) {
    throw targetRefused(
      open.path,
      'RESTORE_MOUNT_INSIDE',
      `another file system is mounted at ${Buffer.from(mount, 'latin1').toString()}`,
      'Unmount it there; backupd does not remove what lies on other file systems.',
    );
  }
  for (const name of open.staging.names()) {
    if (name === 'journal.json') continue;
    await removeTree(open.staging, name, open.path);
    onStep('litter removed');
  }
  open.staging.sync();
  const pointer = journal === null ? null : readPointer(workDir, journal.label);
  if (pointer !== null && pointer.finish !== null && journal?.phase === 'committed' && journal.baseMtime !== null) {
    writePointer(workDir, { ...pointer, finish: { mtime: journal.baseMtime.after } });
  }
  unlinkIfThere(open.staging.path('journal.json'));
  onStep('journal removed');
  rmdirSync(open.parent.path(open.name));
  onStep('staging removed');
  if (journal !== null) finishPointer(workDir, journal.label, open.parent);
}

/** What is left when the staging folder is gone: a folder's time, folders made in vain, the pointer itself. */
export function finishPointer(workDir: string, label: string, parent: DirectoryHandle | null): void {
  const pointer = readPointer(workDir, label);
  if (pointer === null) return;
  if (pointer.finish !== null && parent !== null) setMtimeNs(parent.path('.'), BigInt(pointer.finish.mtime));
  parent?.sync();
  for (const folder of pointer.madeFolders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // Not empty: it is used, or was made by somebody else.
      break;
    }
  }
  removePointer(workDir, label);
}

export function outOfOrder(step: string, phase: string): AppError {
  return new AppError({
    code: 'RESTORE_OUT_OF_ORDER',
    kind: 'internal',
    message: `A restore of files can't ${step} when it is ${phase}.`,
    hint: 'This is a fault of backupd. Roll back, then start again.',
    retry: 'never',
  });
}

function openIfThere(open: () => DirectoryHandle): DirectoryHandle | null {
  try {
    return open();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return null;
    throw error;
  }
}

function unlinkIfThere(path: Buffer): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
