import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../../common/backoff.js';
import { AppError } from '../../../common/errors/index.js';
import { mirrorAnswerInvalid, mirrorThrottled, mirrorUnreachable } from '../mirror.errors.js';
import { readEnvelope, type D1Row } from './d1-envelope.js';
import type { D1Timings } from './d1-timings.js';

/** Where the database is and how to get in. */
export interface D1Target {
  baseUrl: string;
  accountId: string;
  databaseId: string;
  apiToken: string;
}

/** One statement; D1's HTTP API takes parameters as texts. At most 100 of them, at most 100 KB of SQL. */
export interface D1Statement {
  sql: string;
  params: readonly string[];
}

const LARGEST_ANSWER = 16 << 20;

/**
 * A D1 database through Cloudflare's HTTP API. What may pass (no answer, 429, 5xx) is tried again with growing waits, so
 * statements must be idempotent: one may have been done though its answer was lost.
 */
export class D1Client {
  constructor(
    private readonly target: D1Target,
    private readonly timings: D1Timings,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs the statements in order; the rows of each. Errors: the MIRROR_… of `mirror.errors.ts`. */
  async query(statements: readonly D1Statement[]): Promise<D1Row[][]> {
    const [only, ...more] = statements;
    const body = JSON.stringify(more.length === 0 ? only : { batch: statements });
    const results = await this.request('POST', '/query', body);
    if (results.length !== statements.length)
      throw mirrorAnswerInvalid(`${results.length} results for ${statements.length} statements`);
    return results;
  }

  /** Asks for the database itself: shows whether token, account and database fit together. */
  async describe(): Promise<void> {
    await this.request('GET', '', null);
  }

  private async request(method: string, path: string, body: string | null): Promise<D1Row[][]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.send(method, path, body);
      } catch (error) {
        this.signal.throwIfAborted();
        const passing = error instanceof PassingFault ? error : null;
        if (passing === null) throw error;
        const wait = this.waitBefore(attempt, passing);
        if (attempt >= this.timings.attempts || wait > this.timings.longestWaitMs) throw passing.fault;
        await sleep(wait, undefined, { signal: this.signal });
      }
    }
  }

  private waitBefore(attempt: number, { retryAfterMs }: PassingFault): number {
    const { firstWaitMs: firstMs, longestWaitMs: longestMs } = this.timings;
    return Math.max(retryAfterMs ?? 0, backoff(attempt, { firstMs, longestMs }));
  }

  private async send(method: string, path: string, body: string | null): Promise<D1Row[][]> {
    const { baseUrl, accountId, databaseId, apiToken } = this.target;
    const url = `${baseUrl}/accounts/${encodeURIComponent(accountId)}/d1/database/${encodeURIComponent(databaseId)}${path}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: {
          Authorization: `Bearer ${apiToken}`,
          ...(body === null ? {} : { 'Content-Type': 'application/json' }),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(this.timings.timeoutMs)]),
      });
      text = await textOf(response);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new PassingFault(mirrorUnreachable(reasonOf(error), error), null);
    }
    if (response.status === 429) {
      const retryAfterMs = retryAfterOf(response);
      const seconds = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1000);
      throw new PassingFault(mirrorThrottled(seconds), retryAfterMs);
    }
    if (response.status >= 500)
      throw new PassingFault(mirrorUnreachable(`status ${response.status}`), retryAfterOf(response));
    return readEnvelope(response.status, text);
  }
}

/** What another try may get over. */
class PassingFault extends Error {
  constructor(
    readonly fault: AppError,
    readonly retryAfterMs: number | null,
  ) {
    super(fault.message);
  }
}

/** `Retry-After` in seconds or as a date. */
function retryAfterOf(response: Response): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  if (/^\d{1,7}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now());
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > LARGEST_ANSWER) throw mirrorAnswerInvalid(`it has more than ${LARGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return `no answer (${cause.code})`;
  return `no answer (${cause instanceof Error && cause.message !== '' ? cause.message : error.message})`;
}
