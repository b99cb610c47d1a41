import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Request, Response } from 'express';
import { invalidField } from '../../common/http/index.js';
import { EventFeed, type FeedOptions, shownEvent } from './event-feed.js';
import type { LoggedEvent } from './event-types.js';

/** A client that takes nothing for so long is cut off. */
const STALLED_MS = 30_000;

/** Server-sent events over HTTP. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly stop = new AbortController();

  constructor(private readonly feed: EventFeed) {}

  /** Ends all streams, so that the server can close. */
  onModuleDestroy(): void {
    this.stop.abort();
  }

  /**
   * Answers with a stream: every event that passes the filter, in order, once. Returns when it has ended: by the client, by
   * the end of the job or of the server. What can be wrong with the request must be checked before. Error: STREAMS_TOO_MANY.
   */
  async send(request: Request, response: Response, options: FeedOptions): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      await this.sendUntil(AbortSignal.any([gone.signal, this.stop.signal]), request, response, options);
    } finally {
      // Who went before this listened is not told of again.
      gone.abort();
    }
  }

  private async sendUntil(
    signal: AbortSignal,
    request: Request,
    response: Response,
    options: FeedOptions,
  ): Promise<void> {
    const events = await this.feed.follow(options, signal);
    request.socket.setNoDelay(true);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    for await (const event of events)
      if (!(await write(response, event === 'idle' ? heartbeat() : frameOf(event), signal))) break;
    response.end();
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

function heartbeat(): string {
  return `event: heartbeat\ndata: {"at":"${new Date().toISOString()}"}\n\n`;
}

function frameOf(event: LoggedEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(shownEvent(event))}\n\n`;
}

/** Where to go on: the header that browsers send when they reconnect, else the query parameter; null = nothing said. */
export function lastEventId(header: string | undefined, query: string | undefined): number | null {
  const text = header ?? query;
  if (text === undefined || text === '') return null;
  if (!/^\d{1,15}$/.test(text)) throw invalidField('lastEventId', 'Last-Event-ID must be the id of an event.');
  return Number(text);
}
