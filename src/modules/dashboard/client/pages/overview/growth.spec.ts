import { describe, expect, it } from 'vitest';
import { growthOf } from './growth.ts';

const backup = (createdAt: string, storedBytes: number, copies = 1) => ({
  createdAt,
  storedBytes,
  copies: Array.from({ length: copies }, () => ({
    providerId: 'p',
    providerName: 'local',
    state: 'present' as const,
    verifiedAt: null,
  })),
});

describe('storage growth', () => {
  it('goes back from what is stored now, each copy by itself', () => {
    const { times, bytes } = growthOf(
      [backup('2026-11-02T00:00:00Z', 10, 2), backup('2026-11-01T00:00:00Z', 100)],
      125,
      new Date('2026-11-03T00:00:00Z'),
    );
    expect(bytes).toEqual([5, 105, 105, 125, 125]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('never goes below nothing, and its times never stand still', () => {
    const { times, bytes } = growthOf(
      [backup('2026-11-01T00:00:00Z', 100), backup('2026-11-01T00:00:00Z', 100)],
      50,
      new Date('2026-11-01T00:00:00Z'),
    );
    expect(Math.min(...bytes)).toBe(0);
    expect(new Set(times).size).toBe(times.length);
  });
});
