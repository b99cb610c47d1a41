import { AppError } from '../../common/errors/index.js';

export function restorePathInvalid(path: string, why: string): AppError {
  return new AppError({
    code: 'PATH_INVALID',
    kind: 'usage',
    message: `"${path.slice(0, 200)}" can't be used: ${why}.`,
    hint: 'Paths to restore are relative to the site’s root (wp-content/uploads); the target folder is absolute. Neither has "..".',
    retry: 'never',
  });
}

export function targetForbidden(path: string, own: string): AppError {
  return new AppError({
    code: 'TARGET_FORBIDDEN',
    kind: 'usage',
    message: `${path} can't be restored into: it lies in backupd's own folder ${own}.`,
    hint: 'Choose a folder outside of backupd’s data and storage.',
    retry: 'never',
    context: { targetPath: path, ownFolder: own },
  });
}

export function restoreSecretsGone(jobId: string, status: string): AppError {
  return new AppError({
    code: 'JOB_NOT_RETRYABLE',
    kind: 'conflict',
    message: "The job can't be run again: the password that was given with it was forgotten when it ended.",
    hint: 'Start the restore anew, with the password.',
    retry: 'never',
    context: { jobId, status },
  });
}
