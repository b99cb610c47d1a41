import { AppError } from '../../../common/errors/index.js';

/** A statement of the dump is not one a dump of ours holds there. */
export function statementRefused(piece: string, reason: string): AppError {
  return new AppError({
    code: 'DUMP_STATEMENT_REFUSED',
    kind: 'source',
    message: `The dump piece ${piece} holds ${reason}, which a backup of a site's database never does. Nothing of the live database was changed.`,
    hint: 'The backup, or the database it was made from, may have been tampered with. Look at the piece before using this backup.',
    retry: 'never',
    context: { piece },
  });
}

/** A row needs a longer statement than the server takes. */
export function rowTooBig(piece: string, bytes: number, limit: number, cause?: unknown): AppError {
  return new AppError({
    code: 'ROW_TOO_BIG',
    kind: 'precondition',
    message: `A row in ${piece} needs a statement of ${bytes} bytes or more; the database server takes at most ${limit}.`,
    hint: `Raise max_allowed_packet on the database server, for example SET GLOBAL max_allowed_packet=${Math.min(2 ** 30, 2 ** Math.ceil(Math.log2(bytes + 1024)))} (and in its configuration), then restore again.`,
    retry: 'never',
    context: { piece, bytes, maxAllowedPacket: limit },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The driver's error number that an AppError of the database carries. */
export function serverErrno(error: unknown): number | null {
  const errno = error instanceof AppError ? error.context['errno'] : undefined;
  return typeof errno === 'number' ? errno : null;
}

/** A statement of the dump that the server did not accept. */
export function statementFailed(piece: string, error: unknown): AppError {
  if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
  return new AppError({
    code: error.code === 'DATABASE_FAILED' ? 'DUMP_LOAD_FAILED' : error.code,
    kind: error.kind,
    message: `The dump piece ${piece} could not be loaded: ${error.message}`,
    hint: error.hint ?? 'Nothing of the live database was changed.',
    retry: error.retry,
    context: { ...error.context, piece },
    cause: error,
  });
}
