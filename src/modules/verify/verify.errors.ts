import { AppError } from '../../common/errors/index.js';

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
