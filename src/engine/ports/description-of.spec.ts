import { expect, it } from 'vitest';
import { descriptionOf } from './index.js';

it('what another host tells of a site is bounded', () => {
  const long = 'x'.repeat(1_000_000);
  const told = { name: long, path: '/var/www/shop', url: long, facts: { a: long }, unknown: [], warnings: [long] };
  const found = descriptionOf({ ...told, unknown: Array.from({ length: 10_000 }, () => 'x') });
  expect(JSON.stringify(found).length).toBeLessThan(10_000);
  expect(found).toMatchObject({ path: '/var/www/shop', url: null, facts: {} });
});
