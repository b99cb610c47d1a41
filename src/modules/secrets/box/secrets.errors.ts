import { AppError } from '../../../common/errors/index.js';
import { SECRET_KEY_BYTES } from '../../../common/secret-key.js';

export function secretKeyInvalid(file: string, bytes: number): AppError {
  return new AppError({
    code: 'SECRET_KEY_INVALID',
    kind: 'precondition',
    message: `The key file ${file} has ${bytes} bytes instead of ${SECRET_KEY_BYTES}.`,
    hint: 'Put the original key back. Without it, stored credentials must be entered again (move the file away to get a new key).',
    retry: 'never',
  });
}

/** `keyId`: of the key it was sealed with, when that is not here. */
export function secretUnreadable(reason: string, keyId?: string, cause?: unknown): AppError {
  return new AppError({
    code: 'SECRET_UNREADABLE',
    kind: 'precondition',
    message: `A stored secret can't be opened: ${reason}.`,
    hint: 'Put that key back (secret.key or secret.keys/ in the data dir, BACKUPD_SECRET_KEY_OLD), or enter the credentials again.',
    retry: 'never',
    ...(keyId === undefined ? {} : { context: { keyId } }),
    ...(cause === undefined ? {} : { cause }),
  });
}
