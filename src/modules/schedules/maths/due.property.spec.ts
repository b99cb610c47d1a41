import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Blackout } from '../rhythm.js';
import { afterBlackouts, dueAt, jitterOf } from './due.js';
import { wallOf } from './oracle.spec-support.js';
import { Slots } from './slots.js';

vi.setConfig({ testTimeout: 60_000 });

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'];
const BEGIN = Date.UTC(2024, 0, 1);
const END = Date.UTC(2034, 0, 1);

const two = (n: number): string => String(n).padStart(2, '0');
const clock = fc.integer({ min: 0, max: 1439 }).map((all) => `${two(Math.floor(all / 60))}:${two(all % 60)}`);
const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 });
const blackout: fc.Arbitrary<Blackout> = fc
  .tuple(clock, clock, fc.option(days))
  .filter(([from, until]) => from !== until)
  .map(([from, until, on]) => (on === null ? { from, until } : { from, until, days: on }));

/** By the wall of Temporal: the day the blackout began on is today's, or yesterday's past midnight. */
function isIn(at: Date, { from, until, days: on }: Blackout, zone: string): boolean {
  const wall = wallOf(at, zone);
  const time = `${two(wall.hour)}:${two(wall.minute)}`;
  const yesterday = ((wall.dayOfWeek + 5) % 7) + 1;
  const began = (day: number): boolean => on === undefined || on.includes(day);
  if (from < until) return began(wall.dayOfWeek) && time >= from && time < until;
  return (began(wall.dayOfWeek) && time >= from) || (began(yesterday) && time < until);
}

it('nothing starts in a blackout, and nothing waits longer than it must', () => {
  const moments = fc.integer({ min: BEGIN / 60_000, max: END / 60_000 }).map((minute) => new Date(minute * 60_000));
  fc.assert(
    fc.property(moments, blackout, fc.constantFrom(...ZONES), (at, given, zone) => {
      const moved = afterBlackouts(at, [given], zone);
      expect(isIn(moved, given, zone)).toBe(false);
      expect(moved > at).toBe(isIn(at, given, zone));
      expect(isIn(new Date(moved.getTime() - 60_000), given, zone) || moved <= at).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('jitter is always the same for a site, and never reaches the next slot', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.integer({ min: 0, max: 200_000 }), (siteId, scheduleId, jitterSeconds) => {
      const slots = new Slots({ every: 'hours', hours: 1, minute: 0 }, 'Europe/Berlin');
      const [slot, next] = slots.next(2, new Date(BEGIN));
      if (slot === undefined || next === undefined) throw new Error('There is always a next hour.');
      const rules = { siteId, scheduleId, jitterSeconds, blackouts: [], timeZone: 'Europe/Berlin' };
      const due = dueAt(slot, next, rules);
      expect(dueAt(slot, next, rules)).toEqual(due);
      expect(due >= slot && due < next).toBe(true);
      expect(due.getTime() - slot.getTime()).toBeLessThanOrEqual(jitterSeconds * 1000);
    }),
    { numRuns: 300 },
  );
});

it('jitter spreads 2,000 sites evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 2000; n += 1) {
    const tenth = Math.floor(jitterOf(`site-${n}`, 'schedule', 1_000_000) / 100_000);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) expect(count).toBeGreaterThan(150);
});

it('a blackout past midnight belongs to the day on which it begins', () => {
  const night = [{ from: '22:00', until: '06:00', days: [5] }];
  const moved = (at: string): string => afterBlackouts(new Date(at), night, 'UTC').toISOString();
  expect(moved('2026-11-27T23:00:00Z')).toBe('2026-11-28T06:00:00.000Z'); // a Friday
  expect(moved('2026-11-28T05:59:00Z')).toBe('2026-11-28T06:00:00.000Z');
  expect(moved('2026-11-28T23:00:00Z')).toBe('2026-11-28T23:00:00.000Z');
});
