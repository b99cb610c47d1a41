import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { SiteDto } from '../../../src/cli/api-types.js';
import { snapshotTree, type TreeFact } from '../../../src/engine/testing/index.js';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
const DATABASE = 'wp-content/database';
let wordpress: WordPressSite;
let site: SiteDto;

/** All but the database, which comes back as an equal one and not byte by byte. */
const files = (): TreeFact[] => snapshotTree(wordpress.root, { skip: (path) => path.startsWith(DATABASE) });

beforeAll(async () => {
  const root = join(dashboard.scratch.path, 'www/flowers');
  wordpress = await WordPressSite.install({ root, database: 'sqlite', title: 'Flower shop', slim: true });
  await dashboard.addUser({ name: ADMIN.name, role: 'admin' });
  site = await dashboard.master.api.addSite(root);
  await dashboard.master.api.backUp(site.id);
});

it('a site whose files are all gone is back after three clicks and its name', async () => {
  await wordpress.serve();
  const before = await wordpress.page('/');
  await wordpress.stop();
  const tree = files();
  await wordpress.loseFiles();
  const page = await dashboard.signedIn(ADMIN.name);
  await page.goto(`${dashboard.master.url}/#/sites/${site.id}`);
  // One: the newest good backup. Two: all of it, to where it was. Three, after what would change was shown: do it.
  await page
    .getByRole('link', { name: /^Restore/ })
    .first()
    .click();
  await page.getByRole('heading', { name: /Restore Flower shop/ }).waitFor();
  await page.getByRole('button', { name: /Show what will change|Continue|Next/ }).click();
  await page.getByRole('heading', { name: 'What will change' }).waitFor();
  const confirm = page.getByRole('button', { name: /^Restore/ }).last();
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel('Type “Flower shop” to confirm').fill('Flower shop');
  await confirm.click();
  await page.getByRole('heading', { name: /Restore of Flower shop/ }).waitFor();
  await page.getByRole('main').getByText('Done', { exact: true }).first().waitFor();
  const after = files();
  expect(after).toEqual(tree);
  await wordpress.serve();
  expect(await wordpress.page('/')).toEqual(before);
  await wordpress.stop();
});

it('a single file is found in the backup and downloaded as it was', async () => {
  const page = await dashboard.signedIn(ADMIN.name);
  const [backup] = await dashboard.master.api.backups(site.id);
  await page.goto(`${dashboard.master.url}/#/backups/${backup?.id}/files`);
  const row = page.getByRole('row').filter({ hasText: 'wp-config.php' });
  await row.first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    row
      .first()
      .getByRole('link', { name: /Download/ })
      .or(row.first().getByRole('button', { name: /Download/ }))
      .click(),
  ]);
  expect(download.suggestedFilename()).toBe('wp-config.php');
});
