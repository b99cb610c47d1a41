import type { AppError, ErrorKind, RetryAdvice } from '../errors/index.js';

/** One field of a request that is not valid. */
export interface FieldFault {
  /** Path of the field, `settings.path`. */
  field: string;
  message: string;
}

/** RFC 9457 problem details with our members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  hint?: string;
  /** Whether the same request can succeed: `never` as it is, `later` by itself, `maybe` unknown. */
  retry: RetryAdvice;
  context?: Readonly<Record<string, unknown>>;
  errors?: readonly FieldFault[];
}

export const PROBLEM_JSON = 'application/problem+json';

const byKind: Readonly<Record<ErrorKind, { status: number; title: string }>> = {
  usage: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict with the present state' },
  'too-many': { status: 429, title: 'Too many requests' },
  precondition: { status: 503, title: 'The host is not ready for this' },
  source: { status: 422, title: 'The site can not be read' },
  storage: { status: 502, title: 'The storage did not do its part' },
  damaged: { status: 500, title: 'Stored data is damaged' },
  cancelled: { status: 409, title: 'Cancelled' },
  internal: { status: 500, title: 'A fault of backupd' },
};

/** The HTTP status of an error. */
export function statusOf(error: AppError): number {
  return byKind[error.kind].status;
}

/** The kind of the error that an answer tells of: by status and title, where several share a status. */
export function kindOf(status: number, title: string): ErrorKind {
  let first: ErrorKind | null = null;
  for (const [kind, shown] of Object.entries(byKind)) {
    if (shown.status !== status || !isKind(kind)) continue;
    if (shown.title === title) return kind;
    first ??= kind;
  }
  return first ?? (status < 500 ? 'usage' : 'internal');
}

const isKind = (kind: string): kind is ErrorKind => Object.hasOwn(byKind, kind);

/** The error as problem details. An internal error keeps its message to the log. */
export function problemOf(error: AppError, errors?: readonly FieldFault[]): Problem {
  const { status, title } = byKind[error.kind];
  return {
    type: `urn:backupd:error:${error.code}`,
    title,
    status,
    detail: error.kind === 'internal' ? 'Something went wrong inside backupd.' : error.message,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retry: error.retry,
    ...(Object.keys(error.context).length === 0 ? {} : { context: error.context }),
    ...(errors === undefined ? {} : { errors }),
  };
}
