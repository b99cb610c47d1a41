import { setImmediate } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { BackupDto, JobDto, Page, SiteDto } from '../../src/cli/api-types.js';
import { until } from './scratch.js';

/** An answer as it came. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface StreamedEvent {
  id: string | undefined;
  type: string;
  data: Record<string, unknown>;
}

/** The HTTP API as a program sees it. `call` gives any answer; the others expect success. */
export class TestApi {
  constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  as(token: string | null): TestApi {
    return new TestApi(this.url, token);
  }

  /** One request; never fails on a status. A string body is sent as it is. */
  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    // A test that looked at many files held this process: an idle connection that the server closed meanwhile must be seen as closed.
    await setImmediate();
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
    };
  }

  private async expectOk<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} gave ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get<T = Record<string, unknown>>(path: string): Promise<T> {
    return this.expectOk<T>('GET', path);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown = {}): Promise<T> {
    return this.expectOk<T>('POST', path, body);
  }

  addSite(path: string, more: Record<string, unknown> = {}): Promise<SiteDto> {
    return this.post<SiteDto>('/sites', { path, ...more });
  }

  job(id: string): Promise<JobDto> {
    return this.get<JobDto>(`/jobs/${id}`);
  }

  async backups(siteId: string): Promise<BackupDto[]> {
    return (await this.get<Page<BackupDto>>(`/backups?siteId=${siteId}`)).items;
  }

  /** Follows a job's event stream to its end; the events in order. */
  async follow(jobId: string, onEvent?: (event: StreamedEvent) => void): Promise<StreamedEvent[]> {
    const events: StreamedEvent[] = [];
    for await (const event of this.events(`/jobs/${jobId}/events`)) {
      events.push(event);
      onEvent?.(event);
    }
    return events;
  }

  /** Events of a stream until the server ends it or the signal is raised. */
  async *events(
    path: string,
    options: { lastEventId?: string; signal?: AbortSignal } = {},
  ): AsyncGenerator<StreamedEvent> {
    const response = await fetch(this.url + path, {
      headers: {
        Accept: 'text/event-stream',
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(options.lastEventId === undefined ? {} : { 'Last-Event-ID': options.lastEventId }),
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok || response.body === null)
      throw new Error(`GET ${path} gave ${response.status}: ${await response.text()}`);
    const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const message of messages) {
      const type = message.event ?? 'message';
      if (type !== 'heartbeat')
        yield { id: message.id, type, data: JSON.parse(message.data) as Record<string, unknown> };
    }
  }

  /** Waits until the job has ended; the job. */
  ended(jobId: string, timeoutMs = 120_000): Promise<JobDto> {
    return until(
      `job ${jobId} to end`,
      async () => {
        const job = await this.job(jobId);
        return ['completed', 'failed', 'cancelled'].includes(job.status) ? job : null;
      },
      { timeoutMs, everyMs: 50 },
    );
  }

  /** Backs the site up and waits; the ended job. */
  async backUp(siteId: string): Promise<JobDto> {
    const job = await this.post<JobDto>(`/sites/${siteId}/backups`);
    return this.ended(job.id);
  }

  /** Restores and waits; the ended job. */
  async restore(backupId: string, request: Record<string, unknown> = {}): Promise<JobDto> {
    const job = await this.post<JobDto>(`/backups/${backupId}/restore`, request);
    return this.ended(job.id);
  }
}
