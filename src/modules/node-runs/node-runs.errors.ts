import { AppError } from '../../common/errors/index.js';

/** The run may not touch this object: it is no part of its own backup. */
export function keyForbidden(key: string): AppError {
  return new AppError({
    code: 'NODE_KEY_FORBIDDEN',
    kind: 'forbidden',
    message: `${key.slice(0, 200)} is none of the objects of this run.`,
    hint: 'A run writes the objects of its own backup, and reads what it is compared with or what it restores.',
    retry: 'never',
    context: { key: key.slice(0, 200) },
  });
}

/** The run may not use this storage: its site's backups do not go there. */
export function storageForbidden(providerId: string): AppError {
  return new AppError({
    code: 'NODE_STORAGE_FORBIDDEN',
    kind: 'forbidden',
    message: 'This run may not use that storage.',
    hint: 'The storages of the site may have been changed while the job ran: run it again.',
    retry: 'maybe',
    context: { providerId },
  });
}

/** Runs of this kind have nothing to ask there. */
export function kindForbidden(kind: string): AppError {
  return new AppError({
    code: 'NODE_JOB_KIND_FORBIDDEN',
    kind: 'forbidden',
    message: `A run of the kind "${kind}" may not do this.`,
    retry: 'never',
    context: { kind },
  });
}

/** More is to be uploaded than was asked for before. `admitted` null: it was not asked. */
export function notAdmitted(key: string, bytes: number | null, admitted: number | null): AppError {
  return new AppError({
    code: 'NODE_UPLOAD_NOT_ADMITTED',
    kind: 'conflict',
    message:
      admitted === null
        ? `Nothing was admitted for ${key}.`
        : `${key} takes ${bytes} bytes, and only ${admitted} were admitted.`,
    hint: 'A node asks whether the bytes of bundle and manifest may be stored before it sends them.',
    retry: 'maybe',
    context: { key, bytes, admitted },
  });
}

/** A manifest never comes before its bundle. */
export function bundleFirst(provider: string): AppError {
  return new AppError({
    code: 'NODE_BUNDLE_FIRST',
    kind: 'conflict',
    message: `The storage "${provider}" does not have the bundle of this backup yet.`,
    hint: 'The bundle is uploaded before the manifest.',
    retry: 'maybe',
    context: { provider },
  });
}

/** The backup is in the catalogue: nobody writes its objects any more. */
export function backupMade(backupId: string): AppError {
  return new AppError({
    code: 'NODE_BACKUP_MADE',
    kind: 'conflict',
    message: 'The backup is in the catalogue already; its objects stay as they are.',
    retry: 'never',
    context: { backupId },
  });
}

/** What the node says of its backup can't be. */
export function commitInvalid(why: string): AppError {
  return new AppError({
    code: 'NODE_COMMIT_INVALID',
    kind: 'conflict',
    message: `The backup was not entered into the catalogue: ${why}`,
    hint: 'Update backupd on the node. If that does not help, find out who has its key, and rotate it.',
    retry: 'never',
  });
}

/** A storage lacks what the node says it brought there. `found` null = nothing. */
export function copyLacking(provider: string, key: string, size: number, found: number | null): AppError {
  return new AppError({
    code: 'NODE_COPY_LACKING',
    kind: 'storage',
    message: `The storage "${provider}" does not have ${key} as the node made it.`,
    hint: 'The backup does not count as stored there. Test that storage, then back up again.',
    retry: 'later',
    context: { provider, key, size, found },
  });
}

/** There is no such upload, or no longer. */
export function uploadGone(key: string): AppError {
  return new AppError({
    code: 'STORAGE_UPLOAD_GONE',
    kind: 'storage',
    message: `The upload of ${key} is no longer there.`,
    hint: 'It is begun anew.',
    retry: 'later',
    context: { key },
  });
}

/** Parts that go through the master come one after the other. */
export function partOutOfOrder(number: number, expected: number): AppError {
  return new AppError({
    code: 'NODE_PART_OUT_OF_ORDER',
    kind: 'conflict',
    message: `Part ${number} can't be taken: the next one is ${expected}.`,
    retry: 'later',
    context: { number, expected },
  });
}

/** The part is longer or shorter than it must be; nothing of it was kept. */
export function partLength(number: number, expected: number, found: number): AppError {
  return new AppError({
    code: 'NODE_PART_LENGTH',
    kind: 'usage',
    message: `Part ${number} must have ${expected} bytes; ${found} came.`,
    hint: 'The connection may have been cut: the part is sent again.',
    retry: 'later',
    context: { number, expected, found },
  });
}
