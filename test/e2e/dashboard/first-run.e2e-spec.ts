import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
let wordpress: WordPressSite;
let page: Page;

beforeAll(async () => {
  const root = join(dashboard.scratch.path, 'www/flowers');
  wordpress = await WordPressSite.install({ root, database: 'sqlite', title: 'Flower shop', slim: true });
});

it('the link that the server prints leads to the first account', async () => {
  const [link = ''] = /http:\S+\/#\/setup\/\S+/.exec(dashboard.master.log) ?? [];
  page = await dashboard.chromium.open(link);
  await page.getByLabel('Name').fill(ADMIN.name);
  await page.getByLabel('Password', { exact: true }).fill('too short');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('This password is too weak').first().waitFor();
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { name: 'Find your sites' }).waitFor();
  expect(page.url()).not.toContain('setup');
});

it('the sites of this host are found and picked', async () => {
  await page.getByLabel('Folders').fill(join(dashboard.scratch.path, 'www'));
  await page.getByRole('button', { name: 'Look for sites' }).click();
  await page.getByRole('heading', { name: '1 site found' }).waitFor();
  await page.getByText('Flower shop').waitFor();
  await page.getByRole('button', { name: 'Add 1 site' }).click();
  await page.getByRole('heading', { name: 'Where backups are kept' }).waitFor();
});

it('a storage is tried live, and the secret key must be kept', async () => {
  await page.getByRole('radio', { name: /Another folder or disk/ }).check();
  await page
    .getByLabel(/Folder|Path/)
    .last()
    .fill(join(dashboard.scratch.path, 'second-disk'));
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('The storage works.').waitFor();
  const goOn = page.getByRole('button', { name: 'Continue' });
  expect(await goOn.isDisabled()).toBe(true);
  await page.getByLabel('I have a copy of the secret key in a safe place').check();
  await goOn.click();
  await page.getByRole('heading', { name: 'When backups are made' }).waitFor();
});

it('the first backup begins, is seen live, and all is safe without anyone loading a page again', async () => {
  await page.getByRole('button', { name: 'Save and begin' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('The one site is safe.').waitFor();
  const { items } = await dashboard.master.api.get<{ items: { name: string; path: string }[] }>('/sites');
  expect(items).toMatchObject([{ name: 'Flower shop', path: wordpress.root }]);
  expect(await dashboard.master.api.get('/schedules')).toMatchObject({ total: 1 });
});

it('a job shows its stages live until it is completed', async () => {
  const { api, url } = dashboard.master;
  const [site] = (await api.get<{ items: { id: string }[] }>('/sites')).items;
  await page.goto(`${url}/#/jobs`);
  await page.getByText('Live', { exact: true }).waitFor();
  const isSeenRunning = page.getByRole('progressbar').first().waitFor();
  const job = await api.post<{ id: string }>(`/sites/${site?.id}/backups`, { full: true });
  await isSeenRunning;
  await page.getByRole('main').getByRole('link', { name: 'Backup of Flower shop' }).first().click();
  await page.getByRole('main').getByText('Done', { exact: true }).first().waitFor();
  expect(page.url()).toContain(job.id);
  const told = await page.getByRole('main').innerText();
  for (const stage of ['Database', 'Files', 'Pack', 'Store', 'Clean up']) expect(told).toContain(`${stage}\ndone`);
  expect(told).toMatch(/Stored in one place and checked\./);
});
