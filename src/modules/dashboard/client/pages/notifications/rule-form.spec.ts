import { describe, expect, it } from 'vitest';
import { bodyOf, formOf } from './rule-form.ts';

describe('bodyOf', () => {
  it('tells of all sites unless some are chosen: an empty list would be none', () => {
    const form = { ...formOf(null), name: ' all ' };
    expect(bodyOf(form, null)).toMatchObject({
      name: 'all',
      siteIds: null,
      labels: null,
      quietHours: null,
      digest: null,
    });
    expect(bodyOf({ ...form, reach: 'some', labels: 'shop, , blog ' }, null)).toMatchObject({
      siteIds: null,
      labels: ['shop', 'blog'],
    });
    expect(bodyOf({ ...form, reach: 'all', labels: 'shop', siteIds: ['a'] }, null)).toMatchObject({
      siteIds: null,
      labels: null,
    });
  });

  it('has the times of a digest and of quiet hours', () => {
    const form = { ...formOf(null), timing: 'day' as const, digestAt: '07:30', quiet: true, timeZone: 'Europe/Berlin' };
    expect(bodyOf(form, null)).toMatchObject({
      digest: { every: 'day', at: '07:30', timeZone: 'Europe/Berlin' },
      quietHours: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin', exceptCritical: true },
    });
  });
});
