import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Remembered } from './remembered.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function counting(wait: boolean): {
  remembered: Remembered<number>;
  loads: () => number;
  fail: (yes: boolean) => void;
} {
  let loads = 0;
  let fails = false;
  const load = async (): Promise<number> => {
    loads += 1;
    if (fails) throw new Error('away');
    return Promise.resolve(loads);
  };
  return {
    remembered: new Remembered(load, { freshMs: 1000, wait }),
    loads: () => loads,
    fail: (yes) => {
      fails = yes;
    },
  };
}

it('loads once for all that ask at the same time, and not again while it is fresh', async () => {
  const { remembered, loads } = counting(true);
  expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
  vi.advanceTimersByTime(999);
  expect(await remembered.get()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await remembered.get()).toBe(2);
  expect(loads()).toBe(2);
});

it('gives an old one once more where nobody has to wait', async () => {
  const { remembered, loads, fail } = counting(false);
  expect(await remembered.get()).toBe(1);
  vi.advanceTimersByTime(5000);
  expect(await remembered.get()).toBe(1);
  await setImmediate();
  expect(loads()).toBe(2);
  expect(await remembered.get()).toBe(2);
  fail(true);
  vi.advanceTimersByTime(5000);
  expect(await remembered.get()).toBe(2);
});

it('what fails is tried again', async () => {
  const { remembered, fail } = counting(true);
  fail(true);
  await expect(remembered.get()).rejects.toThrow('away');
  fail(false);
  expect(await remembered.get()).toBe(2);
});
