import { statfs } from 'node:fs/promises';
import { AppError, errnoOf } from '../../../common/errors/index.js';

function diskFull(folder: string, needed: number | null, free: number, cause?: unknown): AppError {
  const need = needed === null ? '' : ` About ${needed} bytes are needed, ${free} are free.`;
  return new AppError({
    code: 'DISK_FULL',
    kind: 'precondition',
    message: `There is not enough space in the work folder ${folder}.${need}`,
    hint: 'Free some space, or set BACKUPD_DATA_DIR to a folder on a larger disk. A backup needs room for its compressed bundle.',
    retry: 'later',
    context: { folder, free, ...(needed === null ? {} : { needed }) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Bytes that this process may still write in the folder's file system. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Throws DISK_FULL, with the bytes needed and free, when the folder's file system has less than `needed` bytes left. */
export async function requireSpace(folder: string, needed: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free < needed) throw diskFull(folder, needed, free);
}

/** The error as DISK_FULL when it says that the disk (or the quota) is full, else as it is. */
export async function translateFull(cause: unknown, folder: string, needed: number | null): Promise<unknown> {
  const errno = errnoOf(cause);
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return cause;
  return diskFull(folder, needed, await freeBytes(folder).catch(() => 0), cause);
}
