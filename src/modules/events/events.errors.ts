import { AppError } from '../../common/errors/index.js';

export function upgradeRequired(): AppError {
  return new AppError({
    code: 'UPGRADE_REQUIRED',
    kind: 'usage',
    message: 'This path speaks WebSocket.',
    hint: 'Connect with a WebSocket client, or follow `GET /events` (server-sent events): it gives the same.',
    retry: 'never',
  });
}

export function originNotAllowed(origin: string): AppError {
  return new AppError({
    code: 'ORIGIN_NOT_ALLOWED',
    kind: 'forbidden',
    message: `A page of ${origin} may not open a WebSocket here.`,
    hint: 'Open it from a page that this server (or the proxy in front of it, which must pass the Host header on) serves.',
    retry: 'never',
    context: { origin },
  });
}

export function tooManyStreams(of: 'caller' | 'server', limit: number): AppError {
  return new AppError({
    code: 'STREAMS_TOO_MANY',
    kind: 'too-many',
    message:
      of === 'caller'
        ? `This token or user has ${limit} streams of events open, and no more are allowed.`
        : `This server has ${limit} streams of events open, and no more are allowed.`,
    hint: 'Close some. One stream of `GET /events` has the events of all jobs: a filter by site, job and type takes the place of many.',
    retry: 'later',
    context: { of, limit },
  });
}
