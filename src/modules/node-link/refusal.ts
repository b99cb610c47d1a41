import { AppError, type RetryAdvice, sentContext } from '../../common/errors/index.js';
import { kindOf, PROBLEM_JSON } from '../../common/http/problem.js';
import { masterAnswerUnknown, masterUnreachable, nodeKeyRefused } from './node-link.errors.js';

/** An answer that is no success. */
export interface RefusedAnswer {
  status: number;
  contentType: string;
  /** Null = too long to be one of a master. */
  text: string | null;
}

/** A master that stops, or a proxy before one that is away. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

const OF_KEY: ReadonlySet<string> = new Set(['TOKEN_INVALID', 'TOKEN_MISSING']);

/** The master's refusal as the AppError it was there; errors of our own where it was no master that answered. */
export function refusal(host: string, { status, contentType, text }: RefusedAnswer): AppError {
  const problem = contentType.startsWith(PROBLEM_JSON) && text !== null ? parsed(text) : null;
  if (problem === null || typeof problem['code'] !== 'string') {
    if (AWAY.has(status)) return masterUnreachable(host, `a proxy answers ${status} in its place`);
    if (status === 401) return nodeKeyRefused(host);
    return masterAnswerUnknown(host, `it answers ${status}`);
  }
  // Of the key; a one-time token that is refused has a code of its own.
  if (status === 401 && OF_KEY.has(problem['code'])) return nodeKeyRefused(host);
  const { code, detail, hint, title } = problem;
  return new AppError({
    code,
    kind: code === 'JOB_CANCELLED' ? 'cancelled' : kindOf(status, typeof title === 'string' ? title : ''),
    message: typeof detail === 'string' ? detail : `The master answers ${status}.`,
    ...(typeof hint === 'string' ? { hint } : {}),
    retry: retryOf(problem['retry'], status),
    context: sentContext(problem['context']),
  });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Masters of before did not say it. */
function retryOf(said: unknown, status: number): RetryAdvice {
  if (said === 'never' || said === 'later' || said === 'maybe') return said;
  return status >= 500 || status === 429 ? 'later' : 'never';
}
