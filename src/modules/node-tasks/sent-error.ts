import { AppError, asAppError, type ErrorContext, type ErrorKind } from '../../common/errors/index.js';

export const ERROR_KINDS = [
  'usage',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'too-many',
  'precondition',
  'source',
  'storage',
  'damaged',
  'cancelled',
  'internal',
] as const satisfies readonly ErrorKind[];

const MOST_TEXT = 4000;
const MOST_VALUES = 50;

/** The error that a node sent, with the same code. Whatever does not fit is left out: a node may send anything. */
export function sentError(sent: Readonly<Record<string, unknown>> | null): AppError {
  const { code, kind, message, hint, retry, context } = sent ?? {};
  if (typeof code !== 'string' || typeof message !== 'string')
    return asAppError(new Error('A node failed without saying why.'));
  return new AppError({
    code,
    kind: ERROR_KINDS.find((known) => known === kind) ?? 'internal',
    message: message.slice(0, MOST_TEXT),
    ...(typeof hint === 'string' ? { hint: hint.slice(0, MOST_TEXT) } : {}),
    retry: retry === 'never' || retry === 'later' ? retry : 'maybe',
    context: typeof context === 'object' && context !== null ? safeContext(context) : {},
  });
}

function safeContext(given: object): ErrorContext {
  const safe: Record<string, string | number | boolean | null | string[]> = {};
  for (const [name, value] of Object.entries(given).slice(0, MOST_VALUES)) {
    const each: unknown = value;
    if (each === null || typeof each === 'number' || typeof each === 'boolean') safe[name] = each;
    else if (typeof each === 'string') safe[name] = each.slice(0, MOST_TEXT);
    else if (Array.isArray(each))
      safe[name] = each.filter((text): text is string => typeof text === 'string').slice(0, MOST_VALUES);
  }
  return safe;
}
