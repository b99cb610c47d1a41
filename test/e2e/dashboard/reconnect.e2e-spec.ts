import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { SiteDto } from '../../../src/cli/api-types.js';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
let site: SiteDto;

beforeAll(async () => {
  const root = join(dashboard.scratch.path, 'www/flowers');
  await WordPressSite.install({ root, database: 'sqlite', title: 'Flower shop', slim: true });
  await dashboard.addUser({ name: ADMIN.name, role: 'admin' });
  site = await dashboard.master.api.addSite(root);
});

it('an open page says that the master is away, and catches up by itself when it is back', async () => {
  const page = await dashboard.signedIn(ADMIN.name);
  const streams: (string | undefined)[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/events'))
      streams.push(searchParams.get('lastEventId') ?? request.headers()['last-event-id']);
  });
  await page.goto(`${dashboard.master.url}/#/jobs`);
  await page.getByText('Live', { exact: true }).waitFor();
  const loads = await page.evaluate(() => performance.timeOrigin);
  await dashboard.master.kill();
  await page
    .getByText(/No connection|Offline/)
    .first()
    .waitFor();
  await dashboard.startMaster();
  // While the page is not connected yet.
  await dashboard.master.api.backUp(site.id);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('row').filter({ hasText: site.name }).getByText('Done', { exact: true }).waitFor();
  // The one stream of the whole page went on from what it had seen; no page opens one of its own.
  expect(streams.length).toBeGreaterThan(0);
  expect(streams.filter((after) => after === undefined)).toEqual([]);
  // The session goes on, and nothing was loaded again.
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loads);
});
