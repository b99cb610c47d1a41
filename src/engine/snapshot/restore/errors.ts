import { AppError, errnoOf } from '../../../common/errors/index.js';
import { displayPath } from '../manifest/index.js';

/** A relative path (latin1 text of its bytes) for a person. */
export function shown(path: string): string {
  return path === '' ? '.' : displayPath(Buffer.from(path, 'latin1'));
}

/** The manifest says something that no backup of ours says: a path out of the root, a file below a link, one name twice. */
export function manifestUnsafe(path: string, detail: string, cause?: unknown): AppError {
  return new AppError({
    code: 'MANIFEST_UNSAFE',
    kind: 'damaged',
    message: `The backup's entry ${shown(path)} was refused: ${detail}.`,
    hint: 'backupd does not write such entries. The stored manifest was changed by somebody: use another copy or backup.',
    retry: 'never',
    context: { path: shown(path) },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function diskFull(folder: string, needed: number | null, free: number | null, cause?: unknown): AppError {
  const figures =
    needed === null ? '' : ` ${needed} bytes are needed, ${free ?? 'an unknown number of'} bytes are free.`;
  return new AppError({
    code: 'DISK_FULL',
    kind: 'precondition',
    message: `There is not enough space for the restore in ${folder}.${figures}`,
    hint: 'The old files are kept until the restore is complete, so both need room. Free some space, or restore fewer paths.',
    retry: 'later',
    context: { folder, needed, free },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The target can't be used as it is. */
export function targetRefused(target: string, code: string, detail: string, hint: string, cause?: unknown): AppError {
  return new AppError({
    code,
    kind: 'precondition',
    message: `Nothing is restored into ${target}: ${detail}.`,
    hint,
    retry: 'never',
    context: { target },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function targetChanged(target: string): AppError {
  return targetRefused(
    target,
    'RESTORE_TARGET_CHANGED',
    'it, or a folder above it, was replaced while the restore ran',
    'Something else works on this folder. See what it is, then start the restore again.',
  );
}

export function pathNotInBackup(path: string): AppError {
  return new AppError({
    code: 'BACKUP_PATH_NOT_FOUND',
    kind: 'not-found',
    message: `The backup has no ${shown(path)}.`,
    hint: 'Browse the backup to see its paths; give them from the root of the site, as wp-content/uploads/2024.',
    retry: 'never',
    context: { path: shown(path) },
  });
}

export function pathInvalid(path: string): AppError {
  return new AppError({
    code: 'RESTORE_PATH_INVALID',
    kind: 'usage',
    message: `${displayPath(Buffer.from(path))} is not a path below the root of the site.`,
    hint: 'Give it from the root of the site without a leading slash, as wp-content/uploads/2024.',
    retry: 'never',
  });
}

/** A system error while files are written, moved or removed, as an AppError; AppErrors pass. */
export function translateFile(error: unknown, what: string, path: string, folder: string): unknown {
  if (error instanceof AppError) return error;
  const code = errnoOf(error);
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, null, null, error);
  const context = { path: shown(path), folder, errno: code };
  if (code === 'EPERM' && process.geteuid?.() === 0) {
    return new AppError({
      code: 'FILE_IMMUTABLE',
      kind: 'precondition',
      message: `${shown(path)} in ${folder} can't be ${what}: it is locked against changes.`,
      hint: 'A security plug-in or an administrator made it immutable. Unlock with: chattr -R -i -a FOLDER, then try again.',
      retry: 'maybe',
      context,
      cause: error,
    });
  }
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return new AppError({
    code: denied ? 'RESTORE_DENIED' : 'RESTORE_FAILED',
    kind: 'precondition',
    message: `${shown(path)} in ${folder} can't be ${what} (${code}).`,
    hint: denied
      ? 'backupd may not write there. Run it as root, or restore into a folder of its own.'
      : 'Look at that path on the disk, then try again.',
    retry: 'maybe',
    context,
    cause: error,
  });
}
