import { AppError, type ErrorContext } from '../../../common/errors/index.js';

/** Stored compressed data that is not what was written. The reader adds which bundle and path. */
export function frameDamaged(detail: string, context: ErrorContext = {}, cause?: unknown): AppError {
  return new AppError({
    code: 'FRAME_DAMAGED',
    kind: 'damaged',
    message: `A stored zstd frame is damaged: ${detail}.`,
    hint: 'The stored copy is not what was written. Use another copy of this backup, or another backup.',
    retry: 'never',
    context,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The index at a bundle's end is not what was written. */
export function seekTableDamaged(detail: string): AppError {
  return new AppError({
    code: 'SEEK_TABLE_DAMAGED',
    kind: 'damaged',
    message: `The index at the end of a bundle is damaged: ${detail}.`,
    hint: 'The stored copy is cut off or changed. Use another copy of this backup, or another backup.',
    retry: 'never',
  });
}
