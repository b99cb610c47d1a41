import { setImmediate } from 'node:timers/promises';
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import { identityOf, type DirectoryHandle } from '../../native/directory.js';
import { isOpenForWriting } from '../../native/link-calls.js';
import { targetRefused } from './errors.js';
import { LastFolder, readSharedFiles, SharedFileList, type SharedFile } from './reuse-list.js';

/** Files of the live tree that the staged one shares, and those of them that changed. */
export const SHARED_LIST = 'shared';
export const CHANGED_LIST = 'changed';

const ROUNDS = 10;
const SLICE_MS = 15;

export interface Settling {
  staging: DirectoryHandle;
  tree: DirectoryHandle;
  /** For messages. */
  target: string;
  /** Replaces what is on the list of changed files; null: this process does not have the backup at hand. */
  repair: (() => Promise<void>) | null;
  onStep: (step: string) => void;
}

/**
 * Makes sure that the files which the staged tree shares with the live one are still what the backup has: the site went on
 * and may have written into them. Ends with a look at all of them that found no change. Throws RESTORE_TARGET_CHANGED when
 * there are changes each time.
 */
export async function settleShared({ staging, tree, target, repair, onStep }: Settling): Promise<void> {
  if (staging.find(SHARED_LIST) === null) return;
  for (let round = 0; round <= ROUNDS; round++) {
    const changed = await listChanged(staging, tree);
    if (changed === 0) return;
    onStep('changes found');
    if (repair === null || round === ROUNDS) break;
    await repair();
    onStep('changes replaced');
  }
  throw targetRefused(
    target,
    'RESTORE_TARGET_CHANGED',
    'files in it changed while the restore ran',
    'Something else works on this folder. See what it is, then start the restore again.',
  );
}

/** Writes the list of changed files; returns how many there are. */
async function listChanged(staging: DirectoryHandle, tree: DirectoryHandle): Promise<number> {
  const changed = new SharedFileList(staging, CHANGED_LIST);
  const folder = new LastFolder(tree);
  let sliceEnd = performance.now() + SLICE_MS;
  try {
    for await (const file of readSharedFiles(staging, SHARED_LIST)) {
      const { parent, name } = folder.of(file.path);
      if (hasChanged(file, parent.path(name))) changed.add(file);
      if (performance.now() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = performance.now() + SLICE_MS;
    }
  } finally {
    folder.close();
    changed.close();
  }
  return changed.count;
}

/** Whether something happened to a shared file, or may yet happen to it without its name. */
function hasChanged(file: SharedFile, path: Buffer): boolean {
  const fd = openIfPermitted(path);
  try {
    const now = fd < 0 ? lstatSync(path, { bigint: true }) : fstatSync(fd, { bigint: true });
    // Another inode: it was replaced already and is ours alone.
    if (identityOf(now) !== file.identity) return false;
    const isSame =
      file.ctime === String(now.ctimeNs) &&
      file.mtime === String(now.mtimeNs) &&
      file.size === String(now.size) &&
      file.links === String(now.nlink);
    // A process that had it open before would go on writing into the restored file.
    return !isSame || (fd >= 0 && isOpenForWriting(fd));
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

/** -1 when its mode does not let us. */
function openIfPermitted(path: Buffer): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return -1;
    throw error;
  }
}
