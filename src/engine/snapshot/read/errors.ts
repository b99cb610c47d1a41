import { AppError, type ErrorContext } from '../../../common/errors/index.js';

/** Stored content of an entry does not match what was written when the backup was made. */
export function bundleDamaged(path: string, bundle: string | null, detail: string, cause?: unknown): AppError {
  return new AppError({
    code: 'BUNDLE_DAMAGED',
    kind: 'damaged',
    message: `${path} can't be read back from the backup: ${detail}.`,
    hint: 'The stored copy is not what was written. Use another copy of this backup, or an older backup; a full verify lists all that is damaged.',
    retry: 'never',
    context: { path, ...(bundle === null ? {} : { bundle }) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The manifest has no such path. */
export function entryNotFound(path: string, context: ErrorContext = {}): AppError {
  return new AppError({
    code: 'BACKUP_PATH_NOT_FOUND',
    kind: 'not-found',
    message: `The backup has no ${path}.`,
    hint: 'Browse the backup to see its paths; files of the site are below files/.',
    retry: 'never',
    context: { path, ...context },
  });
}

/** The path is there, but has no content to give. */
export function entryNotAFile(path: string, type: string): AppError {
  return new AppError({
    code: 'BACKUP_PATH_NOT_A_FILE',
    kind: 'usage',
    message: `${path} is a ${type}, not a file: it has no content.`,
    hint: 'Ask for a single file; a folder is listed, or restored with the rest.',
    retry: 'never',
    context: { path, type },
  });
}
