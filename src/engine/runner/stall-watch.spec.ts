import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResourceGate } from '../ports/index.js';
import { StallWatch } from './stall-watch.js';

const MINUTE = 60_000;

describe('a stage that is watched', () => {
  let watch: StallWatch;
  beforeEach(() => {
    vi.useFakeTimers();
    watch = new StallWatch('backup_db', { limitMs: 10 * MINUTE, now: () => Date.now() });
  });
  afterEach(() => {
    watch.end();
    vi.useRealTimers();
  });
  const stoppedAfter = async (minutes: number): Promise<boolean> => {
    await vi.advanceTimersByTimeAsync(minutes * MINUTE);
    return watch.signal.aborted;
  };

  it('is stopped when nothing moves, and told where it stood', async () => {
    watch.progress({ bytesDone: 5, bytesTotal: 100, current: 'wp_posts' });
    expect(await stoppedAfter(9.9)).toBe(false);
    expect(await stoppedAfter(0.2)).toBe(true);
    expect(watch.error()).toMatchObject({
      code: 'STAGE_STALLED',
      retry: 'later',
      message: 'backup_db was stopped: nothing has moved for 10 minutes. It stood at wp_posts after 5 of 100 bytes.',
    });
  });

  it('is not while bytes or items move, however slowly; the same report again is no move', async () => {
    for (let i = 1; i <= 5; i++) {
      expect(await stoppedAfter(9)).toBe(false);
      watch.progress({ bytesDone: i });
      expect(await stoppedAfter(9)).toBe(false);
      watch.progress({ bytesDone: i, itemsDone: i });
    }
    expect(await stoppedAfter(9)).toBe(false);
    watch.progress({ bytesDone: 5, itemsDone: 5 });
    watch.progress({ bytesDone: 3 });
    expect(await stoppedAfter(1.1)).toBe(true);
  });

  it('is not while it gives signs of life, or has ended', async () => {
    expect(await stoppedAfter(9)).toBe(false);
    watch.alive();
    expect(await stoppedAfter(9)).toBe(false);
    watch.end();
    expect(await stoppedAfter(60)).toBe(false);
  });

  it('never is with no limit', async () => {
    watch.end();
    watch = new StallWatch('x', { limitMs: 0 });
    expect(await stoppedAfter(100_000)).toBe(false);
  });

  it('may wait for its turn as long as it takes; then its time begins', async () => {
    const turn = Promise.withResolvers<void>();
    const hung = Promise.withResolvers<void>();
    const gate: ResourceGate = {
      capacity: () => 1,
      use: async (_kind, work) => {
        await turn.promise;
        return work();
      },
    };
    const using = watch.gate(gate).use('io', () => hung.promise);
    expect(await stoppedAfter(100)).toBe(false);
    turn.resolve();
    expect(await stoppedAfter(9.9)).toBe(false);
    expect(await stoppedAfter(0.2)).toBe(true);
    hung.resolve();
    await using;
  });

  it('is stopped when the part that has its turn hangs, although another part waits for its own', async () => {
    const never = new Promise<void>(() => undefined);
    let taken = false;
    const gate: ResourceGate = {
      capacity: () => 1,
      use: async (_kind, work) => {
        if (taken) await never;
        taken = true;
        return work();
      },
    };
    void watch.gate(gate).use('network', () => never);
    void watch.gate(gate).use('network', () => never);
    expect(await stoppedAfter(10.1)).toBe(true);
  });

  it('may hold one resource and wait for another, or for another stage', async () => {
    const later = Promise.withResolvers<void>();
    const free: ResourceGate = { capacity: () => 1, use: async (_kind, work) => work() };
    const busy: ResourceGate = {
      capacity: () => 1,
      use: async (_kind, work) => {
        await later.promise;
        return work();
      },
    };
    const hung = Promise.withResolvers<void>();
    const nested = watch.gate(free).use('io', () => watch.gate(busy).use('cpu', () => hung.promise));
    const waiting = watch.gate(free).use('io', () => watch.waits(() => later.promise));
    expect(await stoppedAfter(100)).toBe(false);
    later.resolve();
    await waiting;
    expect(await stoppedAfter(10.1)).toBe(true);
    hung.resolve();
    await nested;
  });
});
