import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { errnoOf } from '../../../common/errors/index.js';

/** The file at which WordPress answers 503, in the folder of its core, as long as the time in it is younger than ten minutes. */
export const MAINTENANCE_FILE = '.maintenance';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
const MAX_BYTES = 200;

/** Of always the same length, so that a renewal is one write over the old. The id says whose it is. */
function content(jobId: string): Buffer {
  const now = String(Math.floor(Date.now() / 1000)).padStart(12, ' ');
  return Buffer.from(`<?php $upgrading = ${now}; // ${markOf(jobId)}\n`);
}

function markOf(jobId: string): string {
  return `backupd, job ${jobId}`;
}

/**
 * Makes the file, or renews the one that this job made. `theirs`: there is one that is not of this job, which is left as it is.
 * No link is followed; the file belongs to the owner of the folder. Throws system errors.
 */
export async function makeMaintenanceFile(folder: string, jobId: string): Promise<'made' | 'theirs'> {
  return within(folder, async (path, owner) => {
    let file: FileHandle;
    try {
      file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      return (await renew(path, jobId)) ? 'made' : 'theirs';
    }
    try {
      await file.writeFile(content(jobId));
      if (process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
      return 'made';
    } finally {
      await file.close();
    }
  });
}

/** Sets the time anew. False when it is gone or another's: somebody ended it, and it stays ended. */
export async function renewMaintenanceFile(folder: string, jobId: string): Promise<boolean> {
  return within(folder, (path) => renew(path, jobId));
}

/** Removes it if it is of this job. Idempotent; a folder that is gone is fine. Throws other system errors. */
export async function removeMaintenanceFile(folder: string, jobId: string): Promise<void> {
  try {
    await within(folder, async (path) => {
      const file = await openOwn(path, jobId, O_RDONLY);
      if (file === null) return;
      await file.close();
      await unlink(path);
    });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
  }
}

/** With the folder held open, so that a tenant who exchanges it for a link meanwhile changes nothing. */
async function within<T>(
  folder: string,
  work: (path: string, owner: { uid: number; gid: number }) => Promise<T>,
): Promise<T> {
  const handle = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return await work(`/proc/self/fd/${handle.fd}/${MAINTENANCE_FILE}`, await handle.stat());
  } finally {
    await handle.close();
  }
}

async function renew(path: string, jobId: string): Promise<boolean> {
  const file = await openOwn(path, jobId, O_RDWR);
  if (file === null) return false;
  try {
    const bytes = content(jobId);
    await file.write(bytes, 0, bytes.length, 0);
    return true;
  } finally {
    await file.close();
  }
}

/**
 * The open file when it is a plain one that this job made; else null. An empty one means nothing to WordPress: it is what is left when
 * backupd is killed between making and writing it.
 */
async function openOwn(path: string, jobId: string, flags: number): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    // What a tenant put there may be a pipe, at which a plain open would wait.
    file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO', 'EISDIR'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
  const stats = await file.stat();
  const text = stats.isFile() && stats.size <= MAX_BYTES ? await file.readFile('utf8') : '';
  if (text.includes(markOf(jobId)) || (stats.isFile() && stats.size === 0)) return file;
  await file.close();
  return null;
}
