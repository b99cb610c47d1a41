import { AppError } from '../../common/errors/index.js';

export function reconciliationNotFound(id: string): AppError {
  return new AppError({
    code: 'RECONCILIATION_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no reconciliation with this id.',
    hint: '`backupd reconcile` makes one; `GET /reconciliations` lists them.',
    retry: 'never',
    context: { id },
  });
}

export function reconciliationActive(providerId: string): AppError {
  return new AppError({
    code: 'RECONCILIATION_ACTIVE',
    kind: 'conflict',
    message: 'This storage is being reconciled already.',
    hint: 'Wait for its end: `GET /reconciliations` shows it.',
    retry: 'later',
    context: { providerId },
  });
}

export function reconciliationInterrupted(): AppError {
  return new AppError({
    code: 'RECONCILIATION_INTERRUPTED',
    kind: 'internal',
    message: 'backupd was stopped, or lost its database, in the middle of the comparison.',
    hint: 'Start it again. What it had done by then is done, and the rest is as it was.',
    retry: 'later',
  });
}

export function listingDoubtful(lost: number, known: number): AppError {
  return new AppError({
    code: 'RECONCILIATION_DOUBTFUL',
    kind: 'precondition',
    message: `The storage does not list ${lost} of the ${known} objects that it must have, so nothing was changed.`,
    hint: 'Is it the right bucket, folder and prefix? If they are really gone, reconcile with force.',
    retry: 'maybe',
    context: { lost, known },
  });
}

export function listingUnordered(before: string, after: string): AppError {
  return new AppError({
    code: 'STORAGE_LISTING_UNORDERED',
    kind: 'storage',
    message: 'The storage does not list its objects in the order of their keys, so it can not be compared.',
    hint: 'S3 storages list in byte order. A proxy or an emulation that does not can not be reconciled.',
    retry: 'never',
    context: { before, after },
  });
}

export function cronInvalid(expression: string): AppError {
  return new AppError({
    code: 'CRON_INVALID',
    kind: 'usage',
    message: `"${expression}" is no cron expression.`,
    hint: 'Five fields: minute, hour, day of the month, month, day of the week; "0 3 * * 0" is Sunday at 03:00 UTC.',
    retry: 'never',
    context: { expression },
  });
}
