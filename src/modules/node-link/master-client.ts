import type { Agent, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { backoff } from '../../common/backoff.js';
import { AppError, asAppError, cancelledError } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { pause } from '../../common/pause.js';
import { version } from '../../common/version.js';
import type { ByteRange } from '../../engine/ports/index.js';
import { NODE_BOOT_HEADER, NODE_VERSION_HEADER } from '../node-protocol/index.js';
import { bodyStream, boundedText, exchange } from './exchange.js';
import { masterAnswerUnknown, masterUnreachable, masterUntrusted } from './node-link.errors.js';
import { certificateFault, networkFault } from './reasons.js';
import { refusal } from './refusal.js';
import { checkedUrl, masterAgent, type MasterPlace } from './trust.js';

/** An answer of JSON is no longer than this. */
const MOST_JSON = 32 * 1024 * 1024;
const MOST_REFUSAL = 256 * 1024;
const IDLE_MS = 60_000;
const BACKOFF = { firstMs: 500, longestMs: 15_000 };

export type Query = Readonly<Record<string, string | number>>;

export interface CallOptions {
  /** Ends the call, and the waiting, with JOB_CANCELLED. */
  signal?: AbortSignal;
  /** So long it is tried again while the master is away; for idempotent calls only. 0 when absent. */
  patienceMs?: number;
  /** So long the master may take; 60 s when absent. */
  answerMs?: number;
  query?: Query;
}

/** Bytes of a known length that are sent as they come. */
export interface SizedStream {
  stream: Readable;
  length: number;
}

/**
 * Talks to the master with this node's key. Each connection is checked before the key is sent. Refusals are the AppErrors that the master
 * threw; besides them MASTER_UNREACHABLE, MASTER_UNTRUSTED, MASTER_ANSWER_UNKNOWN, NODE_KEY_REFUSED, and JOB_CANCELLED with the signal.
 */
export class MasterClient {
  /** Names this process to the master. */
  readonly bootId = newId();
  /** The host with its port, to be shown. */
  readonly host: string;
  private readonly url: URL;
  private readonly agent: Agent;

  /** `key`: asked for each request; null = none (joining). Errors: MASTER_URL_INVALID, MASTER_NOT_SECURE. */
  constructor(
    place: MasterPlace,
    private readonly key: () => string | null,
  ) {
    this.url = checkedUrl(place);
    this.host = this.url.host;
    this.agent = masterAgent(place);
  }

  /** Posts JSON; the answer, null for none (204). */
  async call<T>(path: string, body: unknown = {}, options: CallOptions = {}): Promise<T> {
    const { patienceMs = 0, signal } = options;
    const until = performance.now() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once<T>(path, body, options);
      } catch (error) {
        if (!isAway(error) || performance.now() >= until) throw error;
        await pause(Math.min(backoff(attempt, BACKOFF), Math.max(0, until - performance.now())), signal);
      }
    }
  }

  /** Puts bytes; the answer, null for none. Not tried again. */
  async put<T>(path: string, body: Buffer | SizedStream, options: CallOptions = {}): Promise<T> {
    const [content, length] = Buffer.isBuffer(body) ? [body, body.length] : [body.stream, body.length];
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(length) };
    return this.json<T>(await this.send('PUT', path, { ...options, headers, body: content }), options.signal);
  }

  /** Gets bytes, of a range when one is given; faults on the way are AppErrors too. Not tried again. Who gets the stream ends it. */
  async get(path: string, { range, ...options }: CallOptions & { range?: ByteRange } = {}): Promise<Readable> {
    if (range?.length === 0) return Readable.from([], { objectMode: false });
    const headers = range === undefined ? {} : { Range: rangeHeader(range) };
    const response = await this.send('GET', path, { ...options, headers });
    if (range !== undefined && response.statusCode !== 206 && range.offset > 0) {
      response.destroy();
      throw masterAnswerUnknown(this.host, 'it gives no part of an object');
    }
    return bodyStream(response, (error) => this.fault(error, options.signal));
  }

  /** Ends its connections. */
  close(): void {
    this.agent.destroy();
  }

  private async once<T>(path: string, body: unknown, options: CallOptions): Promise<T> {
    const text = JSON.stringify(body);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
    return this.json<T>(await this.send('POST', path, { ...options, headers, body: text }), options.signal);
  }

  private async send(
    method: string,
    path: string,
    {
      signal,
      answerMs = IDLE_MS,
      query,
      headers,
      body,
    }: CallOptions & { headers: Record<string, string>; body?: string | Buffer | Readable },
  ): Promise<IncomingMessage> {
    const key = this.key();
    let response: IncomingMessage;
    try {
      response = await exchange(this.target(path, query), {
        method,
        headers: {
          Accept: '*/*',
          'User-Agent': `backupd/${version}`,
          [NODE_VERSION_HEADER]: version,
          [NODE_BOOT_HEADER]: this.bootId,
          ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
          ...headers,
        },
        agent: this.agent,
        body,
        idleMs: answerMs,
        signal,
      });
    } catch (error) {
      throw this.fault(error, signal);
    }
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const contentType = response.headers['content-type'] ?? '';
    const text = await this.text(response, MOST_REFUSAL, signal);
    throw refusal(this.host, { status, contentType, text });
  }

  private async json<T>(response: IncomingMessage, signal?: AbortSignal): Promise<T> {
    const text = await this.text(response, MOST_JSON, signal);
    if (text === null) throw masterAnswerUnknown(this.host, 'its answer is too long');
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract is the node protocol, tested against the server
      return JSON.parse(text === '' ? 'null' : text) as T;
    } catch {
      throw masterAnswerUnknown(this.host, 'its answer is no JSON');
    }
  }

  private async text(response: IncomingMessage, most: number, signal?: AbortSignal): Promise<string | null> {
    try {
      return await boundedText(response, most);
    } catch (error) {
      throw this.fault(error, signal);
    }
  }

  private target(path: string, query: Query = {}): URL {
    const target = new URL(this.url);
    target.pathname = this.url.pathname.replace(/\/$/, '') + path;
    for (const [name, value] of Object.entries(query)) target.searchParams.append(name, String(value));
    return target;
  }

  private fault(error: unknown, signal?: AbortSignal): AppError {
    if (error instanceof AppError) return error;
    if (signal?.aborted === true) return cancelledError('The request was cancelled.');
    const untrusted = certificateFault(error);
    return untrusted === null
      ? masterUnreachable(this.host, networkFault(error))
      : masterUntrusted(this.host, untrusted);
  }
}

/** `bytes=…` for a range that is not empty. */
export function rangeHeader({ offset, length }: ByteRange): string {
  return `bytes=${offset}-${length === undefined ? '' : offset + length - 1}`;
}

/** Whether the master, or its database, is only away: nothing was done, and the same call will succeed when it is back. */
export function isAway(error: unknown): boolean {
  return ['MASTER_UNREACHABLE', 'MASTER_UNTRUSTED', 'CATALOGUE_AWAY'].includes(asAppError(error).code);
}
