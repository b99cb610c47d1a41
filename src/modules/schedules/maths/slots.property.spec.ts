import { Temporal } from '@js-temporal/polyfill';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Rhythm } from '../rhythm.js';
import { instantOf, slotsByOracle, transitions } from './oracle.spec-support.js';
import { Slots } from './slots.js';

vi.setConfig({ testTimeout: 60_000 });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGIN = Date.UTC(2024, 0, 1);
const END = Date.UTC(2034, 0, 1);
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Casablanca',
  'UTC',
];

const two = (n: number): string => String(n).padStart(2, '0');
const at = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const list = (min: number, max: number, most: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: most });
const field = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: list(min, max, 3).map((values) => values.join(',')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    },
  );
const fixedCron = fc
  .tuple(list(0, 59, 3), list(0, 23, 4), field(1, 28), field(1, 12), field(0, 6))
  .map(([minutes, hours, day, month, weekday]) => `${minutes.join(',')} ${hours.join(',')} ${day} ${month} ${weekday}`);
const fixed: fc.Arbitrary<Rhythm> = fc.oneof(
  at.map((time): Rhythm => ({ every: 'day', at: time })),
  fc.tuple(list(1, 7, 4), at).map(([days, time]): Rhythm => ({ every: 'week', days, at: time })),
  fc.tuple(list(1, 31, 3), at).map(([days, time]): Rhythm => ({ every: 'month', days, at: time })),
  fc
    .tuple(fc.constantFrom(2, 3, 4, 6, 8, 12), fc.integer({ min: 0, max: 59 }))
    .map(([hours, minute]): Rhythm => ({ every: 'hours', hours, minute })),
  fixedCron.map((expression): Rhythm => ({ every: 'cron', expression })),
);
const zone = fc.constantFrom(...ZONES);
/** Any moment of the ten years, and often one beside a change of the clock. */
const moment = (name: string): fc.Arbitrary<number> => {
  const anywhere = fc.integer({ min: BEGIN, max: END });
  const changes = transitions(name, BEGIN, END);
  if (changes.length === 0) return anywhere;
  const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * HOUR, max: 30 * HOUR }));
  return fc.oneof(
    anywhere,
    near.map(([change, off]) => change + off),
  );
};
const times = (slots: Iterable<Date>): number[] => [...slots].map((slot) => slot.getTime());

describe('slots, compared with Temporal and cron-parser', () => {
  it.each(ZONES)('%s: every quarter of an hour around every change of the clock in ten years', (name) => {
    for (const change of transitions(name, BEGIN, END)) {
      const date = Temporal.Instant.fromEpochMilliseconds(change).toZonedDateTimeISO(name).toPlainDate();
      const [from, until] = [new Date(change - DAY), new Date(change + DAY)];
      for (let minute = 0; minute < 24 * 60; minute += 15) {
        const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
        const wanted = [-2, -1, 0, 1, 2]
          .map((days) => instantOf(date.add({ days }).toPlainDateTime(time), name))
          .filter((each) => each > from.getTime() && each <= until.getTime());
        expect(times(new Slots({ every: 'day', at: time }, name).between(from, until))).toEqual(wanted);
      }
    }
  });

  it('rhythms of fixed times, over random months', () => {
    const input = fc
      .tuple(fixed, zone)
      .chain(([rhythm, name]) =>
        fc.record({ rhythm: fc.constant(rhythm), name: fc.constant(name), from: moment(name) }),
      );
    fc.assert(
      fc.property(input, ({ rhythm, name, from }) => {
        const until = from + 45 * DAY;
        const wanted = slotsByOracle(rhythm, name, from, until);
        expect(times(new Slots(rhythm, name).between(new Date(from), new Date(until)))).toEqual(wanted);
      }),
      { numRuns: 250 },
    );
  });

  it.each(ZONES)('%s: once a day over the whole ten years', (name) => {
    const rhythm: Rhythm = { every: 'day', at: '02:30' };
    const slots = times(new Slots(rhythm, name).between(new Date(BEGIN), new Date(END)));
    expect(slots).toEqual(slotsByOracle(rhythm, name, BEGIN, END));
  });

  it('the last slot before a moment is the one after which the next comes', () => {
    const input = fc
      .tuple(fixed, zone)
      .chain(([rhythm, name]) => fc.record({ rhythm: fc.constant(rhythm), name: fc.constant(name), at: moment(name) }));
    fc.assert(
      fc.property(input, ({ rhythm, name, at: now }) => {
        const slots = new Slots(rhythm, name);
        const [before, after] = [slots.atOrBefore(new Date(now)), slots.after(new Date(now))];
        if (before === null || after === null) throw new Error('Each of these rhythms has slots every year.');
        expect(before.getTime()).toBeLessThanOrEqual(now);
        expect(slots.after(before)).toEqual(after);
      }),
      { numRuns: 150 },
    );
  });
});

describe('rhythms of every hour', () => {
  const wholeHours = ZONES.filter((name) => name !== 'Australia/Lord_Howe');

  it.each(['Europe/Berlin', 'America/New_York', 'Africa/Casablanca'])(
    '%s: an hour of real time lies between two slots, for ten years',
    (name) => {
      let expected: number | null = null;
      let count = 0;
      for (const slot of new Slots({ every: 'hours', hours: 1, minute: 20 }, name).between(
        new Date(BEGIN),
        new Date(END),
      )) {
        if (expected !== null && slot.getTime() !== expected)
          throw new Error(`${slot.toISOString()} is not an hour later`);
        expected = slot.getTime() + HOUR;
        count += 1;
      }
      expect(count).toBe((END - BEGIN) / HOUR);
    },
  );

  it('the same for a cron expression with * for the hour, also more often than hourly', () => {
    const input = fc
      .record({ name: fc.constantFrom(...wholeHours), minutes: list(0, 59, 4) })
      .chain((given) =>
        fc.record({ name: fc.constant(given.name), minutes: fc.constant(given.minutes), from: moment(given.name) }),
      );
    fc.assert(
      fc.property(input, ({ name, minutes, from }) => {
        const offset = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(name).offsetNanoseconds / 60e9;
        const wanted: number[] = [];
        for (let minute = Math.floor(from / 60_000) + 1; minute * 60_000 <= from + 3 * DAY; minute += 1)
          if (minutes.includes((minute + offset) % 60)) wanted.push(minute * 60_000);
        const slots = new Slots({ every: 'cron', expression: `${minutes.join(',')} * * * *` }, name);
        expect(times(slots.between(new Date(from), new Date(from + 3 * DAY)))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('where the clock is changed by half an hour, each hour of the day runs once', () => {
    const name = 'Australia/Lord_Howe';
    for (const minute of [0, 15, 30, 45])
      for (const change of transitions(name, BEGIN, END)) {
        const date = Temporal.Instant.fromEpochMilliseconds(change).toZonedDateTimeISO(name).toPlainDate();
        const [from, until] = [date, date.add({ days: 1 })].map(
          (day) => day.toZonedDateTime(name).epochMilliseconds - 1,
        );
        const found = times(
          new Slots({ every: 'hours', hours: 1, minute }, name).between(new Date(from ?? 0), new Date(until ?? 0)),
        );
        const hours = found.map((each) => Temporal.Instant.fromEpochMilliseconds(each).toZonedDateTimeISO(name).hour);
        expect(hours).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
      }
  });
});

it('days that a month does not have are its last one, once', () => {
  const slots = new Slots({ every: 'month', days: [29, 30, 31], at: '04:00' }, 'Europe/Berlin');
  const found = slots.next(8, new Date('2027-01-15T00:00:00Z')).map((slot) => slot.toISOString().slice(0, 10));
  expect(found).toEqual([
    '2027-01-29',
    '2027-01-30',
    '2027-01-31',
    '2027-02-28',
    '2027-03-29',
    '2027-03-30',
    '2027-03-31',
    '2027-04-29',
  ]);
});
