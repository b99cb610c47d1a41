/** What area of trouble an error belongs to; the HTTP filter and the command line map it to a status or exit code. */
export const ERROR_KINDS = [
  'usage', // the caller's input is wrong
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'too-many',
  'precondition', // the host is not ready: no space, missing program, no storage
  'source', // the site or its database can't be read
  'storage',
  'damaged', // stored data does not match its checksum
  'cancelled',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** Whether trying again can help: `never` as it is, `later` by itself, `maybe` unknown. */
export type RetryAdvice = 'never' | 'later' | 'maybe';

/** Values that are safe to show in logs and API answers: never a secret. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface AppErrorOptions {
  /** SCREAMING_SNAKE, listed in docs/errors.md; a stable part of the API. */
  code: string;
  kind: ErrorKind;
  /** What happened, for a person, in one sentence. */
  message: string;
  /** What that person can do about it. */
  hint?: string;
  retry?: RetryAdvice;
  context?: ErrorContext;
  cause?: unknown;
}

/**
 * The one error family. Engine, drivers and modules throw it (never HTTP exceptions); one filter turns it into
 * RFC 9457 problem+json. Low-level errors are translated once, at the adapter, and kept as `cause`.
 */
export class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly retry: RetryAdvice;
  readonly context: ErrorContext;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.kind = options.kind;
    this.hint = options.hint;
    this.retry = options.retry ?? 'maybe';
    this.context = options.context ?? {};
  }
}

/** The error as an AppError: itself, or wrapped as INTERNAL with the original as cause. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError({
    code: 'INTERNAL',
    kind: 'internal',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a fault of backupd. The log of the server has the details.',
    cause: error,
  });
}

/** Thrown where a job finds its AbortSignal raised. */
export function cancelledError(reason = 'The job was cancelled.'): AppError {
  return new AppError({ code: 'JOB_CANCELLED', kind: 'cancelled', message: reason, retry: 'never' });
}

/** Throws JOB_CANCELLED when the signal is raised. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledError();
}

/** The errno code (`ENOENT`, …) of a Node system error, else undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
