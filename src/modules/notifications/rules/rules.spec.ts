import { describe, expect, it } from 'vitest';
import type { News } from '../news/news.js';
import { digestTime } from './digest.js';
import { isQuiet, quietUntil } from './quiet-hours.js';
import { coversSite, EVENT_PATTERN, namesType } from './rule-match.js';

const night = { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin', exceptCritical: false };
const at = (iso: string): Date => new Date(iso);

describe('quiet hours', () => {
  it.each([
    // [what, quiet hours, now, until]
    ['before midnight', night, '2026-01-05T21:00:00Z', '2026-01-06T06:00:00.000Z'],
    ['after midnight', night, '2026-01-06T02:00:00Z', '2026-01-06T06:00:00.000Z'],
    ['at their end', night, '2026-01-06T06:00:00Z', null],
    ['by day', night, '2026-01-06T12:00:00Z', null],
    ['in the night that has 7 hours', night, '2026-03-28T21:00:00Z', '2026-03-29T05:00:00.000Z'],
    ['in the night that has 9 hours', night, '2026-10-24T20:00:00Z', '2026-10-25T06:00:00.000Z'],
    [
      'that end in the hour that does not exist',
      { ...night, until: '02:30' },
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    ['at the weekend, on Friday night', { ...night, days: [6, 7] }, '2026-01-09T22:00:00Z', null],
    ['at the weekend, on Saturday', { ...night, days: [6, 7] }, '2026-01-10T21:30:00Z', '2026-01-11T06:00:00.000Z'],
    [
      'at the weekend, on Monday before the end',
      { ...night, days: [6, 7] },
      '2026-01-12T05:59:00Z',
      '2026-01-12T06:00:00.000Z',
    ],
    [
      'all of Saturday and Sunday',
      { ...night, from: '00:00', until: '00:00', days: [6, 7] },
      '2026-01-10T08:00:00Z',
      '2026-01-11T23:00:00.000Z',
    ],
    [
      'in a zone with a half hour',
      { ...night, timeZone: 'Asia/Kolkata' },
      '2026-01-05T17:00:00Z',
      '2026-01-06T01:30:00.000Z',
    ],
  ])('%s', (_what, quiet, now, until) => {
    expect(quietUntil(quiet, at(now))?.toISOString() ?? null).toBe(until);
    expect(isQuiet(quiet, at(now))).toBe(until !== null);
  });
});

describe('a digest', () => {
  it.each([
    [{ every: 'hour' as const }, '2026-01-05T10:00:30Z', '2026-01-05T11:00:00.000Z'],
    [{ every: 'hour' as const, timeZone: 'Asia/Kolkata' }, '2026-01-05T10:00:30Z', '2026-01-05T10:30:00.000Z'],
    [{ every: 'day' as const }, '2026-01-05T10:00:30Z', '2026-01-06T08:00:00.000Z'],
    [
      { every: 'day' as const, at: '08:00', timeZone: 'Europe/Berlin' },
      '2026-03-28T12:00:00Z',
      '2026-03-29T06:00:00.000Z',
    ],
    // 02:30 is not on that day's clock: as soon as it is past.
    [
      { every: 'day' as const, at: '02:30', timeZone: 'Europe/Berlin' },
      '2026-03-28T12:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      { every: 'day' as const, at: '00:00', timeZone: 'America/New_York' },
      '2026-01-05T10:00:00Z',
      '2026-01-06T05:00:00.000Z',
    ],
  ])('%j after %s', (digest, since, then) => {
    expect(digestTime(digest, at(since)).toISOString()).toBe(then);
  });
});

function named(pattern: string, type: string, kind: string | null): boolean {
  expect(pattern).toMatch(EVENT_PATTERN);
  return namesType({ events: [pattern] }, { type, kind } satisfies Pick<News, 'type' | 'kind'>);
}

describe('what a rule names', () => {
  it.each([
    ['*', 'site.found', null, true],
    ['job.*', 'job.failed', 'verify', true],
    ['job.*', 'alarm.raised', 'disk.low', false],
    ['job.failed', 'job.failed', 'backup', true],
    ['job.failed', 'job.completed', 'backup', false],
    ['job.failed:backup', 'job.failed', 'backup', true],
    ['job.failed:backup', 'job.failed', 'verify', false],
    ['job.*:verify', 'job.completed', 'verify', true],
    ['alarm:backup.overdue', 'alarm.raised', 'backup.overdue', true],
    ['alarm:backup.overdue', 'alarm.cleared', 'backup.overdue', true],
    ['alarm:backup.overdue', 'alarm.raised', 'backup.failed', false],
    ['alarm.raised', 'alarm.cleared', 'disk.low', false],
  ])('%s names %s of %s: %s', (pattern, type, kind, yes) => {
    expect(named(pattern, type, kind)).toBe(yes);
  });

  it.each(['job', 'job.', 'job.failed:', 'job.exploded', 'alarm:', 'alarm:Backup', '**', ''])(
    '"%s" is none',
    (pattern) => {
      expect(pattern).not.toMatch(EVENT_PATTERN);
    },
  );

  it('covers sites by id or label, and what is of no site only without a choice', () => {
    const site = { id: 'a', labels: ['shop'] };
    expect(coversSite({ sites: {} }, null)).toBe(true);
    expect(coversSite({ sites: { siteIds: ['b'] } }, site)).toBe(false);
    expect(coversSite({ sites: { siteIds: ['b'], labels: ['shop'] } }, site)).toBe(true);
    expect(coversSite({ sites: { labels: ['blog'] } }, site)).toBe(false);
    expect(coversSite({ sites: { labels: ['shop'] } }, null)).toBe(false);
  });
});
