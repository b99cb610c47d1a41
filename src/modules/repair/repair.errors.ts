import { AppError } from '../../common/errors/index.js';

export function nothingToRepair(siteId: string): AppError {
  return new AppError({
    code: 'NOTHING_TO_REPAIR',
    kind: 'conflict',
    message: 'Every copy of the kept backups of this site is whole, as far as is known.',
    hint: 'A verify finds out whether that is so. Copies on a disabled storage, and backups that retention has let go, are left alone.',
    retry: 'never',
    context: { siteId },
  });
}

export function copyExists(backupId: string, providerName: string): AppError {
  return new AppError({
    code: 'COPY_EXISTS',
    kind: 'conflict',
    message: `The backup has a copy on "${providerName}" already.`,
    hint: 'Nothing needs to be done.',
    retry: 'never',
    context: { backupId, provider: providerName },
  });
}

export function storageDisabled(providerName: string): AppError {
  return new AppError({
    code: 'STORAGE_DISABLED',
    kind: 'conflict',
    message: `The storage "${providerName}" is disabled: nothing is written to it.`,
    hint: 'Enable it first (`backupd storage edit <storage> --enable`), or choose another one.',
    retry: 'never',
    context: { provider: providerName },
  });
}

/** What stops the repair of a storage's copies, with the storage's name; its code and its advice stay. */
export function copiesNotRepaired(provider: string, error: AppError): AppError {
  return new AppError({
    code: error.code,
    kind: error.kind,
    message: `The copies on "${provider}" can't be repaired now: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retry: error.retry,
    context: { ...error.context, provider },
    cause: error,
  });
}
