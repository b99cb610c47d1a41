import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

const logger = new Logger('http');

/** One line for each finished request: method, path, status, time. Never the query, headers or body: they may hold secrets. */
export function requestLog(request: Request, response: Response, next: NextFunction): void {
  const started = performance.now();
  const { method, path } = request;
  response.once('close', () => {
    const took = Math.round(performance.now() - started);
    const status = response.writableFinished ? String(response.statusCode) : 'closed by the client';
    const line = `${method} ${printable(path)} ${status} ${took} ms`;
    if (method === 'GET' && response.statusCode < 400) logger.debug(line);
    else logger.log(line);
  });
  next();
}

function printable(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, '?').slice(0, 300);
}
