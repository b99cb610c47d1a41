import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { newId } from '../ids.js';
import { withLogContext } from './log-context.js';

const logger = new Logger('http');

/** What a caller may call its request: nothing that could break a line or a header. */
const saneId = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * One line for each finished request: method, path, status, time. Never the query, headers or body: they may hold secrets. A request has
 * an id, the caller's `X-Request-Id` or a new one, which is answered and stands in every line that is logged for it.
 */
export function requestLog(request: Request, response: Response, next: NextFunction): void {
  const started = performance.now();
  const { method, path } = request;
  const given = request.header('x-request-id');
  const requestId = given !== undefined && saneId.test(given) ? given : newId();
  response.setHeader('X-Request-Id', requestId);
  withLogContext({ requestId }, () => {
    response.once('close', () => {
      const took = Math.round(performance.now() - started);
      const status = response.writableFinished ? String(response.statusCode) : 'closed by the client';
      const line = `${method} ${printable(path)} ${status} ${took} ms`;
      withLogContext({ requestId }, () => {
        // Hundreds of nodes ask all the time.
        const isUsual = method === 'GET' || path.startsWith('/node/');
        if (isUsual && response.statusCode < 400) logger.debug(line);
        else logger.log(line);
      });
    });
    next();
  });
}

function printable(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, '?').slice(0, 300);
}
