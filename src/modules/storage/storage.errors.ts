import { AppError } from '../../common/errors/index.js';

export function storageNotFound(id: string): AppError {
  return new AppError({
    code: 'STORAGE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no storage with this id.',
    hint: '`backupd storage list` (`GET /storage`) shows them.',
    retry: 'never',
    context: { id },
  });
}

export function storageKindUnknown(kind: string, known: readonly string[]): AppError {
  return new AppError({
    code: 'STORAGE_KIND_UNKNOWN',
    kind: 'usage',
    message: `There is no storage driver "${kind}".`,
    hint: `There are: ${known.join(', ') || 'none'}.`,
    retry: 'never',
    context: { kind },
  });
}

export function storageNameTaken(name: string): AppError {
  return new AppError({
    code: 'STORAGE_NAME_TAKEN',
    kind: 'conflict',
    message: `There is a storage named "${name}" already.`,
    hint: 'Choose another name.',
    retry: 'never',
    context: { name },
  });
}

export function storageInUse(copies: number): AppError {
  return new AppError({
    code: 'STORAGE_IN_USE',
    kind: 'conflict',
    message: `This storage holds ${copies} ${copies === 1 ? 'copy' : 'copies'} of backups.`,
    hint: 'Disable it (`backupd storage edit <storage> --disable`), or delete those backups first (`backupd backups delete`).',
    retry: 'never',
    context: { copies },
  });
}

export function storageLacksCopies(name: string): AppError {
  return new AppError({
    code: 'STORAGE_LACKS_COPIES',
    kind: 'conflict',
    message: `The backups that "${name}" has are not at the new place, so nothing was changed.`,
    hint: 'Move them there first, or add the new place as a storage of its own. Where they are lost for good, `backupd reconcile <storage> --mark` says so first.',
    retry: 'never',
    context: { name },
  });
}

export function storagePlaceTaken(other: string, context: Record<string, string>): AppError {
  return new AppError({
    code: 'STORAGE_PLACE_TAKEN',
    kind: 'conflict',
    message: `This place is the same as that of ${other}, or one lies in the other.`,
    hint: 'Two storages in one place are one copy: what damages one damages both. Give a place that is apart from all others.',
    retry: 'never',
    context,
  });
}

export function storageInsideSite(name: string, path: string): AppError {
  return new AppError({
    code: 'STORAGE_INSIDE_SITE',
    kind: 'conflict',
    message: `This folder lies in the site "${name}" (${path}).`,
    hint: 'There the web server may hand out the backups of all sites, and the site would back them up. Give a folder outside of any site.',
    retry: 'never',
    context: { name, path },
  });
}

export function noStorage(): AppError {
  return new AppError({
    code: 'NO_STORAGE',
    kind: 'precondition',
    message: 'There is no enabled storage to back up to.',
    hint: 'Add or enable one: `backupd storage add`, `backupd storage edit <storage> --enable`.',
    retry: 'never',
  });
}
