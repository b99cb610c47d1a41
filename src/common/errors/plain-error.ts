import { AppError, type ErrorContext, type ErrorKind, type RetryAdvice } from './app-error.js';

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

export function fromPlainError(plain: PlainError): AppError {
  return new AppError(plain);
}
