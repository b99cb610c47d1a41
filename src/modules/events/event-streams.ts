import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Request, Response } from 'express';
import { invalidField } from '../../common/http/index.js';
import { EventHub } from './event-hub.js';
import { EventLog } from './event-log.js';
import type { EventFilter, LoggedEvent } from './event-types.js';

const HEARTBEAT_MS = 15_000;
const BATCH = 200;
/** A client that takes nothing for so long is cut off. */
const STALLED_MS = 30_000;

export interface StreamOptions {
  filter: EventFilter;
  /** Send what came after this event; null = from now on. */
  after: number | null;
  /** The stream of one job: ends when the job is over and all of it was sent. */
  isOver?: () => Promise<boolean>;
  heartbeatMs?: number;
}

/** Server-sent events over HTTP. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly stop = new AbortController();

  constructor(
    private readonly hub: EventHub,
    private readonly log: EventLog,
  ) {}

  /** Ends all streams, so that the server can close. */
  onModuleDestroy(): void {
    this.stop.abort();
  }

  /**
   * Answers with a stream: every event that passes the filter, in order, once. Returns when it has ended: by the client, by
   * the end of the job or of the server. What can be wrong with the request must be checked before.
   */
  async send(request: Request, response: Response, options: StreamOptions): Promise<void> {
    const newest = await this.log.latestId();
    let cursor = Math.min(options.after ?? newest, newest);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.stop.signal]);
    request.socket.setNoDelay(true);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    while (!signal.aborted) {
      const page = await this.hub.read(cursor, options.filter, BATCH);
      cursor = page.cursor;
      for (const event of page.events) {
        if (!(await write(response, frameOf(event), signal))) break;
      }
      if (page.events.length > 0) continue;
      if (options.isOver !== undefined && (await options.isOver())) {
        // Its last event was committed with its end: one more look at the log itself finds it.
        cursor = await this.sendRest(response, cursor, options.filter, signal);
        break;
      }
      await this.pause(response, cursor, signal, options.heartbeatMs ?? HEARTBEAT_MS);
    }
    response.end();
  }

  private async sendRest(response: Response, after: number, filter: EventFilter, signal: AbortSignal): Promise<number> {
    let cursor = after;
    for (;;) {
      const events = await this.log.read(cursor, filter, BATCH);
      for (const event of events) await write(response, frameOf(event), signal);
      cursor = events.at(-1)?.id ?? cursor;
      if (events.length < BATCH || signal.aborted) return cursor;
    }
  }

  /** Until there is something new; a heartbeat when there is nothing for long. */
  private async pause(response: Response, cursor: number, signal: AbortSignal, heartbeatMs: number): Promise<void> {
    const wait = new AbortController();
    const timer = setTimeout(() => wait.abort(), heartbeatMs);
    await this.hub.changed(cursor, AbortSignal.any([signal, wait.signal]));
    clearTimeout(timer);
    if (wait.signal.aborted && !signal.aborted) {
      await write(response, `event: heartbeat\ndata: {"at":"${new Date().toISOString()}"}\n\n`, signal);
    }
  }
}

/** Writes and waits for the client to take it; false when it is gone or does not read. */
async function write(response: Response, frame: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted || response.destroyed) return false;
  if (response.write(frame)) return true;
  return new Promise((resolve) => {
    const finish = (taken: boolean): void => {
      clearTimeout(timer);
      response.off('drain', drained);
      signal.removeEventListener('abort', aborted);
      if (!taken && !signal.aborted) response.destroy();
      resolve(taken);
    };
    const drained = (): void => finish(true);
    const aborted = (): void => finish(false);
    const timer = setTimeout(() => finish(false), STALLED_MS);
    response.once('drain', drained);
    signal.addEventListener('abort', aborted, { once: true });
  });
}

function frameOf(event: LoggedEvent): string {
  const data = {
    id: event.id,
    type: event.type,
    jobId: event.jobId,
    siteId: event.siteId,
    at: event.createdAt.toISOString(),
    ...event.data,
  };
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Where to go on: the header that browsers send when they reconnect, else the query parameter; null = nothing said. */
export function lastEventId(request: Request, query: string | undefined): number | null {
  const text = request.header('last-event-id') ?? query;
  if (text === undefined || text === '') return null;
  if (!/^\d{1,15}$/.test(text)) throw invalidField('lastEventId', 'Last-Event-ID must be the id of an event.');
  return Number(text);
}
