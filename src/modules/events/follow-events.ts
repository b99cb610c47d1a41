import { Logger } from '@nestjs/common';
import { pause } from '../../common/pause.js';
import type { EventHub } from './event-hub.js';
import type { EventFilter, LoggedEvent } from './event-types.js';

const BATCH = 200;
const AGAIN_MS = 5000;
const logger = new Logger('events');

/**
 * Hands every event after the id that passes the filter to the work, in order and in batches, until the signal is raised. Work that
 * fails is logged and gets the same events again after a while.
 */
export async function followEvents(
  hub: EventHub,
  { after, filter }: { after: number; filter: EventFilter },
  work: (events: readonly LoggedEvent[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let cursor = after;
  while (!signal.aborted) {
    try {
      await hub.changed(cursor, signal);
      if (signal.aborted) return;
      const page = await hub.read(cursor, filter, BATCH);
      if (page.events.length > 0) await work(page.events);
      cursor = page.cursor;
    } catch (error) {
      if (signal.aborted) return;
      logger.warn(`Events could not be worked on, they are again in ${AGAIN_MS / 1000} s: ${String(error)}`);
      await pause(AGAIN_MS, signal).catch(() => undefined);
    }
  }
}
