import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { startCli } from '../../support/cli.js';
import { TestNode } from '../../support/node-process.js';
import { ADMIN, useDashboard } from './dashboard.js';

const dashboard = useDashboard();

beforeAll(() => dashboard.addUser({ name: ADMIN.name, role: 'admin' }));

it('a host that waits is approved by its code, becomes a node, and is seen online', async () => {
  const { url } = dashboard.master;
  const dataDir = join(dashboard.scratch.path, 'web-1');
  const page = await dashboard.signedIn(ADMIN.name);
  await page.goto(`${url}/#/nodes`);
  await page.getByRole('heading', { level: 1, name: 'Nodes' }).waitFor();
  const joining = startCli(['node', 'join', url, '--name', 'web-1'], { BACKUPD_DATA_DIR: dataDir });
  await page.getByRole('button', { name: 'Approve' }).click();
  const code = await page.getByRole('dialog').locator('code').innerText();
  await page.getByRole('button', { name: 'The codes are equal: approve' }).click();
  const joined = await joining.done;
  expect(joined).toMatchObject({ code: 0 });
  expect(joined.stdout + joined.stderr).toContain(code);
  const node = await TestNode.start({ dataDir });
  try {
    await page.getByRole('link', { name: 'web-1' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'web-1' }).waitFor();
    await page.getByRole('main').getByText('Online').first().waitFor();
  } finally {
    await node.stop();
  }
});
