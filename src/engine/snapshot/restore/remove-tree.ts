import { chmodSync, fchmodSync, lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle } from '../../native/directory.js';
import { targetRefused, translateFile } from './errors.js';

const SLICE_MS = 15;

/**
 * Removes a name and all below it. Links are removed, never followed; other file systems are not entered (RESTORE_MOUNT_INSIDE).
 * Idempotent: what is missing is fine. An immutable file is FILE_IMMUTABLE. `shownAs` names the folder in messages.
 */
export async function removeTree(parent: DirectoryHandle, name: string, shownAs: string): Promise<void> {
  const device = parent.facts().dev;
  let sliceEnd = performance.now() + SLICE_MS;

  const remove = async (folder: DirectoryHandle, child: string, path: string): Promise<void> => {
    try {
      const facts = lstatSync(folder.path(child), { bigint: true });
      if (!facts.isDirectory()) {
        unlinkSync(folder.path(child));
      } else {
        if (facts.dev !== device) throw mountInside(shownAs);
        await empty(folder, child, path);
        rmdirSync(folder.path(child));
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      throw translateFile(error, 'removed', path, shownAs);
    }
    if (performance.now() < sliceEnd) return;
    await setImmediate();
    sliceEnd = performance.now() + SLICE_MS;
  };

  const empty = async (folder: DirectoryHandle, child: string, path: string): Promise<void> => {
    const handle = openForRemoval(folder, child);
    try {
      if (process.geteuid?.() !== 0) fchmodSync(handle.fd, 0o700);
      for (const below of handle.names()) await remove(handle, below, `${path}/${below}`);
    } finally {
      handle.close();
    }
  };

  await remove(parent, name, name);
}

/** A folder that we may not read is made ours first (not as root: root may). */
function openForRemoval(folder: DirectoryHandle, child: string): DirectoryHandle {
  try {
    return DirectoryHandle.open(folder.path(child));
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
    chmodNoFollow(folder, child);
    return DirectoryHandle.open(folder.path(child));
  }
}

function chmodNoFollow(folder: DirectoryHandle, child: string): void {
  if (!lstatSync(folder.path(child)).isDirectory()) return;
  chmodSync(folder.path(child), 0o700);
}

function mountInside(folder: string): Error {
  return targetRefused(
    folder,
    'RESTORE_MOUNT_INSIDE',
    'another file system is mounted in it',
    'Unmount it there; backupd does not remove what lies on other file systems.',
  );
}
