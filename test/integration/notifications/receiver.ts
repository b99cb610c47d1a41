import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (response: ServerResponse, request: Received) => void;

const fine: Answer = (response) => response.end('ok');

/** A real HTTP server that keeps what it gets, and answers as a test says, by the first part of the path. */
export class Receiver {
  private readonly got: Received[] = [];
  private readonly answers = new Map<string, Answer>();
  url = '';

  /** What came under `/<name>…`, oldest first. */
  of(name: string): Received[] {
    return this.got.filter(({ path }) => path.split('/')[1] === name);
  }

  json(name: string): Record<string, unknown>[] {
    return this.of(name).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  answer(name: string, answer: Answer): void {
    this.answers.set(name, answer);
  }

  /** That status, with these headers. */
  status(name: string, status: number, headers: Record<string, string> = {}, body = 'no'): void {
    this.answer(name, (response) => response.writeHead(status, headers).end(body));
  }

  well(name: string): void {
    this.answers.delete(name);
  }

  readonly server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://receiver');
      const received: Received = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      this.got.push(received);
      (this.answers.get(pathname.split('/')[1] ?? '') ?? fine)(response, received);
    });
  });
}

/** One for all tests of a file. */
export function useReceiver(): Receiver {
  const receiver = new Receiver();
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(receiver.server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    receiver.server.closeAllConnections();
    receiver.server.close();
  });
  return receiver;
}
