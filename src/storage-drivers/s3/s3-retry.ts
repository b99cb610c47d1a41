import { backoff } from '../../common/backoff.js';
import { AppError, cancelledError, errnoOf } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';

/** How often and how patiently a request is tried. */
export interface RetryPolicy {
  attempts: number;
  /** The first wait; each next one is twice as long, less a random part. */
  baseMs: number;
  capMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, baseMs: 200, capMs: 10_000 };

/** Something of ours that went wrong on the way and may go right the next time. */
export class TransferFault extends Error {}

const TEMPORARY_STATUSES = new Set([408, 429, 500, 502, 503, 504, 509]);
const TEMPORARY_CODES = new Set([
  'SlowDown',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalError',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'BandwidthLimitExceeded',
  'OperationAborted',
  // The bytes were cut or changed on the way.
  'IncompleteBody',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
]);
const NETWORK_ERRNOS = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SOCKET_CLOSED',
  'HPE_INVALID_CONSTANT',
  'HPE_INVALID_EOF_STATE',
]);

/** The HTTP status that the server answered, if it did. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** Whether the connection broke, or never came to be. */
export function isNetworkFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TransferFault || error.name === 'TimeoutError') return true;
  if (NETWORK_ERRNOS.has(errnoOf(error) ?? '')) return true;
  if (/socket hang up|aborted|premature close/i.test(error.message) && error.name !== 'AbortError') return true;
  return error instanceof AggregateError && error.errors.some(isNetworkFault);
}

/** Whether the same request may well succeed a little later. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof AppError || !(error instanceof Error)) return false;
  const status = statusOf(error);
  if (TEMPORARY_CODES.has(error.name)) return true;
  if (status !== undefined) {
    // An error with a good status: the answer broke off while it was read.
    return TEMPORARY_STATUSES.has(status) || status < 300;
  }
  return isNetworkFault(error);
}

/** Does the work again while what goes wrong is temporary, with growing, random waits. JOB_CANCELLED when the signal is raised. */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted === true) throw cancelledError();
    try {
      return await work();
    } catch (error) {
      if (isRaised(signal)) throw cancelledError();
      if (attempt >= policy.attempts || !isTemporary(error)) throw error;
    }
    await backOff(policy, attempt, signal);
  }
}

/** Waits before the attempt after this one. */
export async function backOff(policy: RetryPolicy, attempt: number, signal?: AbortSignal): Promise<void> {
  await pause(backoff(attempt, { firstMs: policy.baseMs, longestMs: policy.capMs }), signal);
}

function isRaised(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
