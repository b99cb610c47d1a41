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
    hint: 'Resume it first: `POST /sites/{id}/resume`.',
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

export function noneAnswers(failures: readonly string[]): AppError {
  return new AppError({
    code: 'NO_STORAGE',
    kind: 'precondition',
    message: `None of the storages of this site can be used now. ${failures.join(' ')}`.trim(),
    hint: 'Test them (`POST /storage/{id}/test`), or give the site other destinations.',
    retry: 'later',
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
