import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Secret, TOTP } from 'otpauth';
import { beforeAll, expect, it } from 'vitest';
import type { SiteDto } from '../../../src/cli/api-types.js';
import { until } from '../../support/scratch.js';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, signIn, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
let flowers: SiteDto;
let bikes: SiteDto;

beforeAll(async () => {
  const add = async (name: string, title: string): Promise<SiteDto> => {
    const root = join(dashboard.scratch.path, 'www', name);
    await WordPressSite.install({ root, database: 'sqlite', title, slim: true });
    const site = await dashboard.master.api.addSite(root);
    await dashboard.master.api.backUp(site.id);
    return site;
  };
  flowers = await add('flowers', 'Flower shop');
  bikes = await add('bikes', 'Bike workshop');
  await dashboard.addUser({ name: ADMIN.name, role: 'admin' });
  await dashboard.addUser({ name: 'vera', role: 'viewer' });
  await dashboard.addUser({ name: 'olga', role: 'operator', restriction: { siteIds: [flowers.id], nodeIds: [] } });
});

/** The entries of the navigation. */
const navigation = (page: Page): Promise<string[]> =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();

it('a viewer sees everything, and no button that a viewer may not use', async () => {
  const page = await dashboard.signedIn('vera');
  expect(await navigation(page)).not.toEqual(expect.arrayContaining([expect.stringMatching(/Users|Activity/)]));
  await page.goto(`${dashboard.master.url}/#/sites/${flowers.id}`);
  await page.getByRole('heading', { name: 'Flower shop' }).waitFor();
  await page.getByRole('main').getByText('Done', { exact: true }).or(page.getByRole('table')).first().waitFor();
  for (const name of ['Back up now', 'Restore', 'Pause', 'Forget'])
    expect(await page.getByRole('main').getByRole('button', { name }).count(), name).toBe(0);
  await page.goto(`${dashboard.master.url}/#/users`);
  await page
    .getByText(/may not|not allowed|needs the role/i)
    .first()
    .waitFor();
});

it('a restricted user sees the own site alone, live too', async () => {
  const page = await dashboard.signedIn('olga');
  expect((await navigation(page)).join()).not.toMatch(/Storage|Nodes|Notifications|Users|Activity/);
  await page.goto(`${dashboard.master.url}/#/sites`);
  await page.getByRole('main').getByText('Flower shop').first().waitFor();
  expect(await page.getByText('Bike workshop').count()).toBe(0);
  await page.goto(`${dashboard.master.url}/#/sites/${bikes.id}`);
  await page
    .getByText(/There is no site/)
    .first()
    .waitFor();
  await page.goto(`${dashboard.master.url}/#/jobs`);
  await page.getByText('Live', { exact: true }).waitFor();
  await dashboard.master.api.backUp(bikes.id);
  await dashboard.master.api.backUp(flowers.id);
  const rows = page.getByRole('main').getByRole('row').filter({ hasText: 'Backup of' });
  await until('both jobs of the own site', async () => (await rows.count()) === 2 || null);
  expect(await page.getByText('Bike workshop').count()).toBe(0);
  await page.goto(`${dashboard.master.url}/#/sites/${flowers.id}`);
  await page.getByRole('button', { name: 'Back up now' }).waitFor();
});

it('a second factor is set up, asked for, and a recovery code stands in for it', async () => {
  const page = await dashboard.signedIn(ADMIN.name);
  await page.goto(`${dashboard.master.url}/#/account`);
  await page.getByRole('button', { name: /Set it up|Set up/ }).click();
  await page.getByLabel('Your password').fill(ADMIN.password);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Continue|Go on|Next/ })
    .click();
  await page.getByRole('img', { name: /QR/ }).waitFor();
  const text = await page.getByRole('dialog').innerText();
  const secret = Secret.fromBase32((/(?:[A-Z2-7]{4}\s?){8}/.exec(text)?.[0] ?? '').replaceAll(/\s/g, ''));
  const totp = new TOTP({ secret });
  await page.getByRole('dialog').getByLabel(/Code/).fill(totp.generate());
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Confirm|Turn it on/ })
    .click();
  const list = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await list.first().waitFor();
  const codes = await list.allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.getByLabel('I have kept them').check();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Done|Close/ })
    .first()
    .click();

  const other = await dashboard.chromium.open(dashboard.master.url);
  await signIn(other, ADMIN.name, ADMIN.password);
  await other.getByLabel('Code', { exact: true }).fill('000000');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByText('The code is not right').first().waitFor();
  await other.getByLabel('Code', { exact: true }).fill(codes[0] ?? '');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('navigation', { name: 'Main' }).waitFor();
});
