import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { AppError, asAppError, type ErrorKind } from '../errors/index.js';
import { problemOf, PROBLEM_JSON, type Problem, statusOf } from './problem.js';
import { InvalidRequestError } from './request-errors.js';

/** Turns every error into RFC 9457 problem details: our own by kind, the framework's by status. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const error = toAppError(thrown);
    const problem = problemOf(error, error instanceof InvalidRequestError ? error.faults : undefined);
    // A status of the framework's that no kind stands for (413, 415, …) is kept.
    const status = frameworkStatus(thrown) ?? statusOf(error);
    if (error.kind === 'internal') this.logger.error(`${error.code}: ${error.message}`, stackOf(thrown));
    else if (status >= 500) this.logger.warn(`${error.code}: ${error.message}`);
    if (response.headersSent) {
      // Mid-stream there is no way to say more than that it is not complete.
      response.destroy();
      return;
    }
    const retryAfter = error.context['retryAfterSeconds'];
    if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="backupd"');
    const body: Problem = { ...problem, status };
    response.status(status).type(PROBLEM_JSON).send(JSON.stringify(body));
  }
}

function frameworkStatus(thrown: unknown): number | null {
  if (thrown instanceof HttpException) return thrown.getStatus();
  return bodyParserFault(thrown)?.status ?? null;
}

/** Errors of Express' body parser carry a status and a type. */
function bodyParserFault(thrown: unknown): { status: number; type: string } | null {
  if (!(thrown instanceof Error) || !('type' in thrown) || !('status' in thrown)) return null;
  const { type, status } = thrown;
  return typeof type === 'string' && typeof status === 'number' && status < 500 ? { type, status } : null;
}

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const fault = bodyParserFault(thrown) ?? bodyParserFault(thrown instanceof Error ? thrown.cause : null);
  if (fault !== null) return requestFault(fault.type);
  if (thrown instanceof HttpException) return fromFramework(thrown);
  return asAppError(thrown);
}

function requestFault(type: string): AppError {
  if (type === 'entity.too.large')
    return httpError('REQUEST_TOO_LARGE', 'usage', 'The request is larger than the server takes.');
  if (type === 'entity.parse.failed')
    return httpError('JSON_MALFORMED', 'usage', 'The request body is not valid JSON.', 'Send one JSON object.');
  return httpError('REQUEST_INVALID', 'usage', 'The request body could not be read.');
}

const frameworkKinds: Readonly<Record<number, [code: string, kind: ErrorKind]>> = {
  401: ['UNAUTHENTICATED', 'unauthenticated'],
  403: ['FORBIDDEN', 'forbidden'],
  404: ['ROUTE_NOT_FOUND', 'not-found'],
  409: ['CONFLICT', 'conflict'],
  413: ['REQUEST_TOO_LARGE', 'usage'],
  429: ['TOO_MANY_REQUESTS', 'too-many'],
};

function fromFramework(thrown: HttpException): AppError {
  const status = thrown.getStatus();
  if (status === 400 && /JSON|Unexpected token|Unexpected end|property name/i.test(thrown.message))
    return requestFault('entity.parse.failed');
  const [code, kind] =
    frameworkKinds[status] ?? (status < 500 ? ['REQUEST_INVALID', 'usage'] : ['INTERNAL', 'internal']);
  const hint = status === 404 ? 'All routes are listed at /docs.' : undefined;
  return httpError(code, kind, thrown.message, hint);
}

function httpError(code: string, kind: ErrorKind, message: string, hint?: string): AppError {
  return new AppError({ code, kind, message, retry: 'never', ...(hint === undefined ? {} : { hint }) });
}

function stackOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const cause = thrown.cause instanceof Error ? `\ncaused by ${thrown.cause.stack ?? thrown.cause.message}` : '';
  return (thrown.stack ?? thrown.message) + cause;
}
