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

export function targetOtherSite(path: string, id: string, name: string): AppError {
  return new AppError({
    code: 'RESTORE_TARGET_OTHER_SITE',
    kind: 'conflict',
    message: `On that host ${path} is the folder of another site, "${name}".`,
    hint: 'Restore into another folder: `--to` (`targetPath`).',
    retry: 'never',
    context: { targetPath: path, siteId: id },
  });
}

/** The site is, or was before it was removed, on a node that was removed. */
export function siteNodeGone(nodeId: string): AppError {
  return new AppError({
    code: 'NODE_NOT_FOUND',
    kind: 'not-found',
    message: 'The node that the site is on is gone.',
    hint: 'Say on which host to restore: `--node <name>`, or `--node self` for the host of the master (`nodeId`). `backupd sites move` lets the site go on there.',
    retry: 'never',
    context: { nodeId },
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
