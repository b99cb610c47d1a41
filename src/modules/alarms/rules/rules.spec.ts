import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../engine/testing/index.js';
import { lateness, type Punctuality } from './backup-overdue.js';
import { falls } from './backup-shrunk.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** When the site becomes overdue and critical, in minutes after the first missed slot, on a clock that goes minute by minute. */
function course(
  intervalHours: number | null,
  more: Partial<Punctuality> = {},
  graceMinutes: number | null = null,
): { warning: number | null; critical: number | null } {
  const clock = new FakeClock();
  const slot = clock.now();
  const seen: { warning: number | null; critical: number | null } = { warning: null, critical: null };
  for (let minute = 0; minute <= 80 * 60; minute += 1) {
    const passed = intervalHours === null ? 0 : Math.floor(minute / (intervalHours * 60));
    const severity = lateness(
      {
        slot,
        newest: new Date(slot.getTime() + passed * (intervalHours ?? 0) * HOUR),
        missed: 1 + passed,
        intervalMs: intervalHours === null ? null : intervalHours * HOUR,
        jitterMs: 0,
        excused: false,
        ...more,
      },
      { graceMinutes },
      clock.now(),
    );
    if (severity !== null) seen[severity] ??= minute;
    // What is late stays late until there is a backup.
    else if (seen.warning !== null) throw new Error(`it is well again after ${minute} minutes`);
    clock.advance(MINUTE);
  }
  return seen;
}

describe('how late a backup is', () => {
  it('a warning after half the interval, critical when the second slot is late too', () => {
    expect(course(24)).toEqual({ warning: 12 * 60 + 1, critical: (24 + 12) * 60 + 1 });
    expect(course(4)).toEqual({ warning: 121, critical: (4 + 2) * 60 + 1 });
  });

  it('never less than an hour, nor more than a day', () => {
    expect(course(1)).toEqual({ warning: 61, critical: 120 });
    expect(course(7 * 24).warning).toBe(24 * 60 + 1);
    expect(course(null).warning).toBe(61);
  });

  it('or as the setting says, and the jitter is added', () => {
    expect(course(24, {}, 30)).toEqual({ warning: 31, critical: 24 * 60 + 31 });
    expect(course(24, { jitterMs: 10 * MINUTE }, 30).warning).toBe(41);
  });

  it('a backup that runs, or waits on purpose, gets a whole interval', () => {
    expect(course(24, { excused: true })).toEqual({ warning: 24 * 60 + 1, critical: 48 * 60 });
  });
});

const level = (files: number, rows: number | null = null): Parameters<typeof falls>[0][number] => ({
  id: `${files}`,
  bytes: 1000,
  files,
  rows,
});

describe('what has become smaller', () => {
  const limits = { sizePercent: 50, filesPercent: 50, rowsPercent: 50 };

  it('falls by more than the limit, not by as much', () => {
    expect(falls([level(499), level(1000)], limits)).toMatchObject([
      { measure: 'files', before: 1000, now: 499, percent: 50, fullBackupId: '1000', backupId: '499' },
    ]);
    expect(falls([level(500), level(1000)], limits)).toEqual([]);
    expect(falls([level(10)], limits)).toEqual([]);
    expect(falls([], limits)).toEqual([]);
  });

  it('one later backup of that size does not clear it, two do; one that is whole again does', () => {
    expect(falls([level(401), level(400), level(1000)], limits)).toMatchObject([
      { fullBackupId: '1000', backupId: '400' },
    ]);
    expect(falls([level(402), level(401), level(400), level(1000)], limits)).toEqual([]);
    expect(falls([level(990), level(400), level(1000)], limits)).toEqual([]);
    // A second fall is told with what was there before the first.
    expect(falls([level(100), level(400), level(1000)], limits)).toMatchObject([{ fullBackupId: '1000', percent: 90 }]);
  });

  it('what somebody meant is not told again, but what falls after it is, at once', () => {
    expect(falls([level(400), level(1000)], limits, ['400'])).toEqual([]);
    expect(falls([level(390), level(400), level(1000)], limits, ['400'])).toEqual([]);
    expect(falls([level(10), level(400), level(1000)], limits, ['400'])).toMatchObject([
      { before: 400, now: 10, fullBackupId: '400', backupId: '10' },
    ]);
  });

  it('by each measure, and not by one that is switched off or not known', () => {
    expect(falls([level(1, 10), level(100, 1000)], limits).map(({ measure }) => measure)).toEqual(['files', 'rows']);
    expect(falls([level(1, 10), level(100, 1000)], { ...limits, filesPercent: 0 })).toHaveLength(1);
    expect(falls([level(100, null), level(100, 1000)], limits)).toEqual([]);
    expect(falls([level(100, 0), level(100, null)], limits)).toEqual([]);
  });
});
