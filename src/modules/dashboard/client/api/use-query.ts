import { useEffect, useReducer, useRef } from 'preact/hooks';
import { onEvent, onReconnect, type LiveEvent } from './live.ts';
import type { Problem } from './problem.ts';
import { entryOf, eventHappened, fetchEntry, invalidate, release } from './query-cache.ts';

export { invalidate } from './query-cache.ts';

export interface QueryOptions {
  /** Asks again after one of these events. */
  refreshOn?: readonly LiveEvent['type'][];
  /** Asks again by the clock, in milliseconds, while the page is seen. */
  everyMs?: number;
  /** Shows the answer to the question before while the new one is under way (paging, filters). */
  keepPrevious?: boolean;
  /** Does not ask while false. */
  enabled?: boolean;
}

export interface Query<T> {
  data: T | undefined;
  error: Problem | null;
  /** There is nothing to show yet. */
  loading: boolean;
  /** What is shown is an earlier answer. */
  stale: boolean;
  refresh: () => void;
}

/** An answer this fresh is not asked for again when a page opens. */
const FRESH_MS = 2000;

onEvent(({ type }) => eventHappened(type));
onReconnect(() => invalidate());

/**
 * What the server answers to one question, kept up to date: `useQuery('status', (signal) => ask(api.GET('/status', { signal })))`.
 * Equal keys share an answer. The key begins with the path (`sites?…`), so that `invalidate('sites')` finds it.
 */
export function useQuery<T>(
  key: string,
  fetcher: (signal: AbortSignal) => Promise<T>,
  { refreshOn, everyMs, keepPrevious = false, enabled = true }: QueryOptions = {},
): Query<T> {
  const [, render] = useReducer<number, void>((count) => count + 1, 0);
  const previous = useRef<T | undefined>(undefined);
  const entry = entryOf(key);
  entry.fetcher = fetcher;
  if (refreshOn !== undefined) entry.refreshOn = new Set(refreshOn);

  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (): void => render();
    entry.listeners.add(listener);
    if (entry.abort === null && (entry.answer.error !== null || Date.now() - entry.answeredAt > FRESH_MS))
      void fetchEntry(entry);
    return () => {
      entry.listeners.delete(listener);
      release(entry);
    };
  }, [entry, enabled]);

  useEffect(() => {
    if (everyMs === undefined || !enabled) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void fetchEntry(entry);
    }, everyMs);
    return () => clearInterval(timer);
  }, [entry, everyMs, enabled]);

  const { data, error, pending } = entry.answer;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entry has what its fetcher gave, and equal keys have equal fetchers
  const own = data as T | undefined;
  if (own !== undefined) previous.current = own;
  const shown = own ?? (keepPrevious ? previous.current : undefined);
  return {
    data: shown,
    error,
    loading: shown === undefined && error === null,
    stale: shown !== undefined && (own === undefined || pending),
    refresh: () => void fetchEntry(entry),
  };
}
