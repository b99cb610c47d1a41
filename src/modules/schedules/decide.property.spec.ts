import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { decide, LATE_MS, upcoming } from './decide.js';
import { Slots } from './maths/index.js';
import type { Rhythm } from './rhythm.js';

vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 2, 27);
const RHYTHMS: Rhythm[] = [
  { every: 'hours', hours: 1, minute: 10 },
  { every: 'day', at: '02:30' },
  { every: 'cron', expression: '*/5 * * * *' },
  { every: 'week', days: [7], at: '02:30' },
];

const rules = fc.record({
  siteId: fc.uuid(),
  scheduleId: fc.constant('s'),
  jitterSeconds: fc.constantFrom(0, 200, 4000),
  blackouts: fc.constantFrom([], [{ from: '01:00', until: '05:00' }]),
  timeZone: fc.constantFrom('Europe/Berlin', 'UTC'),
});
/** How far the clock moves between two ticks: mostly on, at times far on (a downtime) or back (it was set). */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 5000, max: 5 * MINUTE }) },
  { weight: 2, arbitrary: fc.integer({ min: HOUR, max: 40 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: -3 * HOUR, max: 0 }) },
);

it('whatever the clock does: no slot twice, none out of order, one run at most for each tick', () => {
  const steps = fc.array(step, { minLength: 20, maxLength: 120 });
  fc.assert(
    fc.property(fc.constantFrom(...RHYTHMS), rules, steps, (rhythm, given, clock) => {
      const slots = new Slots(rhythm, given.timeZone);
      let state = upcoming(slots, given, new Date(BEGIN));
      let counted = 0;
      const run: number[] = [];
      let now = BEGIN;
      for (const ms of clock) {
        now += ms;
        const at = new Date(now);
        if (state.nextSlot === null || state.dueAt === null || state.dueAt > at) continue;
        const decision = decide({ nextSlot: state.nextSlot, waited: false }, slots, given, at);
        run.push(decision.slot.getTime());
        counted += decision.count;
        expect(decision.slot.getTime()).toBeLessThanOrEqual(now);
        expect(decision.missed).toBeLessThanOrEqual(decision.count);
        state = upcoming(slots, given, decision.slot);
        // What is due now would be a second run in the same tick.
        expect(state.dueAt !== null && state.dueAt > at).toBe(true);
      }
      expect(run).toEqual([...new Set(run)].toSorted((a, b) => a - b));
      // No slot is forgotten: each is run, or one with a later one.
      const last = new Date(run.at(-1) ?? BEGIN);
      expect([...slots.between(new Date(BEGIN), last)]).toHaveLength(counted);
    }),
    { numRuns: 60 },
  );
});

const slot = (time: string): Date => new Date(`2026-11-26T${time}:00Z`);

it('a start that is late was missed, one that was held back was not', () => {
  const slots = new Slots({ every: 'hours', hours: 1, minute: 0 }, 'UTC');
  const none = { siteId: 'a', scheduleId: 's', jitterSeconds: 0, blackouts: [], timeZone: 'UTC' };
  const nextSlot = new Date('2026-11-26T10:00:00Z');
  const at = (time: string, waited = false): unknown => decide({ nextSlot, waited }, slots, none, new Date(time));
  expect(at('2026-11-26T10:00:04Z')).toEqual({ slot: slot('10:00'), count: 1, missed: 0, late: false });
  expect(at('2026-11-26T10:11:00Z')).toEqual({ slot: slot('10:00'), count: 1, missed: 1, late: true });
  expect(at('2026-11-26T13:05:00Z')).toEqual({ slot: slot('13:00'), count: 4, missed: 3, late: false });
  expect(at('2026-11-26T13:30:00Z')).toEqual({ slot: slot('13:00'), count: 4, missed: 4, late: true });
  expect(at('2026-11-26T13:30:00Z', true)).toEqual({ slot: slot('13:00'), count: 4, missed: 0, late: false });
  expect(LATE_MS).toBe(600_000);
});
