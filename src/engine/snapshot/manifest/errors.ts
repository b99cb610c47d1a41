import { AppError } from '../../../common/errors/index.js';

/** The manifest is not what was written. */
export function manifestDamaged(detail: string, cause?: unknown): AppError {
  return new AppError({
    code: 'MANIFEST_DAMAGED',
    kind: 'damaged',
    message: `The manifest of the backup is damaged: ${detail}.`,
    hint: 'Use another copy of this backup, or another backup. The bundle can still be read by hand: docs/restore-by-hand.md.',
    retry: 'never',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The manifest is of a version this program does not know. */
export function manifestFormatUnsupported(format: string): AppError {
  return new AppError({
    code: 'MANIFEST_FORMAT_UNSUPPORTED',
    kind: 'precondition',
    message: `The manifest has the format ${format.slice(0, 60)}, which this version of backupd does not know.`,
    hint: 'The backup was made by a newer backupd: install that version. The bundle can be read by hand: docs/restore-by-hand.md.',
    retry: 'never',
    context: { format: format.slice(0, 60) },
  });
}
