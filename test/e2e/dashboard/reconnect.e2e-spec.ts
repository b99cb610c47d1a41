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
  await page.goto(`${dashboard.master.url}/#/jobs`);
  await page.getByText('Live', { exact: true }).waitFor();
  // What has happened before has a number, from which the stream goes on.
  const done = page.getByRole('row').filter({ hasText: site.name }).getByText('Done', { exact: true });
  await dashboard.master.api.backUp(site.id);
  await done.first().waitFor();
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
  await done.nth(1).waitFor();
  // The session goes on, and nothing was loaded again.
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loads);
});
