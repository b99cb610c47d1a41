import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { AppError, cancelledError } from '../errors/index.js';
import { checkLiteral, guardedLookup } from './address-policy.js';
import { outgoingFailed, outgoingTimeout, outgoingUrlInvalid } from './outgoing.errors.js';

/** An answer is read so far; the rest is not waited for. */
const MOST_BYTES = 64 * 1024;

export interface OutgoingOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** For all of it: look-up, connection, answer. */
  timeoutMs: number;
  /** `AppConfig.outgoingAllow`. */
  allow: readonly string[];
  signal?: AbortSignal;
}

export interface OutgoingAnswer {
  /** Whatever it was; redirects (3xx) are not followed. */
  status: number;
  headers: IncomingHttpHeaders;
  /** At most 64 KiB of it. */
  body: string;
  /** Whether there was more. */
  truncated: boolean;
}

/**
 * One HTTP request to a place that people named (channels of notifications, hooks), under the outgoing policy: http and https only, never to
 * loopback, link-local, multicast and metadata addresses unless allowed, checked on the address that is connected to; no
 * redirect is followed, no proxy used, the answer is bounded, and so is the time. Errors: OUTGOING_URL_INVALID, OUTGOING_REFUSED,
 * OUTGOING_TIMEOUT, OUTGOING_FAILED, JOB_CANCELLED when the signal is raised; none names more of the URL than its host. Does not
 * retry.
 */
export async function outgoingRequest(url: string, options: OutgoingOptions): Promise<OutgoingAnswer> {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target === null || !['http:', 'https:'].includes(target.protocol)) throw outgoingUrlInvalid();
  checkLiteral(target.hostname, options.allow);
  const limit = limitOf(options);
  try {
    return await exchange(target, options, limit);
  } catch (error) {
    throw translated(error, target.hostname, options);
  }
}

/** A TCP connection under the same policy, for what is not HTTP (SMTP). Errors: as `outgoingRequest`. */
export async function outgoingSocket(
  host: string,
  port: number,
  options: Pick<OutgoingOptions, 'timeoutMs' | 'allow' | 'signal'>,
): Promise<Socket> {
  checkLiteral(host, options.allow);
  const limit = limitOf(options);
  const socket = connect({ host, port, lookup: guardedLookup(options.allow) });
  try {
    await new Promise<void>((resolve, reject) => {
      limit.addEventListener('abort', () => reject(limit.reason), { once: true });
      socket.once('error', reject).once('connect', resolve);
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw translated(error, host, options);
  }
}

function exchange(target: URL, options: OutgoingOptions, limit: AbortSignal): Promise<OutgoingAnswer> {
  const { method = 'GET', headers = {}, body, allow } = options;
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      target,
      {
        method,
        headers: {
          'User-Agent': 'backupd',
          ...headers,
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
        lookup: guardedLookup(allow),
        // A connection for each: one that is kept could be to an address that was checked under other rules.
        agent: false,
        signal: limit,
      },
      (response) => {
        readSome(response).then(resolve, reject);
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

async function readSome(response: IncomingMessage): Promise<OutgoingAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    // Leaving the loop closes the connection.
    if (size > MOST_BYTES) break;
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(parts).subarray(0, MOST_BYTES).toString('utf8'),
    truncated: size > MOST_BYTES,
  };
}

function limitOf({ timeoutMs, signal }: Pick<OutgoingOptions, 'timeoutMs' | 'signal'>): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}

function translated(
  error: unknown,
  host: string,
  { timeoutMs, signal }: Pick<OutgoingOptions, 'timeoutMs' | 'signal'>,
): unknown {
  if (error instanceof AppError) return error;
  if (signal?.aborted === true) return cancelledError('The request was cancelled.');
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return outgoingTimeout(host, timeoutMs);
  return outgoingFailed(host, error);
}
