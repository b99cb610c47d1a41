import { AppError } from '../../common/errors/index.js';

export function siteNotFound(id: string): AppError {
  return new AppError({
    code: 'SITE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no site with this id.',
    hint: '`GET /sites` lists them.',
    retry: 'never',
    context: { id },
  });
}

export function siteExists(path: string, id: string, name: string): AppError {
  return new AppError({
    code: 'SITE_EXISTS',
    kind: 'conflict',
    message: `The folder ${path} is registered already, as "${name}".`,
    hint: 'Use that site, or change it with `backupd sites edit` (`PATCH /sites/{id}`). Has another site moved there? Then `backupd sites remove` that one first: its backups stay.',
    retry: 'never',
    context: { path, id },
  });
}

export function pathNotFound(path: string, code: string): AppError {
  return new AppError({
    code: 'PATH_NOT_FOUND',
    kind: 'usage',
    message: `The folder ${path} can't be opened (${code}).`,
    hint: 'Check the spelling, and that backupd may read it.',
    retry: 'never',
    context: { path, code },
  });
}

export function siteNotAnswering(path: string): AppError {
  return new AppError({
    code: 'SITE_NOT_ANSWERING',
    kind: 'source',
    message: `What lies at ${path} does not answer: nothing has come back for ten seconds.`,
    hint: 'Look at the disk or the network mount it lies on (`mount`, `dmesg`). It is tried again by itself.',
    retry: 'later',
    context: { path },
  });
}
