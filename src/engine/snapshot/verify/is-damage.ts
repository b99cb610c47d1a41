import { AppError } from '../../../common/errors/index.js';

/** What is stored is wrong or gone; anything else means that it could not be looked at. */
export function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && (error.kind === 'damaged' || error.code === 'STORAGE_OBJECT_NOT_FOUND');
}
