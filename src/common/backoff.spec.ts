import { expect, it } from 'vitest';
import { backoff } from './backoff.js';

it.each([
  [1, 200],
  [2, 400],
  [6, 6400],
  [7, 10_000],
  [2000, 10_000],
])('the wait after try %i is between half of %i ms and all of it', (attempt, ceiling) => {
  const waits = Array.from({ length: 200 }, () => backoff(attempt, { firstMs: 200, longestMs: 10_000 }));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(ceiling / 2);
  expect(Math.max(...waits)).toBeLessThanOrEqual(ceiling);
  expect(new Set(waits).size).toBeGreaterThan(100);
});
