import { AppError } from '../../common/errors/index.js';

export function backupNotFound(id: string): AppError {
  return new AppError({
    code: 'BACKUP_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no backup with this id.',
    hint: '`GET /backups` lists them.',
    retry: 'never',
    context: { backupId: id },
  });
}

export function sitePaused(siteId: string): AppError {
  return new AppError({
    code: 'SITE_PAUSED',
    kind: 'conflict',
    message: 'The site is paused, so it is not backed up.',
    hint: 'Resume it first: `backupd sites resume <site>`, or `POST /sites/{id}/resume`.',
    retry: 'never',
    context: { siteId },
  });
}

export function newestBackup(id: string): AppError {
  return new AppError({
    code: 'BACKUP_NEWEST',
    kind: 'conflict',
    message: "This is the site's newest good backup.",
    hint: 'Make a newer one first, or delete it all the same with `?force=true`.',
    retry: 'never',
    context: { backupId: id },
  });
}

export function backupPinned(id: string): AppError {
  return new AppError({
    code: 'BACKUP_PINNED',
    kind: 'conflict',
    message: 'This backup is pinned, so it is not deleted.',
    hint: 'Unpin it first: `backupd backups unpin`, or `PATCH /backups/{id}` with `{"pinned": false}`.',
    retry: 'never',
    context: { backupId: id },
  });
}

export function backupInUse(id: string, jobId: string): AppError {
  return new AppError({
    code: 'BACKUP_IN_USE',
    kind: 'conflict',
    message: 'A job is working with this backup.',
    hint: 'Wait for it to end, or cancel it.',
    retry: 'later',
    context: { backupId: id, jobId },
  });
}

/** A deletion goes on that may take objects away which this backup needs. */
export function backupsGoing(id: string, deleting: readonly string[]): AppError {
  return new AppError({
    code: 'BACKUP_IN_USE',
    kind: 'conflict',
    message: 'Backups that share content with this one are being deleted.',
    hint: 'Try again when they are gone.',
    retry: 'later',
    context: { backupId: id, deleting: deleting.slice(0, 20) },
  });
}

/** What the manifest points into is not all there. */
export function backupIncomplete(id: string, manifestKey: string, missing: readonly string[]): AppError {
  return new AppError({
    code: 'BACKUP_INCOMPLETE',
    kind: 'damaged',
    message: `The backup can't be taken in: ${missing.length} of the objects it needs ${missing.length === 1 ? 'is' : 'are'} missing or of another size.`,
    hint: 'Look for them on another storage of this site. What is left of the backup stays as it is.',
    retry: 'never',
    context: { backupId: id, manifestKey, missing: missing.slice(0, 20) },
  });
}

export function noCopy(id: string): AppError {
  return new AppError({
    code: 'BACKUP_UNREADABLE',
    kind: 'storage',
    message: 'No storage has a usable copy of this backup.',
    hint: 'Look at its copies; a verify job says what is wrong with them. Restore an older backup if you can.',
    retry: 'maybe',
    context: { backupId: id },
  });
}

export function copyDiffers(key: string, expected: number, found: number | null): AppError {
  return new AppError({
    code: 'BUNDLE_DAMAGED',
    kind: 'damaged',
    message: found === null ? `${key} is missing in the storage.` : `${key} has another size than what was written.`,
    hint: 'Use another copy of this backup, or an older backup; a full verify lists all that is damaged.',
    retry: 'never',
    context: { key, expectedBytes: expected, storedBytes: found },
  });
}

export function pathInvalid(path: string): AppError {
  return new AppError({
    code: 'PATH_INVALID',
    kind: 'usage',
    message: `"${path.slice(0, 200)}" is not a path inside a backup.`,
    hint: 'Give a relative path without "." and "..", e.g. files/wp-config.php.',
    retry: 'never',
  });
}
