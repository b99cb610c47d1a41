import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, errnoOf } from '../../common/errors/index.js';
import { syncFolder } from '../snapshot/work/index.js';

/** Writes the value as JSON so that after a crash the file holds the old value or the new one, whole. Mode 0600. */
export async function writeJsonDurably(path: string, value: unknown): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') {
      throw new AppError({
        code: 'DISK_FULL',
        kind: 'precondition',
        message: "The disk with backupd's data folder is full.",
        hint: 'Free some space there, or move the data folder (BACKUPD_DATA_DIR) to a larger disk.',
        retry: 'later',
        context: { path },
        cause: error,
      });
    }
    throw error;
  }
}

/** The value that was written, or null when there is none, or none that can be read. */
export async function readJson(path: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return value;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
