import { randomUUID } from 'node:crypto';
import { access, constants, lstat, mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../common/errors/index.js';
import { bytes } from '../../common/sizes.js';
import type { DiagnosticCheck } from '../../engine/ports/index.js';

/** As disks are sold, and as all of backupd counts: powers of 1000. */
const GB = 1e9;
const ENOUGH_BYTES = 5 * GB;
const LEAST_BYTES = GB / 2;

/** Whether the folder can be written to, by writing. */
export async function checkWritable(name: string, folder: string): Promise<DiagnosticCheck> {
  // Two checks at once must not find each other's file.
  const file = join(folder, `.doctor-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile('ok');
    await handle.sync();
    await handle.close();
    return { name, status: 'ok', message: `${folder} can be written to.` };
  } catch (error) {
    return {
      name,
      status: 'failed',
      message: `${folder} can't be written to (${reason(error)}).`,
      hint: 'Give the user that runs backupd the right to write there, and see that the disk is not full or read-only.',
    };
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Whether there is room. */
export async function checkSpace(name: string, folder: string): Promise<DiagnosticCheck> {
  try {
    const { bavail, bsize, ffree, files } = await statfs(folder);
    return judgeSpace(name, folder, bavail * bsize, files > 0 && ffree / files < 0.01);
  } catch (error) {
    return { name, status: 'failed', message: `The space of ${folder} can't be read (${reason(error)}).` };
  }
}

/** Free space in words. */
export function judgeSpace(name: string, place: string, freeBytes: number, inodesLow = false): DiagnosticCheck {
  const free = `${bytes(freeBytes)} free`;
  const hint = 'Free some space, or move to a bigger disk.';
  if (freeBytes < LEAST_BYTES) return { name, status: 'failed', message: `${place} is nearly full: ${free}.`, hint };
  if (inodesLow) return { name, status: 'warning', message: `${place} is nearly out of inodes.`, hint };
  if (freeBytes < ENOUGH_BYTES) return { name, status: 'warning', message: `${place} has only ${free}.`, hint };
  return { name, status: 'ok', message: `${place} has ${free}.` };
}

/** Whether a file with a secret is closed to others. */
export async function checkPrivate(name: string, file: string): Promise<DiagnosticCheck> {
  try {
    const { mode, uid } = await lstat(file);
    const own = process.getuid?.() ?? uid;
    if ((mode & 0o077) === 0 && uid === own) return { name, status: 'ok', message: `${file} is closed to others.` };
    return {
      name,
      status: 'failed',
      message: `${file} is open to others (mode ${(mode & 0o777).toString(8)}, owner ${uid}).`,
      hint: `chmod 600 ${file} && chown ${own} ${file}`,
    };
  } catch (error) {
    return { name, status: 'warning', message: `${file} can't be looked at (${reason(error)}).` };
  }
}

/** Whether a folder that is scanned can be read. */
export async function checkReadable(name: string, folder: string): Promise<DiagnosticCheck> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return { name, status: 'ok', message: `${folder} can be read.` };
  } catch (error) {
    return {
      name,
      status: 'warning',
      message: `${folder} can't be read (${reason(error)}).`,
      hint: 'Name the folders of your sites in BACKUPD_SCAN_ROOTS, or let the user that runs backupd read them.',
    };
  }
}

/** Reading the files of all tenants, and restoring their owners, takes root. */
export function checkUser(): DiagnosticCheck {
  const name = 'user';
  if (process.getuid?.() === 0) return { name, status: 'ok', message: 'backupd runs as root.' };
  return {
    name,
    status: 'warning',
    message:
      'backupd does not run as root: files that this user may not read are missing from backups, and owners can not be restored.',
    hint: 'Run backupd as root, or as the one user that owns all sites.',
  };
}

function reason(error: unknown): string {
  return errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
}
