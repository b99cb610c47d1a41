import { AppError, errnoOf } from '../../common/errors/index.js';

const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);
const UNREACHABLE = new Set(['EIO', 'ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO', 'EHOSTDOWN', 'ETIMEDOUT', 'ENOMEDIUM']);

export interface FailedOperation {
  /** What was tried, as in `could not be {what}`: `written`, `read`, … */
  what: string;
  key?: string;
  /** For a full disk: the bytes that were to be written. */
  neededBytes?: number;
  freeBytes?: number | undefined;
}

/** The storage's folder is not there, or is not the one that was set up. */
export function unreachable(root: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    code: 'STORAGE_UNREACHABLE',
    kind: 'storage',
    message: `The storage folder ${root} is not usable: ${reason}.`,
    hint: 'Is its disk mounted? backupd does not make a vanished storage again by itself, so that backups never go to the wrong disk.',
    retry: 'later',
    context: { root },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A system error as an AppError; AppErrors pass. */
export function translate(error: unknown, root: string, operation: FailedOperation): unknown {
  if (error instanceof AppError) return error;
  const code = errnoOf(error);
  if (code === undefined) return error;
  const subject = operation.key ?? 'The storage';
  const context = { root, ...(operation.key === undefined ? {} : { key: operation.key }), errno: code };
  if (FULL.has(code)) {
    const needed = operation.neededBytes;
    return new AppError({
      code: 'STORAGE_FULL',
      kind: 'storage',
      message: `${subject} could not be ${operation.what}: the disk of ${root} is full${
        needed === undefined ? '' : ` (${needed} bytes needed, ${operation.freeBytes ?? 'unknown'} free)`
      }.`,
      hint: 'Free space there, or delete old backups.',
      retry: 'maybe',
      context: { ...context, neededBytes: needed ?? null, freeBytes: operation.freeBytes ?? null },
      cause: error,
    });
  }
  if (UNREACHABLE.has(code)) return unreachable(root, `${operation.what} failed with ${code}`, error);
  if (DENIED.has(code)) {
    return new AppError({
      code: 'STORAGE_DENIED',
      kind: 'storage',
      message: `${subject} could not be ${operation.what}: the system refuses it (${code}) in ${root}.`,
      hint: 'Check owner and mode of the storage folder, and that its disk is not mounted read-only.',
      retry: 'maybe',
      context,
      cause: error,
    });
  }
  return new AppError({
    code: 'STORAGE_FAILED',
    kind: 'storage',
    message: `${subject} could not be ${operation.what} in ${root} (${code}).`,
    hint: 'Look at the storage folder; something other than backupd may have put a file or link there.',
    retry: 'maybe',
    context,
    cause: error,
  });
}
