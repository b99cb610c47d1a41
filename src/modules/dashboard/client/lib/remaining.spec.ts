import { describe, expect, it } from 'vitest';
import { rateOf, roughly, type Sample, withSample } from './remaining.ts';

const run = (bytesAt: readonly [number, number][]): Sample[] => {
  let samples: Sample[] = [];
  for (const [seconds, bytes] of bytesAt) samples = withSample(samples, { atMs: seconds * 1000, bytes });
  return samples;
};

describe('remaining time', () => {
  it('says nothing from a moment', () => {
    expect(rateOf(run([[0, 0]]), 0)).toBeNull();
    expect(
      rateOf(
        run([
          [0, 0],
          [2, 100],
        ]),
        2000,
      ),
    ).toBeNull();
  });

  it('goes by the last half minute', () => {
    const samples = run([
      [0, 0],
      [10, 10_000],
      [20, 20_000],
      [45, 22_500],
    ]);
    expect(rateOf(samples, 45_000)).toBe(100);
  });

  it('says nothing of what stands still', () => {
    const samples = run([
      [0, 0],
      [10, 1000],
    ]);
    expect(rateOf(samples, 11_000)).toBe(100);
    expect(rateOf(samples, 40_000)).toBeNull();
  });

  it('begins anew with another stage', () => {
    expect(
      run([
        [0, 0],
        [10, 1000],
        [11, 5],
      ]),
    ).toEqual([{ atMs: 11_000, bytes: 5 }]);
  });

  it('is no finer than it can be', () => {
    expect([3, 31, 80, 290, 1500, 3500, 9000].map(roughly)).toEqual([
      'a few seconds',
      'about 40 s',
      'about 1 min',
      'about 5 min',
      'about 25 min',
      'about 1 h',
      'about 2.5 h',
    ]);
  });
});
