import { asProblem, type Problem } from './problem.ts';

/** What is known of one question to the server. */
export interface Answer<T> {
  data: T | undefined;
  error: Problem | null;
  /** A request is under way. */
  pending: boolean;
}

export interface Entry {
  answer: Answer<unknown>;
  fetcher: (signal: AbortSignal) => Promise<unknown>;
  listeners: Set<() => void>;
  refreshOn: ReadonlySet<string>;
  abort: AbortController | null;
  /** When it was last answered. */
  answeredAt: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Answers that nobody looks at are kept for going back. */
const KEPT = 60;
/** Events come in bursts. */
const BURST_MS = 400;

const entries = new Map<string, Entry>();

export function entryOf(key: string): Entry {
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = {
      answer: { data: undefined, error: null, pending: false },
      fetcher: () => Promise.resolve(undefined),
      listeners: new Set(),
      refreshOn: new Set(),
      abort: null,
      answeredAt: 0,
      timer: undefined,
    };
    entries.set(key, entry);
    forgetOldest();
  }
  return entry;
}

/** Asks again, once at a time; what is shown stays until the answer is there. */
export async function fetchEntry(entry: Entry): Promise<void> {
  entry.abort?.abort();
  const abort = new AbortController();
  entry.abort = abort;
  update(entry, { ...entry.answer, pending: true });
  try {
    const data = await entry.fetcher(abort.signal);
    if (abort.signal.aborted) return;
    entry.answeredAt = Date.now();
    update(entry, { data, error: null, pending: false });
  } catch (error) {
    if (abort.signal.aborted) return;
    update(entry, { ...entry.answer, error: asProblem(error), pending: false });
  } finally {
    if (entry.abort === abort) entry.abort = null;
  }
}

/** Nobody looks any more: a request under way is of no use. */
export function release(entry: Entry): void {
  if (entry.listeners.size > 0) return;
  clearTimeout(entry.timer);
  entry.timer = undefined;
  if (entry.abort === null) return;
  entry.abort.abort();
  entry.abort = null;
  entry.answer = { ...entry.answer, pending: false };
}

/** Asks again what begins like one of these keys; what is not on the screen is forgotten. All without arguments. */
export function invalidate(...prefixes: string[]): void {
  for (const [key, entry] of entries) {
    if (prefixes.length > 0 && !prefixes.some((prefix) => key.startsWith(prefix))) continue;
    if (entry.listeners.size > 0) void fetchEntry(entry);
    else entries.delete(key);
  }
}

/** What this event could have changed is asked again soon, once for a burst. */
export function eventHappened(type: string): void {
  for (const [key, entry] of entries) {
    if (!entry.refreshOn.has(type)) continue;
    if (entry.listeners.size === 0) entries.delete(key);
    else
      entry.timer ??= setTimeout(() => {
        entry.timer = undefined;
        void fetchEntry(entry);
      }, BURST_MS);
  }
}

function update(entry: Entry, answer: Answer<unknown>): void {
  entry.answer = answer;
  for (const listener of entry.listeners) listener();
}

function forgetOldest(): void {
  for (const [key, entry] of entries) {
    if (entries.size <= KEPT) return;
    if (entry.listeners.size === 0) entries.delete(key);
  }
}
