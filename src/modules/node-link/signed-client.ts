import { createReadStream } from 'node:fs';
import type { Agent, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AppError, cancelledError } from '../../common/errors/index.js';
import type { BandwidthLimiter, ByteRange } from '../../engine/ports/index.js';
import type { Access } from '../node-protocol/index.js';
import { bodyStream, boundedText, exchange } from './exchange.js';
import { rangeHeader } from './master-client.js';
import { connectionFault, storageRefusal } from './signed.errors.js';
import { storageAgent } from './trust.js';

const IDLE_MS = 120_000;
const SLICE = 64 * 1024;
const MOST_REFUSAL = 64 * 1024;

/** A request that the master signed; `url` is there. */
export type SignedAccess = Access & { url: string };

/** The bytes of a part: in memory, or a run of a file that nobody changes meanwhile. */
export type PartBody = Buffer | { path: string; offset: number; length: number };

export interface SendOptions {
  signal?: AbortSignal;
  /** The host's upload budget. */
  limiter?: BandwidthLimiter;
  /** Called with the bytes sent so far. */
  onProgress?: (bytes: number) => void;
}

/**
 * Sends requests that the master signed, straight to the storage. Never with this node's key, follows no redirect, tries nothing again: the
 * caller asks for a new signature first. Errors, none with the URL: STORAGE_UNREACHABLE, STORAGE_TLS_FAILED, STORAGE_DENIED (also when
 * it has expired), STORAGE_OBJECT_NOT_FOUND, STORAGE_CHECKSUM_MISMATCH, STORAGE_FULL, STORAGE_FAILED, JOB_CANCELLED.
 */
export class SignedClient {
  /** By scheme and certificates. */
  private readonly agents = new Map<string, Agent>();

  /** Reads an object, or a range of it. Who gets the stream ends it. */
  async read(access: SignedAccess, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    if (range?.length === 0) return Readable.from([], { objectMode: false });
    const headers = { ...access.headers, ...(range === undefined ? {} : { Range: rangeHeader(range) }) };
    const response = await this.request(access, headers, undefined, signal);
    if (range !== undefined && response.statusCode !== 206 && (range.offset > 0 || range.length !== undefined)) {
      response.destroy();
      throw storageRefusal(hostOf(access), response.statusCode ?? 0, 'RangeIgnored');
    }
    return bodyStream(response, (error) => faultOf(access, error, signal));
  }

  /** Sends a part; its ETag as the storage gives it, empty when it gives none. */
  async send(access: SignedAccess, body: PartBody, options: SendOptions = {}): Promise<string> {
    const { length } = body;
    const isStreamed = !Buffer.isBuffer(body) || options.limiter !== undefined || options.onProgress !== undefined;
    const content = isStreamed ? partStream(body, options) : body;
    const headers = { ...access.headers, ...(hasLength(access) ? {} : { 'Content-Length': String(length) }) };
    const response = await this.request(access, headers, content, options.signal);
    response.resume();
    return response.headers.etag ?? '';
  }

  /** Ends its connections. */
  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  private async request(
    access: SignedAccess,
    headers: Record<string, string>,
    body: Buffer | Readable | undefined,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const url = new URL(access.url);
    try {
      const { method } = access;
      const agent = this.agentFor(url.protocol, access.ca);
      const response = await exchange(url, { method, headers, agent, body, idleMs: IDLE_MS, signal });
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return response;
      const text = await boundedText(response, MOST_REFUSAL);
      throw storageRefusal(url.host, status, /<Code>([A-Za-z0-9.]{1,60})<\/Code>/.exec(text ?? '')?.[1] ?? '');
    } catch (error) {
      throw faultOf(access, error, signal);
    }
  }

  private agentFor(protocol: string, ca: string | null): Agent {
    const name = `${protocol} ${ca ?? ''}`;
    const known = this.agents.get(name);
    if (known !== undefined) return known;
    const made = storageAgent(protocol, ca);
    this.agents.set(name, made);
    return made;
  }
}

const hostOf = ({ url }: SignedAccess): string => new URL(url).host;

const hasLength = ({ headers }: SignedAccess): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');

function faultOf(access: SignedAccess, error: unknown, signal?: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  return signal?.aborted === true
    ? cancelledError('The request was cancelled.')
    : connectionFault(hostOf(access), error);
}

/** The part's bytes, sent through the budget: for parts that go through the master, too. */
export function partStream(body: PartBody, options: SendOptions = {}): Readable {
  return Readable.from(slices(body, options), { objectMode: false });
}

/** The bytes in small pieces, each when the budget lets it go. */
async function* slices(body: PartBody, { limiter, onProgress, signal }: SendOptions): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const slice of Buffer.isBuffer(body) ? cut(body) : fileSlices(body)) {
    await limiter?.take(slice.length, signal);
    yield slice;
    sent += slice.length;
    onProgress?.(sent);
  }
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
}

function fileSlices({ path, offset, length }: Exclude<PartBody, Buffer>): AsyncIterable<Buffer> {
  if (length === 0) return Readable.from([], { objectMode: false });
  return createReadStream(path, { start: offset, end: offset + length - 1, highWaterMark: SLICE });
}
