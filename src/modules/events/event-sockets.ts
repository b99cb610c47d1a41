import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { asAppError } from '../../common/errors/index.js';
import { type Principal, PROBLEM_JSON, problemOf, statusOf } from '../../common/http/index.js';
import { RequestAudit } from '../audit/index.js';
import { Authentication } from '../auth/index.js';
import { EventFeed, type FeedOptions, shownEvent } from './event-feed.js';
import { checkedQuery, feedOf } from './event-request.js';
import { originNotAllowed } from './events.errors.js';

export const SOCKET_PATH = '/ws/events';
/** Subprotocol that the server speaks. */
const PROTOCOL = 'backupd.v1';
/** A browser can't set headers: it offers its token as one more subprotocol. */
const TOKEN_PROTOCOL = 'backupd.token.';
const HEARTBEAT_MS = 15_000;
/** A client that takes nothing for so long is cut off. */
const STALLED_MS = 30_000;
/** Clients have nothing to say. */
const MAX_MESSAGE = 1024;
const CLOSING_MS = 1000;
const GOING_AWAY = 1001;

/** The events over WebSocket: the same as `GET /events`, one JSON text a message. */
@Injectable()
export class EventSockets implements OnApplicationBootstrap, OnModuleDestroy {
  /** How often a client is asked whether it is there. */
  heartbeatMs = HEARTBEAT_MS;
  private readonly logger = new Logger('events');
  private readonly stop = new AbortController();
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly authentication: Authentication,
    private readonly audit: RequestAudit,
    private readonly feed: EventFeed,
  ) {}

  onApplicationBootstrap(): void {
    const server: unknown = this.http.httpAdapter.getHttpServer();
    if (!isHttpServer(server)) return;
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
  }

  /** Says good-bye to all clients; those that do not answer are cut off. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    const clients = [...this.server.clients];
    if (clients.length === 0) return;
    const closed = Promise.all(clients.map((client) => new Promise((resolve) => client.once('close', resolve))));
    for (const client of clients) client.close(GOING_AWAY, 'backupd is stopping');
    await Promise.race([closed, sleep(CLOSING_MS)]);
    for (const client of clients) client.terminate();
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Without a listener an error of a socket that goes away would end the process.
    socket.on('error', ignore);
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    try {
      const url = new URL(request.url ?? '', 'http://localhost');
      if (url.pathname !== SOCKET_PATH) {
        refuse(socket, 404, {});
        return;
      }
      checkOrigin(request);
      const reader = await this.authenticate(request);
      const lastId = request.headers['last-event-id'];
      const query = await checkedQuery(url.searchParams);
      const options = feedOf(query, typeof lastId === 'string' ? lastId : undefined, reader);
      const signal = AbortSignal.any([gone.signal, this.stop.signal]);
      const events = await this.feed.follow(
        { ...options, heartbeatMs: this.heartbeatMs } satisfies FeedOptions,
        signal,
      );
      if (signal.aborted) {
        socket.destroy();
        return;
      }
      socket.off('error', ignore);
      this.server.handleUpgrade(request, socket, head, (client) => void this.send(client, events, signal));
    } catch (thrown) {
      gone.abort();
      const error = asAppError(thrown);
      if (error.kind === 'unauthenticated' || error.kind === 'too-many' || error.kind === 'forbidden')
        await this.audit.notLetIn(request, 'ws.events', error);
      if (error.kind === 'internal') this.logger.error(`${error.code}: ${error.message}`);
      refuse(socket, statusOf(error), problemOf(error));
    }
  }

  private authenticate(request: IncomingMessage): Promise<Principal> {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    const token = offered.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
    if (request.headers.authorization === undefined && token !== undefined)
      return this.authentication.byToken(request, token);
    return this.authentication.ofRequest(request);
  }

  private async send(
    client: WebSocket,
    events: Awaited<ReturnType<EventFeed['follow']>>,
    signal: AbortSignal,
  ): Promise<void> {
    const heartbeat = keepAlive(client, this.heartbeatMs);
    client.on('error', () => client.terminate());
    try {
      for await (const event of events)
        if (event !== 'idle' && !(await taken(client, JSON.stringify(shownEvent(event)), signal))) break;
    } catch (error) {
      this.logger.warn(`A WebSocket of events was closed: ${String(error)}`);
    } finally {
      clearInterval(heartbeat);
      // The stop has closed it already, with a word why.
      if (!this.stop.signal.aborted) client.terminate();
    }
  }
}

/** Pings, and cuts off who did not answer the ping before. */
function keepAlive(client: WebSocket, everyMs: number): NodeJS.Timeout {
  let answered = true;
  client.on('pong', () => {
    answered = true;
  });
  return setInterval(() => {
    if (!answered) client.terminate();
    answered = false;
    if (client.readyState === client.OPEN) client.ping();
  }, everyMs).unref();
}

/** Sends and waits for the client to take it; false when it is gone or does not read. */
function taken(client: WebSocket, text: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted || client.readyState !== client.OPEN) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => client.terminate(), STALLED_MS);
    client.send(text, (error) => {
      clearTimeout(timer);
      resolve(error === undefined || error === null);
    });
  });
}

/** The socket's end follows an error, and is enough to know. */
const ignore = (): void => undefined;

/** A page of another site may not use what its visitor's browser knows. Programs send no Origin. */
function checkOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())
    throw originNotAllowed(origin.slice(0, 200));
}

function refuse(socket: Duplex, status: number, problem: object): void {
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer realm="backupd"'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

interface Upgrading {
  on(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
}

/** An application that is only described has none. */
function isHttpServer(server: unknown): server is Upgrading {
  return typeof server === 'object' && server !== null && 'on' in server;
}
