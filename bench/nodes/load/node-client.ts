import { Agent, type ClientRequest, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tally } from './tally.js';

const TRIES = 8;
const FIRST_WAIT_MS = 250;
const ANSWER_MS = 80_000;

/** A refusal that is no use to try again. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    what: string,
  ) {
    super(`${what}: ${code}`);
  }
}

export interface Sent {
  method?: 'POST' | 'PUT';
  body: unknown;
  /** The master to ask, where it must be the same for several requests. */
  at?: string;
}

/** The requests of one node: its own connections, kept open, from an address of its own. */
export class NodeClient {
  private readonly agent: Agent;
  private key = '';

  constructor(
    private readonly master: () => string,
    private readonly headers: Record<string, string>,
    localAddress: string,
    private readonly tally: Tally,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 8, localAddress });
  }

  useKey(key: string): void {
    this.key = key;
  }

  /** One request, again while the master is busy or away. Null for an answer without content. */
  async ask<T>(path: string, sent: Sent): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.once(path, sent)) as T;
      } catch (error) {
        if (error instanceof Refused || attempt === TRIES) throw error;
        await pause(FIRST_WAIT_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  private async once(path: string, { method = 'POST', body, at }: Sent): Promise<unknown> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
    const headers = {
      ...this.headers,
      ...(this.key === '' ? {} : { authorization: `Bearer ${this.key}` }),
      'content-type': type,
      'content-length': bytes.length,
    };
    const { status, text } = await this.exchange(new URL(path, at ?? this.master()), method, headers, bytes);
    this.tally.requests += 1;
    if (status < 300) return text === '' ? null : JSON.parse(text);
    const { code = `HTTP_${status}` } = JSON.parse(text) as { code?: string };
    this.tally.fault(code);
    if (status === 429 || status >= 500) throw new Error(code);
    throw new Refused(code, path.replaceAll(/[0-9a-f-]{36}/g, ':id'));
  }

  private async exchange(
    url: URL,
    method: string,
    headers: Record<string, string | number>,
    bytes: Buffer,
  ): Promise<{ status: number; text: string }> {
    let sending: ClientRequest | null = null;
    try {
      return await new Promise((resolve, reject) => {
        sending = request(url, { method, headers, agent: this.agent, timeout: ANSWER_MS }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        });
        sending.once('timeout', () => sending?.destroy(new Error('no answer')));
        sending.once('error', reject);
        sending.end(bytes);
      });
    } catch (error) {
      // An idle connection that the master closes just when it is used again is no fault of anybody.
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (wasIdle(sending) && (code === 'ECONNRESET' || code === 'EPIPE'))
        return this.exchange(url, method, headers, bytes);
      this.tally.fault(code);
      throw error;
    }
  }
}

function wasIdle(sending: ClientRequest | null): boolean {
  return sending?.reusedSocket === true;
}
