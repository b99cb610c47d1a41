import { AppError, asAppError, ERROR_KINDS, type ErrorContext, type ErrorKind, type RetryAdvice } from './app-error.js';

/** An AppError on its way to another process, without its cause. */
export interface PlainError {
  code: string;
  kind: ErrorKind;
  message: string;
  hint?: string;
  retry: RetryAdvice;
  context: ErrorContext;
}

export function plainError({ code, kind, message, hint, retry, context }: AppError): PlainError {
  return { code, kind, message, retry, context, ...(hint === undefined ? {} : { hint }) };
}

const MOST_TEXT = 4000;
const MOST_VALUES = 50;

/** The error that another process sent, with the same code. Whatever does not fit is left out: that process may send anything. */
export function fromPlainError(sent: object | null): AppError {
  const { code, kind, message, hint, retry, context }: Partial<Record<keyof PlainError, unknown>> = sent ?? {};
  if (typeof code !== 'string' || typeof message !== 'string')
    return asAppError(new Error('The other side failed without saying why.'));
  return new AppError({
    code,
    kind: ERROR_KINDS.find((known) => known === kind) ?? 'internal',
    message: message.slice(0, MOST_TEXT),
    ...(typeof hint === 'string' ? { hint: hint.slice(0, MOST_TEXT) } : {}),
    retry: retry === 'never' || retry === 'later' ? retry : 'maybe',
    context: sentContext(context),
  });
}

/** What of a context that came from outside an error may carry. */
export function sentContext(given: unknown): ErrorContext {
  const safe: Record<string, ErrorContext[string]> = {};
  if (typeof given !== 'object' || given === null) return safe;
  for (const [name, value] of Object.entries(given).slice(0, MOST_VALUES)) {
    const each: unknown = value;
    if (each === null || typeof each === 'number' || typeof each === 'boolean') safe[name] = each;
    else if (typeof each === 'string') safe[name] = each.slice(0, MOST_TEXT);
    else if (Array.isArray(each))
      safe[name] = each.filter((text): text is string => typeof text === 'string').slice(0, MOST_VALUES);
  }
  return safe;
}
