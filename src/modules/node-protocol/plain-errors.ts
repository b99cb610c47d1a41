import { AppError, type ErrorContext, type ErrorKind } from '../../common/errors/index.js';
import type { PlainError } from './work.js';

/** Kinds that an error on its way may have. */
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

/** An error as it is sent: without its cause. */
export function plainError({ code, kind, message, hint, retry, context }: AppError): PlainError {
  return { code, kind, message, ...(hint === undefined ? {} : { hint }), retry, context: { ...context } };
}

/** The error that a node sent, or kept: with the same code. Whatever does not fit is left out. */
export function receivedError(sent: Omit<PlainError, 'retry'> & { retry: string }): AppError {
  const { code, kind, message, hint, retry, context } = sent;
  const isCode = /^[A-Z][A-Z0-9_]{0,99}$/.test(code);
  return new AppError({
    code: isCode ? code : 'INTERNAL',
    kind: ERROR_KINDS.find((known) => known === kind) ?? 'internal',
    message: message.slice(0, MOST_TEXT),
    ...(hint === undefined ? {} : { hint: hint.slice(0, MOST_TEXT) }),
    retry: retry === 'never' || retry === 'later' ? retry : 'maybe',
    context: safeContext(context),
  });
}

function safeContext(given: Readonly<Record<string, unknown>>): ErrorContext {
  const safe: Record<string, string | number | boolean | null | string[]> = {};
  for (const [name, value] of Object.entries(given).slice(0, MOST_VALUES)) {
    if (value === null || typeof value === 'number' || typeof value === 'boolean') safe[name] = value;
    else if (typeof value === 'string') safe[name] = value.slice(0, MOST_TEXT);
    else if (Array.isArray(value)) safe[name] = value.filter((each) => typeof each === 'string').slice(0, MOST_VALUES);
  }
  return safe;
}
