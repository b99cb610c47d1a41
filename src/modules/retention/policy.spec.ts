import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { before, parseDuration } from '../../common/durations.js';
import { Calendar, PERIODS } from './periods.js';
import { decide, type RetainedBackup, type RetentionPolicy } from './policy.js';

const NOW = new Date('2026-11-26T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const backupAt = (id: string, at: string, more: Partial<RetainedBackup> = {}): RetainedBackup => ({
  id,
  at: new Date(at),
  good: true,
  pinned: false,
  ...more,
});

/** Clustered, so that periods hold several; some at the same moment, some from the future. */
const backups = fc
  .array(
    fc.record({
      // Whole half hours up to three years back, and two days ahead.
      at: fc.oneof(
        fc.integer({ min: -96, max: 3 * 365 * 48 }).map((n) => n * 30),
        fc.integer({ min: 0, max: 40 * 24 * 2 }).map((n) => n * 30),
      ),
      good: fc.boolean().chain((b) => (b ? fc.constant(true) : fc.boolean())),
      pinned: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map(({ at, good, pinned }, i): RetainedBackup => {
      return { id: String(i).padStart(3, '0'), at: new Date(NOW.getTime() - at * 60_000), good, pinned };
    }),
  );

const count = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });
const policies = fc.record({
  keepLast: count,
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  keepWithin: fc.option(fc.constantFrom('1h', '36h', 'P7D', '30d', 'P1Y2M'), { nil: undefined }),
  timeZone: fc.constantFrom(undefined, 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'),
});
const COUNTS = ['keepLast', ...PERIODS] as const;

const keptIds = (list: readonly RetainedBackup[], policy: RetentionPolicy | null, now = NOW): Set<string> =>
  new Set(decide(list, policy, now).flatMap(({ id, action }) => (action === 'keep' ? [id] : [])));

const newer = (a: RetainedBackup, b: RetainedBackup): boolean =>
  a.at.getTime() > b.at.getTime() || (a.at.getTime() === b.at.getTime() && a.id > b.id);
const hasRule = (policy: RetentionPolicy): boolean =>
  policy.keepWithin !== undefined || COUNTS.some((name) => (policy[name] ?? 0) > 0);

/** The same written the slow way: each backup by itself against all others, with dates of another make. */
function oracle(list: readonly RetainedBackup[], policy: RetentionPolicy): Set<string> {
  const zone = policy.timeZone ?? 'UTC';
  const local = (at: Date): string => at.toLocaleString('sv-SE', { timeZone: zone });
  const monday = (at: Date): string => {
    const day = new Date(`${local(at).slice(0, 10)}T00:00:00Z`);
    while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1);
    return day.toISOString();
  };
  // An hour is told from its repetition by what it lasts: its beginning in UTC, whatever the zone's minutes are.
  const hour = (at: Date): string => {
    const minutes = Number(local(at).slice(14, 16));
    return new Date(Math.floor(at.getTime() / 60_000 - minutes) * 60_000).toISOString();
  };
  const period = {
    hourly: hour,
    daily: (at: Date) => local(at).slice(0, 10),
    weekly: monday,
    monthly: (at: Date) => local(at).slice(0, 7),
    yearly: (at: Date) => local(at).slice(0, 4),
  };
  const past = list.filter((backup) => backup.at <= NOW);
  const good = past.filter((backup) => backup.good);
  const kept = list.filter((backup) => {
    if (backup.pinned || backup.at > NOW || !hasRule(policy)) return true;
    if (list.every((other) => !other.good)) return true;
    // A damaged one is judged as if it alone were good besides the good ones.
    const others = good.filter((other) => newer(other, backup));
    if (backup.good && others.length === 0) return true;
    if (others.length < (policy.keepLast ?? 0)) return true;
    for (const name of PERIODS) {
      const names = new Set(others.map((other) => period[name](other.at)));
      if (!names.has(period[name](backup.at)) && names.size < (policy[name] ?? 0)) return true;
    }
    if (policy.keepWithin === undefined) return false;
    const newest = Math.max(...good.map((other) => other.at.getTime()));
    const span = { '1h': HOUR, '36h': 36 * HOUR, P7D: 7 * DAY, '30d': 30 * DAY }[policy.keepWithin];
    if (span !== undefined) return good.length === 0 || backup.at.getTime() >= newest - span;
    const since = new Date(good.length === 0 ? NOW : newest);
    return backup.at >= new Date(since.setUTCMonth(since.getUTCMonth() - 14));
  });
  return new Set(kept.map((backup) => backup.id));
}

describe('what a policy keeps, whatever there is', () => {
  it('the same as the slow way finds', () => {
    fc.assert(
      fc.property(backups, policies, (list, policy) => {
        // One day of the month that every month has: the slow way does not shorten months.
        fc.pre(policy.keepWithin !== 'P1Y2M' || list.every((backup) => backup.at.getUTCDate() <= 28));
        expect(keptIds(list, policy)).toEqual(oracle(list, policy));
      }),
      { numRuns: 1500 },
    );
  });

  it('always the newest good one, the pinned ones and those from the future', () => {
    fc.assert(
      fc.property(backups, policies, (list, policy) => {
        const kept = keptIds(list, policy);
        const [newest] = list.filter((backup) => backup.good).toSorted((a, b) => (newer(a, b) ? -1 : 1));
        const must = list.filter((backup) => backup === newest || backup.pinned || backup.at > NOW);
        expect(must.filter(({ id }) => !kept.has(id))).toEqual([]);
      }),
    );
  });

  it('more with a larger count', () => {
    fc.assert(
      fc.property(
        backups,
        policies,
        fc.constantFrom(...COUNTS),
        fc.integer({ min: 1, max: 5 }),
        (list, policy, name, more) => {
          fc.pre(hasRule(policy));
          const larger = { ...policy, [name]: (policy[name] ?? 0) + more };
          const kept = keptIds(list, larger);
          for (const id of keptIds(list, policy)) expect(kept).toContain(id);
        },
      ),
    );
  });

  it('all of what it has kept before', () => {
    fc.assert(
      fc.property(backups, policies, (list, policy) => {
        const kept = keptIds(list, policy);
        const rest = list.filter((backup) => kept.has(backup.id));
        expect(keptIds(rest, policy)).toEqual(kept);
      }),
    );
  });

  it('the same good ones, however many damaged ones there are', () => {
    fc.assert(
      fc.property(backups, policies, (list, policy) => {
        const good = list.filter((backup) => backup.good);
        const kept = keptIds(list, policy);
        fc.pre(good.length > 0);
        expect(new Set(good.flatMap(({ id }) => (kept.has(id) ? [id] : [])))).toEqual(keptIds(good, policy));
      }),
    );
  });

  it('everything without a rule or a policy, and says why', () => {
    fc.assert(
      fc.property(backups, (list) => {
        for (const policy of [null, {}, { keepLast: 0, daily: 0, timeZone: 'Asia/Tokyo' }])
          for (const { action, reasons } of decide(list, policy, NOW)) {
            expect(action).toBe('keep');
            expect(reasons.length).toBeGreaterThan(0);
          }
      }),
    );
  });
});

describe('reasons', () => {
  const list = [
    backupAt('a', '2026-11-25T20:00:00Z'),
    backupAt('b', '2026-11-25T08:00:00Z'),
    backupAt('c', '2026-11-24T08:00:00Z', { good: false }),
    backupAt('d', '2026-11-24T07:00:00Z'),
    backupAt('e', '2026-11-20T07:00:00Z', { pinned: true, pinNote: 'before the relaunch' }),
    backupAt('f', '2026-11-19T07:00:00Z'),
    backupAt('g', '2026-12-19T07:00:00Z'),
  ];

  it('name every rule that keeps one, and for one that goes why none does', () => {
    const told = Object.fromEntries(
      decide(list, { daily: 2, keepLast: 1, keepWithin: 'P1D' }, NOW).map(({ id, action, reasons }) => [
        id,
        [action, ...reasons],
      ]),
    );
    expect(told).toEqual({
      g: ['keep', 'newest good backup', 'from the future: check the clock'],
      a: ['keep', 'newest good backup', 'last 1 of 1', 'daily 1 of 2: 2026-11-25', 'within P1D of the newest'],
      b: ['keep', 'within P1D of the newest'],
      c: ['keep', 'daily 2 of 2: 2026-11-24', 'not counted: damaged'],
      d: ['keep', 'daily 2 of 2: 2026-11-24'],
      e: ['keep', 'pinned: before the relaunch'],
      f: [
        'expire',
        'not among the last 1',
        'daily: 2026-11-19 is not among the last 2',
        'not within P1D of the newest',
      ],
    });
  });

  it('damaged ones stay when nothing else is left', () => {
    const damaged = list.map((backup) => ({ ...backup, good: false }));
    expect(keptIds(damaged, { keepLast: 1 }).size).toBe(list.length);
  });

  it('a site whose backups have stopped loses nothing more as time goes on', () => {
    const policy = { keepWithin: '30d', daily: 3 };
    const later = new Date('2029-01-01T00:00:00Z');
    const past = list.slice(0, 6);
    expect(keptIds(past, policy, later)).toEqual(keptIds(past, policy));
  });
});

describe('periods', () => {
  it('are those of the time zone, with its clock changes, and weeks are ISO weeks', () => {
    const berlin = new Calendar('Europe/Berlin');
    expect(berlin.periodsOf(new Date('2026-12-31T23:30:00Z'))).toEqual({
      hourly: '2027-01-01 00:00 GMT+01:00',
      daily: '2027-01-01',
      weekly: '2026-W53',
      monthly: '2027-01',
      yearly: '2027',
    });
    expect(new Calendar('UTC').periodsOf(new Date('2024-12-30T00:00:00Z'))).toMatchObject({
      hourly: '2024-12-30 00:00 GMT+00:00',
      weekly: '2025-W01',
      yearly: '2024',
    });
    // 02:30 comes twice.
    const twice = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((at) => berlin.periodsOf(new Date(at)).hourly);
    expect(twice).toEqual(['2026-10-25 02:00 GMT+02:00', '2026-10-25 02:00 GMT+01:00']);
  });

  it('the newest of the day stands for it, on both sides of midnight there', () => {
    const list = [
      backupAt('a', '2026-11-25T23:30:00Z'),
      backupAt('b', '2026-11-25T22:30:00Z'),
      backupAt('c', '2026-11-25T10:00:00Z'),
    ];
    expect([...keptIds(list, { daily: 2, timeZone: 'Europe/Berlin' })]).toEqual(['a', 'b']);
    expect([...keptIds(list, { daily: 2 })]).toEqual(['a']);
  });
});

describe('durations', () => {
  it.each([
    ['30d', 0, 30 * DAY],
    ['P30D', 0, 30 * DAY],
    ['P1Y6M', 18, 0],
    ['1y6m', 18, 0],
    ['PT36H', 0, 36 * HOUR],
    ['P2WT1M', 0, 14 * DAY + 60_000],
  ])('%s', (text, months, ms) => expect(parseDuration(text)).toEqual({ months, ms }));

  it.each(['', 'P', 'PT', 'P0D', '0d', '30', '-1d', 'd', '1.5d', '1d1y', 'P9999Y', '30 d'])('not "%s"', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );

  it('within is exact to the millisecond, and a month back ends in the month before', () => {
    const [newest, edge, past] = ['2026-11-25T00:00:00.000Z', '2026-11-18T00:00:00.000Z', '2026-11-17T23:59:59.999Z'];
    const list = [newest, edge, past].map((at, i) => backupAt(String(i), at ?? ''));
    expect([...keptIds(list, { keepWithin: '7d' })]).toEqual(['0', '1']);
    expect(before(new Date('2026-03-31T10:00:00Z'), { months: 1, ms: 0 }).toISOString()).toBe(
      '2026-02-28T10:00:00.000Z',
    );
    expect(before(new Date('2024-03-31T10:00:00Z'), { months: 13, ms: 0 }).toISOString()).toBe(
      '2023-02-28T10:00:00.000Z',
    );
  });
});
