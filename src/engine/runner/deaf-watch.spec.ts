import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchHearing } from './deaf-watch.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells of work that does not end, each time, from when it was stopped until it ends', () => {
  const stop = new AbortController();
  const tell = vi.fn<() => void>();
  const hears = watchHearing(stop.signal, () => 100, tell);
  vi.advanceTimersByTime(1000);
  expect(tell).not.toHaveBeenCalled();
  stop.abort();
  vi.advanceTimersByTime(99);
  expect(tell).not.toHaveBeenCalled();
  vi.advanceTimersByTime(101);
  expect(tell).toHaveBeenCalledTimes(2);
  hears();
  vi.advanceTimersByTime(1000);
  expect(tell).toHaveBeenCalledTimes(2);
});

it('tells of work that was stopped before it began', () => {
  const tell = vi.fn<() => void>();
  const hears = watchHearing(AbortSignal.abort(), () => 100, tell);
  vi.advanceTimersByTime(100);
  expect(tell).toHaveBeenCalledOnce();
  hears();
});

it('one that stood still and is then cancelled is told of after the shorter time', () => {
  const stalled = new AbortController();
  const cancel = new AbortController();
  const tell = vi.fn<() => void>();
  const afterMs = (): number => (cancel.signal.aborted ? 10 : 1000);
  const hears = watchHearing(AbortSignal.any([stalled.signal, cancel.signal]), afterMs, tell, cancel.signal);
  stalled.abort();
  vi.advanceTimersByTime(500);
  cancel.abort();
  vi.advanceTimersByTime(9);
  expect(tell).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(tell).toHaveBeenCalledOnce();
  hears();
  vi.advanceTimersByTime(5000);
  expect(tell).toHaveBeenCalledOnce();
});
