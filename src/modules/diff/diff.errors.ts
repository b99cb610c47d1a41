import { AppError } from '../../common/errors/index.js';

/** Backups of two sites can't be compared. */
export function diffOtherSite(id: string, otherId: string): AppError {
  return new AppError({
    code: 'DIFF_OTHER_SITE',
    kind: 'usage',
    message: 'The two backups are of different sites.',
    hint: 'Compare backups of one site; "backupd backups <site>" lists them.',
    retry: 'never',
    context: { id, otherId },
  });
}

/** There is no backup before this one. */
export function diffNothingBefore(id: string): AppError {
  return new AppError({
    code: 'DIFF_NOTHING_BEFORE',
    kind: 'usage',
    message: 'This is the oldest backup of its site: there is nothing to compare it with.',
    hint: 'Name the other backup with "from".',
    retry: 'never',
    context: { id },
  });
}
