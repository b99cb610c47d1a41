import { AppError, cancelledError } from '../../common/errors/index.js';
import type { S3Sdk } from './s3-client.js';
import { translate, type Action, type Place } from './s3-errors.js';
import { DEFAULT_RETRY, withRetries, type RetryPolicy } from './s3-retry.js';
import type { S3Settings } from './s3-settings.js';

export interface CallOptions {
  abortSignal?: AbortSignal;
}

/** One request, as the SDK sends it. */
export type Call<T> = (tools: S3Sdk & { call: CallOptions }) => Promise<T>;

/** The way to one bucket: requests with retries of ours (bodies are streams, which the SDK does not send again), errors as AppErrors. */
export class S3Connection {
  readonly place: Place;
  private opened: Promise<S3Sdk> | null = null;

  constructor(
    readonly settings: S3Settings,
    readonly retry: RetryPolicy = DEFAULT_RETRY,
  ) {
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
    const tools = await this.open();
    return work({ ...tools, call: signal === undefined ? {} : { abortSignal: signal } });
  }

  /** Loads the SDK, if it is not; asks nothing over a network. */
  async open(): Promise<S3Sdk> {
    this.opened ??= import('./s3-client.js').then(({ openSdk }) => openSdk(this.settings));
    return this.opened;
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
