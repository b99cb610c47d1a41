import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { EventSourceMessage } from 'eventsource-parser';
import { AppError, errnoOf, type ErrorKind } from '../common/errors/index.js';
import type { JobEvent, Page } from './api-types.js';
import { send, textOf } from './http.js';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What a problem+json answer says, as the error it came from. */
interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  hint?: string | null;
  errors?: unknown;
}

/** Talks to a master over HTTP. Every refusal is an AppError with the server's own code, message and hint. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.json<T>('GET', path, { query, signal });
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.json<T>('POST', path, { body: body ?? {} });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('PATCH', path, { body });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('PUT', path, { body });
  }

  /** The bytes of an answer as they come. */
  async download(path: string, query: Query, signal?: AbortSignal): Promise<Readable> {
    return this.send('GET', path, { query, signal, accept: 'application/octet-stream' });
  }

  async delete(path: string, query?: Query): Promise<void> {
    const response = await this.send('DELETE', path, { query });
    response.resume();
  }

  /** All items of a paged list, page by page. */
  async *all<T>(path: string, query: Query = {}): AsyncGenerator<T> {
    for (let offset = 0; ;) {
      // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
      const page = await this.get<Page<T>>(path, { ...query, limit: 200, offset });
      yield* page.items;
      // The server may give fewer than asked for.
      offset += page.items.length;
      if (page.items.length === 0 || offset >= page.total) return;
    }
  }

  /** Lines of a streamed NDJSON answer. */
  async *lines<T>(path: string, query: Query, signal?: AbortSignal): AsyncGenerator<T> {
    const response = await this.send('GET', path, { query, signal, accept: 'application/x-ndjson' });
    response.setEncoding('utf8');
    let rest = '';
    for await (const text of response) {
      const parts = (rest + String(text)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim() !== '') yield decode<T>(part);
    }
    if (rest.trim() !== '') yield decode<T>(rest);
  }

  /** A job's events from the start (or after an id), until the server ends the stream. Heartbeats are left out. */
  async *events(path: string, options: { lastEventId?: string; signal?: AbortSignal } = {}): AsyncGenerator<JobEvent> {
    const response = await this.send('GET', path, {
      signal: options.signal,
      accept: 'text/event-stream',
      ...(options.lastEventId === undefined ? {} : { headers: { 'Last-Event-ID': options.lastEventId } }),
    });
    response.setEncoding('utf8');
    const { createParser } = await import('eventsource-parser');
    let messages: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => messages.push(message) });
    for await (const text of response) {
      parser.feed(String(text));
      const complete = messages;
      messages = [];
      for (const message of complete) {
        const type = message.event ?? 'message';
        if (type !== 'heartbeat') yield { id: message.id ?? null, type, data: parseObject(message.data) };
      }
    }
  }

  private async json<T>(
    method: string,
    path: string,
    options: { query?: Query | undefined; body?: unknown; signal?: AbortSignal | undefined },
  ): Promise<T> {
    const response = await this.send(method, path, { ...options, accept: 'application/json' });
    const text = await textOf(response);
    return decode<T>(text === '' ? 'null' : text);
  }

  private async send(
    method: string,
    path: string,
    options: {
      query?: Query | undefined;
      body?: unknown;
      signal?: AbortSignal | undefined;
      accept?: string;
      headers?: Record<string, string>;
    },
  ): Promise<IncomingMessage> {
    const headers: Record<string, string> = {
      Authorization: `Bearer ${this.token}`,
      Accept: `${options.accept ?? 'application/json'}, application/problem+json`,
      ...options.headers,
    };
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = String(Buffer.byteLength(body));
    }
    let response: IncomingMessage;
    try {
      response = await send(withQuery(this.url + path, options.query), {
        method,
        headers,
        body,
        signal: options.signal,
      });
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      throw unreachable(this.url, error);
    }
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw refusal(status, await textOf(response));
    return response;
  }
}

/** The server's answer as the type that openapi.json states for it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows which answer it asked for
function decode<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract is openapi.json, tested against the server
  return JSON.parse(text) as T;
}

function withQuery(url: string, query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  return params.size === 0 ? url : `${url}?${params.toString()}`;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : { value };
  } catch {
    return { value: text };
  }
}

function unreachable(url: string, cause: unknown): AppError {
  const inner = cause instanceof AggregateError ? (errnoOf(cause.errors[0]) ?? '') : messageOf(cause);
  return new AppError({
    code: 'MASTER_UNREACHABLE',
    kind: 'precondition',
    message: `The backupd server at ${url} does not answer${inner === '' ? '' : ` (${inner})`}.`,
    hint: 'Check that it runs (backupd serve) and that BACKUPD_MASTER_URL is right.',
    retry: 'later',
    cause,
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

function refusal(status: number, text: string): AppError {
  const problem = parseObject(text) as Problem;
  const detail = problem.detail ?? problem.title ?? `The server answered ${status}.`;
  const faults = Array.isArray(problem.errors) ? faultsBesides(problem.errors, detail) : '';
  return new AppError({
    code: problem.code ?? `HTTP_${status}`,
    kind: kindOf(status),
    message: faults === '' ? detail : `${detail} (${faults})`,
    ...(typeof problem.hint === 'string' ? { hint: problem.hint } : {}),
    retry: status >= 500 || status === 429 ? 'later' : 'never',
    context: { status },
  });
}

/** What is wrong with which field, as far as the detail does not say it. */
function faultsBesides(faults: readonly unknown[], detail: string): string {
  const isTold = (fault: unknown): boolean => {
    if (typeof fault !== 'object' || fault === null) return detail.includes(String(fault));
    const { message } = fault as { message?: string };
    return message !== undefined && detail.includes(message);
  };
  return faults
    .filter((fault) => !isTold(fault))
    .map(faultText)
    .join('; ');
}

function faultText(fault: unknown): string {
  if (typeof fault === 'string') return fault;
  if (typeof fault !== 'object' || fault === null) return String(fault);
  const { field, path, message } = fault as { field?: string; path?: string; message?: string };
  const where = field ?? path;
  return where === undefined || message?.includes(where) === true ? (message ?? '') : `${where}: ${message ?? ''}`;
}

function kindOf(status: number): ErrorKind {
  const kinds: Record<number, ErrorKind> = {
    400: 'usage',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not-found',
    409: 'conflict',
    412: 'precondition',
    422: 'usage',
    429: 'too-many',
  };
  return kinds[status] ?? 'internal';
}
