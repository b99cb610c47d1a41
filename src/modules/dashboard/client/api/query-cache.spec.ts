import { afterEach, describe, expect, it, vi } from 'vitest';
import { entryOf, eventHappened, fetchEntry, invalidate, release } from './query-cache.ts';

const listener = () => undefined;

const watched = (key: string, answers: unknown[]) => {
  const entry = entryOf(key);
  const fetcher = vi.fn<() => Promise<unknown>>(() => {
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  entry.fetcher = fetcher;
  entry.listeners.add(listener);
  return { entry, fetcher, leave: () => entry.listeners.delete(listener) };
};

describe('query cache', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps the last answer beside an error', async () => {
    const { entry } = watched('a', [1, new Error('away')]);
    await fetchEntry(entry);
    await fetchEntry(entry);
    expect(entry.answer).toMatchObject({ data: 1, pending: false, error: { message: 'away' } });
  });

  it('asks again what is watched and begins like the key, and forgets what is not watched', async () => {
    const shown = watched('sites?offset=0', [1, 2]);
    const hidden = watched('sites?offset=50', [1]);
    await Promise.all([fetchEntry(shown.entry), fetchEntry(hidden.entry)]);
    hidden.leave();
    invalidate('sites');
    await vi.waitFor(() => expect(shown.entry.answer.data).toBe(2));
    expect(entryOf('sites?offset=50').answer.data).toBeUndefined();
  });

  it('asks once for a burst of events', async () => {
    vi.useFakeTimers();
    const { entry, fetcher } = watched('jobs', [1, 2, 3]);
    entry.refreshOn = new Set(['job.completed']);
    for (let times = 0; times < 5; times += 1) eventHappened('job.completed');
    eventHappened('alarm.raised');
    await vi.advanceTimersByTimeAsync(1000);
    expect(fetcher).toHaveBeenCalledTimes(1);
  });

  it('ends the request that nobody waits for', async () => {
    const { entry, leave } = watched('slow', [new Promise(() => undefined)]);
    void fetchEntry(entry);
    const { signal } = entry.abort ?? new AbortController();
    leave();
    release(entry);
    expect(signal.aborted).toBe(true);
    expect(entry.answer.pending).toBe(false);
  });
});
