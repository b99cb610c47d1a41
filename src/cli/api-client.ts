import { Readable } from 'node:stream';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { AppError, type ErrorKind } from '../common/errors/index.js';
import type { JobEvent, Page } from './api-types.js';

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

  /** The bytes of an answer as they come. */
  async download(path: string, query: Query, signal?: AbortSignal): Promise<Readable> {
    const response = await this.send('GET', path, { query, signal, accept: 'application/octet-stream' });
    return response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
  }

  async delete(path: string, query?: Query): Promise<void> {
    const response = await this.send('DELETE', path, { query });
    await response.body?.cancel();
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
    if (response.body === null) return;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split('\n');
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
    if (response.body === null) return;
    const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const message of messages) {
      const type = message.event ?? 'message';
      if (type !== 'heartbeat') yield { id: message.id ?? null, type, data: parseObject(message.data) };
    }
  }

  private async json<T>(
    method: string,
    path: string,
    options: { query?: Query | undefined; body?: unknown; signal?: AbortSignal | undefined },
  ): Promise<T> {
    const response = await this.send(method, path, { ...options, accept: 'application/json' });
    const text = await response.text();
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
  ): Promise<Response> {
    const headers: Record<string, string> = {
      Authorization: `Bearer ${this.token}`,
      Accept: `${options.accept ?? 'application/json'}, application/problem+json`,
      ...options.headers,
    };
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(withQuery(this.url + path, options.query), {
        method,
        headers,
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      throw unreachable(this.url, error);
    }
    if (!response.ok) throw await refusal(response);
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
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : '';
  return new AppError({
    code: 'MASTER_UNREACHABLE',
    kind: 'precondition',
    message: `The backupd server at ${url} does not answer${inner === '' ? '' : ` (${inner})`}.`,
    hint: 'Check that it runs (backupd serve) and that BACKUPD_MASTER_URL is right.',
    retry: 'later',
    cause,
  });
}

async function refusal(response: Response): Promise<AppError> {
  const text = await response.text();
  const problem = parseObject(text) as Problem;
  const faults = Array.isArray(problem.errors) ? problem.errors.map(faultText).join('; ') : '';
  const detail = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  return new AppError({
    code: problem.code ?? `HTTP_${response.status}`,
    kind: kindOf(response.status),
    message: faults === '' || detail.includes(faults) ? detail : `${detail} (${faults})`,
    ...(typeof problem.hint === 'string' ? { hint: problem.hint } : {}),
    retry: response.status >= 500 || response.status === 429 ? 'later' : 'never',
    context: { status: response.status },
  });
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
