import { AppError, errnoOf } from '../../../common/errors/index.js';

/** Why a file can't be read, for a person, without its path. */
export function reasonOf(error: unknown): string {
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EIO':
      return 'the disk reports a read error';
    case 'ENAMETOOLONG':
      return 'its path is too long';
    case undefined:
      return 'unknown';
    default:
      return errnoOf(error) ?? 'unknown';
  }
}

/** The site's own root can't be opened. */
export function siteUnreadable(path: string, cause: unknown): AppError {
  return new AppError({
    code: 'SITE_UNREADABLE',
    kind: 'source',
    message: `The site's folder ${path} can't be read: ${errnoOf(cause) === 'ENOENT' ? 'it does not exist' : reasonOf(cause)}.`,
    hint: 'Check that the folder exists and that backupd may read it, or change the path of the site.',
    retry: 'maybe',
    context: { path },
    cause,
  });
}
