import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EVENT_CHANNEL, EventLog } from './event-log.js';
import type { EventFilter, LoggedEvent } from './event-types.js';
import { PgListener } from './pg-listener.js';

const RING_SIZE = 2000;
const PULL_BATCH = 1000;
/** A floor under the notifications. */
const POLL_MS = 10_000;

/** A part of the log and where to go on reading. */
export interface EventPage {
  events: LoggedEvent[];
  /** All events up to here were looked at. */
  cursor: number;
}

/**
 * The newest events of all masters in memory, for any number of readers. Readers pull, each at its own pace: nothing is
 * kept for a reader, so a slow one costs nothing. What the ring no longer has comes from the database.
 */
@Injectable()
export class EventHub implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('events');
  private ring: LoggedEvent[] = [];
  /** The ring holds every event after this id… */
  private ringStart = 0;
  /** …up to this one. */
  private newest = 0;
  private readonly waiting = new Set<() => void>();
  private pulling: Promise<void> | null = null;
  private pullAgain = false;
  private poll: NodeJS.Timeout | null = null;

  constructor(
    private readonly log: EventLog,
    private readonly listener: PgListener,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.newest = await this.log.latestId();
    this.ringStart = this.newest;
    await this.listener.listen(EVENT_CHANNEL, () => this.pull());
    this.poll = setInterval(() => {
      if (this.waiting.size > 0) this.pull();
    }, POLL_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.poll !== null) clearInterval(this.poll);
    this.wake();
  }

  /** Events after the id that pass the filter, at most `limit` of them. */
  async read(after: number, filter: EventFilter, limit: number): Promise<EventPage> {
    const upTo = this.newest;
    if (after >= this.ringStart) {
      const events: LoggedEvent[] = [];
      for (const event of this.ring) {
        if (event.id <= after || !passes(event, filter)) continue;
        events.push(event);
        if (events.length === limit) return { events, cursor: event.id };
      }
      return { events, cursor: Math.max(after, upTo) };
    }
    const events = await this.log.read(after, filter, limit);
    const last = events.at(-1)?.id ?? after;
    return { events, cursor: events.length === limit ? last : Math.max(last, upTo) };
  }

  /** Resolves when there is an event after the id, or the hub stops; or at once when the signal is raised. */
  changed(after: number, signal: AbortSignal): Promise<void> {
    if (this.newest > after || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  private pull(): void {
    if (this.pulling !== null) {
      this.pullAgain = true;
      return;
    }
    this.pulling = this.pullAll()
      .catch((error: unknown) => this.logger.warn(`Events could not be read: ${String(error)}`))
      .finally(() => {
        this.pulling = null;
      });
  }

  private async pullAll(): Promise<void> {
    do {
      this.pullAgain = false;
      let events: LoggedEvent[];
      do {
        events = await this.log.read(this.newest, {}, PULL_BATCH);
        this.ring.push(...events);
        const surplus = this.ring.length - RING_SIZE;
        if (surplus > 0) {
          this.ringStart = this.ring[surplus - 1]?.id ?? this.ringStart;
          this.ring = this.ring.slice(surplus);
        }
        this.newest = events.at(-1)?.id ?? this.newest;
        if (events.length > 0) this.wake();
      } while (events.length === PULL_BATCH);
      // Another notification may have come meanwhile.
    } while (this.mustPullAgain());
  }

  private mustPullAgain(): boolean {
    return this.pullAgain;
  }

  private wake(): void {
    for (const done of this.waiting) done();
  }
}

function passes(event: LoggedEvent, filter: EventFilter): boolean {
  return (
    (filter.jobId === undefined || event.jobId === filter.jobId) &&
    (filter.siteId === undefined || event.siteId === filter.siteId) &&
    (filter.types === undefined || filter.types.has(event.type)) &&
    ((filter.sites ?? null) === null || (event.siteId !== null && filter.sites?.has(event.siteId) === true))
  );
}
