import { accessSync, constants, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import { targetRefused, translateFile } from './errors.js';
import { mountAtOrBelow, mountPoints } from './mounts.js';

/** Folders of the system that are never replaced as a whole. */
const PROTECTED = new Set(
  '/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/local /usr/share /var /var/lib /var/log /var/tmp /var/www'.split(
    ' ',
  ),
);

/** Where a restore goes, with links resolved once. */
export interface RestoreTarget {
  /** Absolute, without links. */
  real: string;
  exists: boolean;
}

/**
 * Resolves the folder to restore into. A link to a folder (`current` → `releases/5`) is kept, and the folder it leads to is
 * the target, when that lies beside the link or in one of the allowed roots. Throws RESTORE_TARGET_REFUSED and others.
 */
export function resolveTarget(target: string, allowedRoots: readonly string[] = []): RestoreTarget {
  if (!isAbsolute(target) || target.includes('\0')) {
    throw targetRefused(
      target,
      'RESTORE_TARGET_REFUSED',
      'it is not an absolute path',
      'Give the full path of a folder.',
    );
  }
  const path = normalize(target).replace(/\/+$/, '') || '/';
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return { real: realOfMissing(path), exists: false };
  const real = realOf(path, target);
  if (facts.isSymbolicLink()) {
    const allowed = [dirname(path), ...allowedRoots].some((root) => isWithin(real, realOf(root, target)));
    if (!allowed) {
      throw targetRefused(
        target,
        'RESTORE_TARGET_LINK',
        `it is a link that leads elsewhere, to ${real}`,
        'Restore into that folder by its own path if it is meant.',
      );
    }
  }
  if (!statSync(real).isDirectory()) {
    throw targetRefused(target, 'RESTORE_TARGET_REFUSED', 'it is not a folder', 'Give the path of a folder.');
  }
  return { real, exists: true };
}

/** Throws RESTORE_TARGET_REFUSED for a folder of the system, RESTORE_MOUNT_INSIDE when a file system is mounted below. */
export function checkWholeTarget(target: RestoreTarget): void {
  if (PROTECTED.has(target.real)) {
    throw targetRefused(
      target.real,
      'RESTORE_TARGET_REFUSED',
      'it is a folder of the system, and all in it would be replaced',
      'Restore into a folder below it.',
    );
  }
  const mount = mountPoints().find((point) => point.startsWith(`${latin1(target.real)}/`));
  if (mount !== undefined) throw mountInside(target.real, mount);
}

/** Throws RESTORE_MOUNT_INSIDE when a file system is mounted at or below a chosen path. */
export function checkChosenPath(target: RestoreTarget, path: string): void {
  const mount = mountAtOrBelow(`${latin1(target.real)}/${path}`);
  if (mount !== null) throw mountInside(target.real, mount);
}

function mountInside(target: string, mount: string): Error {
  return targetRefused(
    target,
    'RESTORE_MOUNT_INSIDE',
    `another file system is mounted at ${Buffer.from(mount, 'latin1').toString()}`,
    'Unmount it first, or restore single paths outside of it.',
  );
}

/** Where the staging folder goes: beside the target where that is possible, for one atomic exchange; else inside. */
export function stagingPlace(target: RestoreTarget): 'beside' | 'inside' {
  if (!target.exists) return 'beside';
  const parent = dirname(target.real);
  if (mountPoints().includes(latin1(target.real)) || lstatSync(parent).dev !== lstatSync(target.real).dev)
    return 'inside';
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return 'beside';
  } catch {
    return 'inside';
  }
}

/** The folders above (and with `self` at) a path that do not exist, outermost first. */
export function missingFolders(path: string, self: boolean): string[] {
  const missing: string[] = [];
  for (let folder = self ? path : dirname(path); lstatSync(folder, { throwIfNoEntry: false }) === undefined;) {
    missing.unshift(folder);
    folder = dirname(folder);
  }
  return missing;
}

/** Makes such folders. Throws RESTORE_DENIED, DISK_FULL. */
export function makeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, 0o755);
    } catch (error) {
      throw translateFile(error, 'made', latin1(basename(folder)), dirname(folder));
    }
  }
}

function realOfMissing(path: string): string {
  const parent = dirname(path);
  const real =
    lstatSync(parent, { throwIfNoEntry: false }) === undefined ? realOfMissing(parent) : realOf(parent, path);
  return join(real, basename(path));
}

function realOf(path: string, target: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw targetRefused(
      target,
      'RESTORE_TARGET_LINK',
      `${path} can't be resolved (${errnoOf(error)})`,
      'A link that leads nowhere can be removed, or the folder it names be made.',
      error,
    );
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`);
}

/** A path as latin1 text of its bytes. */
export function latin1(path: string): string {
  return Buffer.from(path).toString('latin1');
}
