import assert from 'node:assert/strict';
import type { SessionDto } from '../../../src/modules/users/dto/session.dto.js';

/** An answer as a page sees it. */
export interface PageAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** The API as a page in a browser uses it: keeps cookies, and says from where it asks. */
export class TestBrowser {
  cookie: string | null = null;
  /** What a browser adds to each request by itself. */
  says: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' };

  constructor(readonly url: string) {}

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<PageAnswer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...this.says,
        ...(this.cookie === null ? {} : { Cookie: this.cookie }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      this.cookie = pair.endsWith('=') ? null : pair;
    }
    const text = await response.text();
    const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test says what it expects
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  /** Expects success. */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const { status, body } = await this.call<T>('GET', path);
    assert.equal(status, 200, `GET ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  async login(name: string, password: string, code?: string): Promise<SessionDto> {
    const { status, body } = await this.call<SessionDto>('POST', '/session', {
      name,
      password,
      ...(code === undefined ? {} : { code }),
    });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
}
