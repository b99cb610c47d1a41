import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransferFault, withRetries } from './s3-retry.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const policy = { attempts: 6, baseMs: 200, capMs: 1000 };

/** How long each wait between the attempts was, when all fail. */
async function waits(): Promise<number[]> {
  const at: number[] = [];
  const failing = withRetries(policy, undefined, () => {
    at.push(performance.now());
    return Promise.reject(new TransferFault('cut'));
  });
  const failure = failing.catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await failure).toBeInstanceOf(TransferFault);
  return at.slice(1).map((time, index) => time - (at[index] ?? 0));
}

describe('withRetries', () => {
  it('waits longer each time, up to a cap, and never two clients the same', async () => {
    const rounds: number[][] = [];
    for (let round = 0; round < 20; round += 1) rounds.push(await waits());
    for (const round of rounds) {
      expect(round).toHaveLength(5);
      for (const [index, longest] of [200, 400, 800, 1000, 1000].entries()) {
        expect(round[index]).toBeGreaterThanOrEqual(longest / 2 - 1);
        expect(round[index]).toBeLessThanOrEqual(longest + 1);
      }
    }
    for (let index = 0; index < 5; index += 1) {
      const same = rounds.map((round) => round[index] ?? 0);
      expect(Math.max(...same) - Math.min(...same)).toBeGreaterThan(30);
    }
  });

  it('does not try again what can not pass, nor after a cancel', async () => {
    let calls = 0;
    const wrong = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await expect(
      withRetries(policy, undefined, () => {
        calls += 1;
        return Promise.reject(wrong);
      }),
    ).rejects.toBe(wrong);
    const stop = new AbortController();
    const cut = withRetries(policy, stop.signal, () => {
      calls += 1;
      return Promise.reject(new TransferFault('cut'));
    });
    const failure = cut.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1);
    stop.abort();
    await vi.runAllTimersAsync();
    expect(await failure).toMatchObject({ code: 'JOB_CANCELLED' });
    expect(calls).toBe(2);
  });
});
