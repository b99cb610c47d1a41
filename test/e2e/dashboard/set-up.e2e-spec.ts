import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { SiteDto } from '../../../src/cli/api-types.js';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
let site: SiteDto;
let page: Page;

beforeAll(async () => {
  const root = join(dashboard.scratch.path, 'www/flowers');
  await WordPressSite.install({ root, database: 'sqlite', title: 'Flower shop', slim: true });
  await dashboard.addUser({ name: ADMIN.name, role: 'admin' });
  site = await dashboard.master.api.addSite(root);
  await dashboard.master.api.backUp(site.id);
  page = await dashboard.signedIn(ADMIN.name);
});

const open = (path: string): Promise<unknown> => page.goto(`${dashboard.master.url}/#${path}`);

it('a storage is added after its connection was tried', async () => {
  await open('/storage');
  await page.getByRole('button', { name: 'Add a storage' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('second disk');
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(join(dashboard.scratch.path, 'second'));
  await dialog.getByRole('button', { name: 'Test the connection' }).click();
  await dialog.getByRole('button', { name: 'Add the storage' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'second disk' }).waitFor();
});

it('a schedule tells its next runs while it is made', async () => {
  await open('/schedules');
  await page.getByRole('button', { name: 'New schedule' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/By the clock of/).waitFor();
  expect(await dialog.locator('.schedule-preview li').count()).toBe(5);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await dashboard.master.api.get('/schedules')).toMatchObject({ total: 1 });
  await open(`/sites/${site.id}/schedule`);
  await page
    .getByRole('main')
    .getByText(/Next runs|tomorrow/i)
    .first()
    .waitFor();
});

it('a site’s own retention shows what it would do before it is saved', async () => {
  await open(`/sites/${site.id}/retention`);
  await page.getByLabel(/The policy for all sites/).uncheck();
  await page
    .getByLabel(/last|newest/i)
    .first()
    .fill('3');
  await page.getByRole('heading', { name: 'What it would do' }).waitFor();
  await page.getByRole('button', { name: 'Save the policy' }).click();
  await page.getByText('Saved').first().waitFor();
  expect(await dashboard.master.api.get(`/sites/${site.id}`)).toMatchObject({ retention: { keepLast: 3 } });
});

it('settings and excludes of a site are saved', async () => {
  await open(`/sites/${site.id}/settings`);
  await page.getByLabel('Name', { exact: true }).first().fill('Flowers');
  await page.getByRole('button', { name: 'Save the settings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Flowers' }).waitFor();
  await open(`/sites/${site.id}/excludes`);
  await page.getByLabel('Paths and patterns').fill('/wp-content/cache\nwp-content/uploads/2020');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. It holds from the next backup on.').waitFor();
  expect(await dashboard.master.api.get(`/sites/${site.id}`)).toMatchObject({
    name: 'Flowers',
    excludes: ['/wp-content/cache', '/wp-content/uploads/2020'],
  });
});
