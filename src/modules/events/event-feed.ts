import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/http/index.js';
import { Authentication } from '../auth/index.js';
import { EventHub } from './event-hub.js';
import { EventLog } from './event-log.js';
import { type EventFilter, type LoggedEvent } from './event-types.js';
import { OpenStreams } from './open-streams.js';

const HEARTBEAT_MS = 15_000;
const BATCH = 200;

/** Which events a stream has, and when it ends. */
export interface FeedOptions {
  filter: EventFilter;
  /** What came after this event; null = from now on. */
  after: number | null;
  /** The stream of one job: ends when the job is over and all of it was given. */
  isOver?: () => Promise<boolean>;
  /** Silence after which `idle` is given, in milliseconds. */
  heartbeatMs?: number;
  /** Who reads. */
  reader: Principal;
}

/** The events of a stream, however they are sent. */
@Injectable()
export class EventFeed {
  /** See `FeedOptions`; also how often it is looked at whether, and what, the reader may read. */
  heartbeatMs = HEARTBEAT_MS;

  constructor(
    private readonly hub: EventHub,
    private readonly log: EventLog,
    private readonly authentication: Authentication,
    private readonly open: OpenStreams,
  ) {}

  /**
   * Every event that passes the filter, in order, once; `idle` when there was none for long. What happens after this has resolved
   * is among them. Reads on only when it is asked for the next one, so a slow reader costs nothing. Ends with the job, with the
   * signal, or when the reader would not be let in any more. A reader who is restricted to some sites gets their events only. Its place among the open streams is free with the signal, which must
   * come. Error: STREAMS_TOO_MANY.
   */
  async follow(options: FeedOptions, signal: AbortSignal): Promise<AsyncGenerator<LoggedEvent | 'idle'>> {
    this.open.take(options.reader.id, signal);
    const newest = await this.log.latestId();
    return this.read(Math.min(options.after ?? newest, newest), options, signal);
  }

  private async *read(
    after: number,
    { filter: asked, isOver, reader: caller, heartbeatMs = this.heartbeatMs }: FeedOptions,
    signal: AbortSignal,
  ): AsyncGenerator<LoggedEvent | 'idle'> {
    let cursor = after;
    let filter: EventFilter = { ...asked, sites: caller.sites };
    let checked = performance.now();
    while (!signal.aborted) {
      if (performance.now() - checked >= heartbeatMs) {
        // A database that is away has nothing new to tell either.
        const reader = await this.authentication.again(caller).catch(() => caller);
        if (reader === null) return;
        filter = { ...asked, sites: reader.sites };
        checked = performance.now();
      }
      const page = await this.hub.read(cursor, filter, BATCH);
      cursor = page.cursor;
      yield* page.events;
      if (page.events.length > 0) continue;
      if (isOver !== undefined && (await isOver())) {
        // Its last event was committed with its end: one more look at the log itself finds it.
        yield* this.rest(cursor, filter, signal);
        return;
      }
      if (await this.isIdle(cursor, signal, heartbeatMs)) yield 'idle';
    }
  }

  private async *rest(after: number, filter: EventFilter, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
    let cursor = after;
    for (;;) {
      const events = await this.log.read(cursor, filter, BATCH);
      yield* events;
      cursor = events.at(-1)?.id ?? cursor;
      if (events.length < BATCH || signal.aborted) return;
    }
  }

  /** Waits until there is something new; true when there was nothing for long. */
  private async isIdle(cursor: number, signal: AbortSignal, heartbeatMs: number): Promise<boolean> {
    const wait = new AbortController();
    const timer = setTimeout(() => wait.abort(), heartbeatMs);
    await this.hub.changed(cursor, AbortSignal.any([signal, wait.signal]));
    clearTimeout(timer);
    return wait.signal.aborted && !signal.aborted;
  }
}

/** An event as clients get it. */
export function shownEvent(event: LoggedEvent): Record<string, unknown> {
  return {
    id: event.id,
    type: event.type,
    jobId: event.jobId,
    siteId: event.siteId,
    at: event.createdAt.toISOString(),
    ...event.data,
  };
}
