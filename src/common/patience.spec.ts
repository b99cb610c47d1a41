import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Patience } from './patience.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = (): Promise<never> => new Promise(() => undefined);

it('gives what is found, and throws what is thrown', async () => {
  const patience = new Patience(1000, 1);
  expect(await patience.look('/a', async () => Promise.resolve(1))).toBe(1);
  await expect(patience.look('/a', async () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await patience.look('/a', async () => Promise.resolve(2))).toBe(2);
});

it('looks no second time where it hangs, nor anywhere when too much hangs, until that is back', async () => {
  const patience = new Patience(1000, 1);
  const { promise, resolve: back } = Promise.withResolvers<void>();
  const first = patience.look('/dead', () => promise);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await first).toBeNull();
  const again = vi.fn<() => Promise<never>>(never);
  expect(await patience.look('/dead', again)).toBeNull();
  await expect(patience.look('/other', again)).rejects.toThrow('/dead does not answer');
  expect(again).not.toHaveBeenCalled();
  back();
  await vi.advanceTimersByTimeAsync(0);
  expect(await patience.look('/other', async () => Promise.resolve(3))).toBe(3);
  expect(await patience.look('/dead', async () => Promise.resolve(4))).toBe(4);
});
