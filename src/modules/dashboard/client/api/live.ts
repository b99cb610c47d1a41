import { signal } from '@preact/signals';
import type { operations } from './schema.ts';

type EventType = NonNullable<NonNullable<operations['Events_all']['parameters']['query']>['type']>[number];

/** One thing that happened, as the server tells it. */
export interface LiveEvent {
  id: number;
  type: EventType;
  jobId: string | null;
  siteId: string | null;
  at: string;
  [fact: string]: unknown;
}

export type LiveState = 'connecting' | 'live' | 'offline';

/** Each type has a listener of its own; one that the API's description has and this has not does not compile. */
const TYPES = Object.keys({
  'job.created': true,
  'job.started': true,
  'stage.started': true,
  'stage.progress': true,
  'stage.completed': true,
  'stage.failed': true,
  'stage.skipped': true,
  'job.warning': true,
  'job.note': true,
  'job.completed': true,
  'job.failed': true,
  'job.cancelled': true,
  'alarm.raised': true,
  'alarm.cleared': true,
  'schedule.missed': true,
  'site.found': true,
  'site.moved': true,
  'site.vanished': true,
  'node.joined': true,
  'node.online': true,
  'node.stale': true,
  'node.offline': true,
  'node.removed': true,
} satisfies Record<EventType, true>);

/** Three heartbeats of the server. */
const SILENCE_MS = 45_000;
const RETRY_MS = [1000, 2000, 5000, 10_000];

/** Whether news arrive. */
export const liveState = signal<LiveState>('connecting');
/** Since when none arrive; null while they do. */
export const offlineSince = signal<Date | null>(null);

const listeners = new Set<(event: LiveEvent) => void>();
const reconnected = new Set<() => void>();
let source: EventSource | null = null;
let lastEventId: string | null = null;
let silence: ReturnType<typeof setTimeout> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let wasLive = false;

/** Every event of the server from now on, in order; returns what ends it. */
export function onEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called when the stream is there again after it was lost. What it missed in between comes as events as well, where the server still has it. */
export function onReconnect(listener: () => void): () => void {
  reconnected.add(listener);
  return () => reconnected.delete(listener);
}

/** Opens the one stream of this page. */
export function goLive(): void {
  if (source !== null || retry !== undefined) return;
  open();
}

/** Ends it: nobody is signed in. */
export function stopLive(): void {
  clearTimeout(silence);
  clearTimeout(retry);
  retry = undefined;
  source?.close();
  source = null;
  lastEventId = null;
  wasLive = false;
  failures = 0;
  offlineSince.value = null;
  liveState.value = 'connecting';
}

function open(): void {
  // The browser sends the id by itself only when it reconnects by itself.
  const query = lastEventId === null ? '' : `?lastEventId=${encodeURIComponent(lastEventId)}`;
  const stream = new EventSource(`/events${query}`);
  source = stream;
  stream.addEventListener('open', isLive);
  stream.addEventListener('error', () => {
    isOffline();
    if (stream.readyState === EventSource.CLOSED) again();
  });
  stream.addEventListener('heartbeat', heard);
  for (const type of TYPES) stream.addEventListener(type, (message) => take(message));
  heard();
}

function isLive(): void {
  failures = 0;
  liveState.value = 'live';
  offlineSince.value = null;
  heard();
  if (wasLive) for (const listener of reconnected) listener();
  wasLive = true;
}

function isOffline(): void {
  liveState.value = 'offline';
  offlineSince.value ??= new Date();
}

/** A stream that says nothing for long is dead, whatever the browser thinks. */
function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(() => {
    isOffline();
    again();
  }, SILENCE_MS);
}

function again(): void {
  clearTimeout(silence);
  source?.close();
  source = null;
  clearTimeout(retry);
  const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
  failures += 1;
  retry = setTimeout(() => {
    retry = undefined;
    open();
  }, wait);
}

function take(message: MessageEvent<string>): void {
  heard();
  lastEventId = message.lastEventId;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's
  const event = JSON.parse(message.data) as LiveEvent;
  for (const listener of listeners) listener(event);
}
