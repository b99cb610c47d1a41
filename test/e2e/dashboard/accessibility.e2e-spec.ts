import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PHONE, settled } from '../../support/chromium.js';
import { WordPressSite } from '../../support/wordpress.js';
import { ADMIN, signIn, useDashboard } from './dashboard.js';

const dashboard = useDashboard();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Ids in the addresses of pages. */
const ids: Record<string, string> = {};

interface AxeFault {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: unknown; failureSummary: string }[];
}

const PAGES = [
  '/',
  '/sites',
  '/sites/:site',
  '/sites/:site/schedule',
  '/sites/:site/retention',
  '/sites/:site/settings',
  '/sites/:site/excludes',
  '/backups/:backup',
  '/backups/:backup/files',
  '/backups/:backup/changes',
  '/backups/:backup/restore',
  '/jobs',
  '/jobs/:job',
  '/alarms',
  '/activity',
  '/storage',
  '/storage/:storage',
  '/nodes',
  '/schedules',
  '/notifications',
  '/users',
  '/settings',
  '/about',
  '/account',
  '/first-run/scan',
  '/first-run/storage',
  '/nowhere',
];

beforeAll(async () => {
  const { api } = dashboard.master;
  await dashboard.addUser({ name: ADMIN.name, role: 'admin' });
  const root = join(dashboard.scratch.path, 'www/flowers');
  await WordPressSite.install({ root, database: 'sqlite', title: 'Flower shop', slim: true });
  ids['site'] = (await api.addSite(root)).id;
  await api.backUp(ids['site']);
  const lost = await WordPressSite.install({
    root: join(dashboard.scratch.path, 'www/lost'),
    database: 'sqlite',
    title: 'Lost shop',
    slim: true,
  });
  const { id } = await api.addSite(lost.root);
  await lost.loseFiles();
  await api.backUp(id);
  ids['job'] = (await api.backUp(ids['site'])).id;
  ids['backup'] = (await api.backups(ids['site']))[0]?.id ?? '';
  ids['storage'] = (await api.get<{ items: { id: string }[] }>('/storage')).items[0]?.id ?? '';
  await api.post('/schedules', {
    name: 'nightly',
    kind: 'backup',
    scope: 'all',
    rhythm: { every: 'day', at: '02:00' },
  });
  await api.post('/nodes/tokens', { name: 'web-1' });
});

/** Everything serious that axe finds on the page as it is. */
async function faults(page: Page): Promise<string[]> {
  // By the debugger: the page itself takes no script from elsewhere.
  await page.evaluate(`${axe};0`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- axe's answer
  const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as {
    violations: AxeFault[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => JSON.stringify(target)).join(' ')}`);
}

describe.each([
  ['light', undefined],
  ['dark', undefined],
  ['light', PHONE],
] as const)('%s, %o', (theme, viewport) => {
  it('has no serious fault on any page, and nothing is wider than the window', async () => {
    const options = viewport === undefined ? { theme } : { theme, viewport };
    const page = await dashboard.chromium.open(dashboard.master.url, options);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const found: Record<string, string[]> = { 'sign in': await faults(page) };
    await signIn(page, ADMIN.name, ADMIN.password);
    await settled(page);
    for (const path of PAGES) {
      const to = path.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? '');
      await page.goto(`${dashboard.master.url}/#${to}`);
      await settled(page);
      const wider = Number(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      );
      found[path] = [...(await faults(page)), ...(wider > 0 ? [`${wider} px wider than the window`] : [])];
    }
    expect(Object.entries(found).filter(([, each]) => each.length > 0)).toEqual([]);
    expect(Object.keys(found)).toHaveLength(PAGES.length + 1);
    await page.context().close();
  });
});
