import { AppError } from '../../common/errors/index.js';

/** What every driver answers for a key that it has no object of. */
export function objectNotFound(key: string): AppError {
  return new AppError({
    code: 'STORAGE_OBJECT_NOT_FOUND',
    kind: 'storage',
    message: `The storage has no object ${key}.`,
    hint: 'It was deleted or never finished. A verify of the backup shows what else is missing.',
    retry: 'never',
    context: { key },
  });
}

/** What is to be stored, or what was stored, does not match its announced size or checksum. */
export function checksumMismatch(key: string, expected: string, actual: string): AppError {
  return new AppError({
    code: 'STORAGE_CHECKSUM_MISMATCH',
    kind: 'storage',
    message: `${key} was not stored: it should have ${expected}, but has ${actual}.`,
    hint: 'The file changed after it was finished, or disk, memory or network between here and there are faulty.',
    retry: 'maybe',
    context: { key, expected, actual },
  });
}
