import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';

const ACCOUNT = '023e105f4ecef8ad9ca31a8372d0c353';
const DATABASE = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
const TOKEN = 'test-token-of-d1';

/** What becomes of a request: goes through, fails before it is done, is never answered, or is done and its answer lost. */
export type Fate = 'pass' | 'lost-answer' | 'silence' | { status: number; retryAfter?: string; body?: string };

/** A row of the mirror, as it lies in D1. */
export interface RemoteRow {
  server_id: string;
  row_id: string;
  data: string;
  hash: string;
}

/** Cloudflare's D1 (the engine that miniflare brings) behind its HTTP API, with a door in front that can misbehave. */
export class TestD1 {
  /** Decides over each request; by default all pass. */
  fate: (body: string) => Fate | Promise<Fate> = () => 'pass';
  /** Sizes of the requests so far. */
  readonly requestBytes: number[] = [];
  private server: Server | null = null;
  private port = 0;

  private constructor(
    private readonly engine: Miniflare,
    private readonly engineUrl: URL,
  ) {}

  static async start(): Promise<TestD1> {
    const engine = new Miniflare({
      modules: true,
      script: readFileSync(join(import.meta.dirname, 'd1-worker.mjs'), 'utf8'),
      compatibilityDate: '2026-07-01',
      d1Databases: { DB: DATABASE },
      bindings: { ACCOUNT, DATABASE, TOKEN },
      telemetry: { enabled: false },
      cf: false,
    });
    const d1 = new TestD1(engine, await engine.ready);
    await d1.open();
    return d1;
  }

  /** Settings for `PUT /mirror`. */
  get settings(): { accountId: string; databaseId: string; baseUrl: string; apiToken: string } {
    const baseUrl = `http://127.0.0.1:${this.port}/client/v4`;
    return { accountId: ACCOUNT, databaseId: DATABASE, baseUrl, apiToken: TOKEN };
  }

  /** The rows of a table, straight from the engine. */
  async rows(table: string, serverId: string): Promise<RemoteRow[]> {
    return this.sql<RemoteRow>(
      `select server_id, row_id, data, hash from backupd_${table} where server_id = ? order by row_id`,
      serverId,
    );
  }

  async sql<Row>(sql: string, ...params: string[]): Promise<Row[]> {
    const { DB } = await this.engine.getBindings<{
      DB: { prepare: (text: string) => { bind: (...values: string[]) => { all: () => Promise<{ results: Row[] }> } } };
    }>();
    return (
      await DB.prepare(sql)
        .bind(...params)
        .all()
    ).results;
  }

  /** Nothing listens any more: connections are refused. */
  async shut(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  }

  /** Listens again, where it did before. */
  async open(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    await this.shut();
    await this.engine.dispose();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    this.requestBytes.push(Buffer.byteLength(body));
    const fate = await this.fate(body);
    if (fate === 'silence') return;
    if (typeof fate === 'object') {
      response.writeHead(fate.status, fate.retryAfter === undefined ? {} : { 'Retry-After': fate.retryAfter });
      response.end(fate.body ?? 'upstream trouble');
      return;
    }
    const answer = await fetch(new URL(request.url ?? '/', this.engineUrl), {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '' },
      ...(body === '' ? {} : { body }),
    });
    const text = await answer.text();
    if (fate === 'lost-answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(text);
  }
}
