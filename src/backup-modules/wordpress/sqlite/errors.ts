import { AppError } from '../../../common/errors/index.js';

/** The file of a SQLite site cannot be used as it is. */
export function sqliteUnusable(file: string, reason: string, hint: string, cause?: unknown): AppError {
  return new AppError({
    code: 'SQLITE_UNREADABLE',
    kind: 'source',
    message: `The SQLite database ${file} cannot be read: ${reason}.`,
    hint,
    retry: 'never',
    context: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

const BUSY = 5;
const LOCKED = 6;
const FULL = 13;

/** What SQLite's own error means. The low byte of an extended code is the code. */
export function copyFailed(
  where: { source: string; target: string },
  failure: { errcode: number | null; message: string },
): AppError {
  const code = failure.errcode === null ? null : failure.errcode & 0xff;
  if (code === BUSY || code === LOCKED) {
    return new AppError({
      code: 'SQLITE_BUSY',
      kind: 'source',
      message: `The SQLite database ${where.source} stayed locked by another process.`,
      hint: 'Run the backup again. PRAGMA journal_mode = WAL lets readers in while the site writes.',
      retry: 'later',
      context: { file: where.source },
    });
  }
  if (code === FULL) {
    return new AppError({
      code: 'DISK_FULL',
      kind: 'precondition',
      message: `There is no space left for a copy of the SQLite database ${where.source}.`,
      hint: 'Free some space, or set BACKUPD_DATA_DIR to a folder on a larger disk.',
      retry: 'later',
      context: { file: where.source },
    });
  }
  return sqliteUnusable(
    where.source,
    failure.message,
    'Check it with: sqlite3 FILE "PRAGMA integrity_check". A damaged file can often be saved with .recover.',
  );
}
