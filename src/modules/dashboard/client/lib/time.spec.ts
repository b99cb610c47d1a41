import { describe, expect, it } from 'vitest';
import { dateTime, relative, withLocalTimes } from './time.ts';

const now = new Date(2026, 10, 27, 14, 0);

describe('time', () => {
  it('says what is near in minutes and hours', () => {
    expect(relative(new Date(2026, 10, 27, 13, 59, 30), now)).toBe('just now');
    expect(relative(new Date(2026, 10, 27, 13, 48), now)).toBe('12 min ago');
    expect(relative(new Date(2026, 10, 27, 17, 0), now)).toBe('in 3 h');
  });

  it('names the day of what is not', () => {
    expect(relative(new Date(2026, 10, 27, 3, 12), now)).toBe('today 03:12');
    expect(relative(new Date(2026, 10, 26, 3, 12), now)).toBe('yesterday 03:12');
    expect(relative(new Date(2026, 10, 28, 22, 0), now)).toBe('tomorrow 22:00');
    expect(relative(new Date(2026, 2, 4, 14, 5), now)).toBe('4 Mar 14:05');
    expect(relative(new Date(2025, 2, 4, 14, 5), now)).toBe('4 Mar 2025 14:05');
  });

  it('shows the times in sentences of the API in the zone of the browser', () => {
    const at = new Date(2026, 10, 27, 3, 12);
    const utc = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    expect(withLocalTimes(`Last proof: ${utc}.`, now)).toBe('Last proof: today 03:12.');
  });

  it('has a long form', () => {
    expect(dateTime(new Date(2026, 10, 27, 3, 12))).toBe('27 Nov 2026, 03:12');
  });
});
