import { AppError } from '../errors/index.js';
import type { FieldFault } from './problem.js';

/** The request's body or query has fields that are not valid; the answer lists them. */
export class InvalidRequestError extends AppError {
  constructor(readonly faults: readonly FieldFault[]) {
    super({
      code: 'REQUEST_INVALID',
      kind: 'usage',
      message: faults.map((fault) => fault.message).join('; ') || 'The request is not valid.',
      hint: 'Correct what is named there; /docs describes every request.',
      retry: 'never',
    });
  }
}

/** Shorthand for one field. */
export function invalidField(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError([{ field, message }]);
}
