import { AppError } from '../../common/errors/index.js';

/** What was chosen for comparison is not in the catalogue any more. */
export function parentGone(backupId: string): AppError {
  return new AppError({
    code: 'BACKUP_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no backup with this id.',
    hint: '`GET /backups` lists them.',
    retry: 'never',
    context: { backupId },
  });
}

/** None of the storages that the site may use answers. */
export function noneAnswers(failures: readonly string[]): AppError {
  return new AppError({
    code: 'NO_STORAGE',
    kind: 'precondition',
    message: `None of the storages of this site can be used now. ${failures.join(' ')}`.trim(),
    hint: 'Test them (`backupd storage test <storage>`), or give the site other destinations.',
    retry: 'later',
  });
}

export function backupDamaged(backupId: string, first: string, damages: number): AppError {
  return new AppError({
    code: 'BACKUP_DAMAGED',
    kind: 'damaged',
    message: `No copy of the backup is whole: ${first}`,
    hint: 'Make a new backup now, and check the storage (disk, transfer). What is not damaged can still be restored by path.',
    retry: 'never',
    context: { backupId, damages },
  });
}
