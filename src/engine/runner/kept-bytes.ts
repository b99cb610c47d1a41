import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type AppError, errnoOf } from '../../common/errors/index.js';
import type { WorkFolder } from './work-folder.js';

/** Bytes of what a failed run may keep in its work folder for a retry; null = it goes at once. `freeShare`: of the disk, at least. */
export async function keptBytes(folder: WorkFolder, error: AppError, freeShare: number): Promise<number | null> {
  // A full disk needs the room.
  if (error.retry === 'never' || error.code === 'DISK_FULL') return null;
  // Without a finished stage there is nothing to go on from.
  if (!(await folder.hasRecords()) || (await isDiskLow(folder.path, freeShare))) return null;
  return sizeOf(folder.path);
}

/** Whether less than this share of the disk with the folder is free. */
export async function isDiskLow(path: string, freeShare: number): Promise<boolean> {
  try {
    const { bavail, blocks } = await statfs(path);
    return blocks > 0 && bavail / blocks < freeShare;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Bytes on disk of all files below the folder. Links are not followed. */
async function sizeOf(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(inner);
    else bytes += (await lstat(inner)).blocks * 512;
  }
  return bytes;
}
