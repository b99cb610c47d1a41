import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BandwidthBudget } from './bandwidth-budget.js';

const MBPS_8 = 8; // a megabyte a second

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('BandwidthBudget', () => {
  it('lets the configured rate through, shared by all', async () => {
    const budget = new BandwidthBudget(MBPS_8);
    let sent = 0;
    const upload = async (): Promise<void> => {
      for (let i = 0; i < 200; i += 1) {
        await budget.take(10_000);
        sent += 10_000;
      }
    };
    const all = Promise.all([upload(), upload()]);
    await vi.advanceTimersByTimeAsync(1000);
    // The burst allowance of a quarter second comes on top.
    expect(sent).toBeGreaterThan(1_150_000);
    expect(sent).toBeLessThan(1_300_000);
    const before = sent;
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent - before).toBeGreaterThan(950_000);
    expect(sent - before).toBeLessThan(1_050_000);
    expect(budget.usedBytesLastSecond()).toBeGreaterThan(800_000);
    expect(budget.usedBytesLastSecond()).toBeLessThan(1_100_000);
    await vi.advanceTimersByTimeAsync(5000);
    await all;
    expect(budget.usedBytesLastSecond()).toBe(0);
    expect(budget.usedBytes()).toBe(4_000_000);
  });

  it('does not limit at 0', async () => {
    const budget = new BandwidthBudget(0);
    for (let i = 0; i < 100; i += 1) await budget.take(1e9);
    expect(budget.usedBytesLastSecond()).toBe(1e11);
  });

  it('an abort while waiting throws JOB_CANCELLED and gives the bytes back', async () => {
    const budget = new BandwidthBudget(MBPS_8);
    await budget.take(1_250_000);
    const abort = new AbortController();
    const long = budget.take(60_000_000, abort.signal);
    abort.abort();
    await expect(long).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    let done = false;
    const next = budget.take(1000).then(() => (done = true));
    await vi.advanceTimersByTimeAsync(1100);
    expect(done).toBe(true);
    await next;
  });
});
