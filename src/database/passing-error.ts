import { AppError, errnoOf } from '../common/errors/index.js';

/** Classes of SQLSTATE: connection lost, rolled back by the server, out of resources, locked, shutting down, fault of its system. */
const CLASSES = new Set(['08', '40', '53', '55', '57', '58']);
const ERRNOS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
/** What the client says without a code. */
const LOST = /Connection terminated|Connection ended|timeout exceeded when trying to connect|connection error/i;

/** What a statement threw: as CATALOGUE_AWAY, which is tried later, where the database is away or busy; else as it is. */
export function passingError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !isPassing(error)) return error;
  return new AppError({
    code: 'CATALOGUE_AWAY',
    kind: 'precondition',
    message: `backupd's own database was away or busy: ${error.message}`,
    hint: 'Look at the PostgreSQL server (BACKUPD_DATABASE_URL) and its log. What was going on is tried again by itself.',
    retry: 'later',
    cause: error,
  });
}

function isPassing(error: Error): boolean {
  const code = errnoOf(error);
  if (code === undefined) return LOST.test(error.message);
  // A socket that is not there; a file that is not there is no matter of the database.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect';
  return ERRNOS.has(code) || (code.length === 5 && CLASSES.has(code.slice(0, 2)));
}
