import { expect, it } from 'vitest';
import { siteOfHeader } from './site-file.js';

const found = (more: object) =>
  siteOfHeader({ id: '01a20b8c-d788-7649-97a8-12ebda60f327', name: 's', module: 'plain', path: '/srv/s', ...more });

it('a policy and limits of a storage are taken over as a request would be', () => {
  const retention = { keepLast: 3, keepWithin: 'P30D', timeZone: 'Europe/Berlin' };
  expect(found({ retention, alarms: { sizePercent: 20 } })).toMatchObject({ retention, alarms: { sizePercent: 20 } });
  expect(found({})).toMatchObject({ retention: null, alarms: null });
});

it.each([{ keepLast: -1 }, { keepLast: 'all' }, { daily: 3, other: 1 }, { daily: null }, 'none', ['x']])(
  'the policy %j is none: nothing is deleted by it',
  (retention) => {
    expect(found({ retention })).toMatchObject({ retention: {} });
  },
);

it('limits that can not be understood are the installation’s', () => {
  expect(found({ alarms: { sizePercent: 101 } })).toMatchObject({ alarms: null });
  expect(found({ alarms: 'many' })).toMatchObject({ alarms: null });
});
