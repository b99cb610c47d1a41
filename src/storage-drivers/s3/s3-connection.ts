import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { AppError, cancelledError } from '../../common/errors/index.js';
import { translate, type Action, type Place } from './s3-errors.js';
import { DEFAULT_RETRY, withRetries, type RetryPolicy } from './s3-retry.js';
import type { S3Settings } from './s3-settings.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** A connection on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;

export interface CallOptions {
  abortSignal?: AbortSignal;
}

/** One request, as the SDK sends it. */
export type Call<T> = (client: S3Client, options: CallOptions) => Promise<T>;

const SILENT = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

/** The way to one bucket: requests with retries of ours (bodies are streams, which the SDK does not send again), errors as AppErrors. */
export class S3Connection {
  readonly client: S3Client;
  readonly place: Place;

  constructor(
    readonly settings: S3Settings,
    readonly retry: RetryPolicy = DEFAULT_RETRY,
  ) {
    this.client = makeClient(settings);
    const host = settings.endpoint === null ? `s3.${settings.region}.amazonaws.com` : new URL(settings.endpoint).host;
    this.place = { bucket: settings.bucket, host, region: settings.region };
  }

  /** The full name of a key, or of a prefix of keys, in the bucket. */
  fullKey(key: string): string {
    return this.settings.prefix + key;
  }

  /** Sends a request, again while what goes wrong is temporary. */
  async call<T>(action: Action, signal: AbortSignal | undefined, work: Call<T>): Promise<T> {
    return this.translated(action, signal, () => withRetries(this.retry, signal, () => this.once(signal, work)));
  }

  /** Sends a request once; errors are the SDK's own. */
  async once<T>(signal: AbortSignal | undefined, work: Call<T>): Promise<T> {
    if (signal?.aborted === true) throw cancelledError();
    return work(this.client, signal === undefined ? {} : { abortSignal: signal });
  }

  /** Does the work; what it throws becomes an AppError, JOB_CANCELLED when the signal is raised. */
  async translated<T>(action: Action, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error, action, signal);
    }
  }

  /** The error as an AppError. */
  explain(error: unknown, action: Action, signal?: AbortSignal): unknown {
    if (signal?.aborted === true && !(error instanceof AppError)) return cancelledError();
    return translate(error, action, this.place);
  }
}

function makeClient(settings: S3Settings): S3Client {
  const tls = settings.ca === null ? {} : { ca: [...rootCertificates, settings.ca] };
  // A paused read holds its connection: a limit on them could make readers wait for each other for ever.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  return new S3Client({
    region: settings.region,
    ...(settings.endpoint === null ? {} : { endpoint: settings.endpoint }),
    forcePathStyle: settings.pathStyle,
    // A copy, as the SDK writes into it.
    credentials: { ...settings.credentials },
    maxAttempts: 1,
    // A wrong clock is a fault to be told, not to be worked around: backups are named and kept by time.
    disableClockSkewCorrection: true,
    requestChecksumCalculation: settings.isAws ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ...tls }),
    }),
  });
}

function silent(): void {
  // The SDK's remarks would go to the console; what matters comes as an error.
}
