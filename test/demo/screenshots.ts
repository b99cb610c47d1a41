import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE, settled, TestChromium } from '../support/chromium.js';

const FOLDER = join(import.meta.dirname, '../../docs/images');

/** What the addresses of some pages name. */
interface Ids {
  site: string;
  backup: string;
  job: string;
}

/** Where each picture is taken. */
const PICTURES: readonly (readonly [name: string, path: (ids: Ids) => string])[] = [
  ['overview', () => '/'],
  ['sites', () => '/sites'],
  ['site', ({ site }) => `/sites/${site}`],
  ['site-retention', ({ site }) => `/sites/${site}/retention`],
  ['backup', ({ backup }) => `/backups/${backup}`],
  ['restore', ({ backup }) => `/backups/${backup}/restore`],
  ['job', ({ job }) => `/jobs/${job}`],
  ['jobs', () => '/jobs'],
  ['storage', () => '/storage'],
  ['schedules', () => '/schedules'],
  ['nodes', () => '/nodes'],
  ['users', () => '/users'],
  ['account', () => '/account'],
  ['settings', () => '/settings'],
];
/** Those that are taken in the dark too. */
const DARK = new Set(['overview', 'site']);

/** Signs in and takes every picture at both widths, light; the overview in the dark too. */
export async function takeScreenshots(
  url: string,
  user: { name: string; password: string },
  say: (line: string) => void,
): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const browser = await TestChromium.start();
  try {
    for (const [width, viewport] of [
      ['1440', DESKTOP],
      ['390', PHONE],
    ] as const)
      for (const theme of ['light', 'dark'] as const) {
        const page = await browser.open(url, { viewport, theme });
        await page.getByLabel('Name or e-mail address').fill(user.name);
        await page.getByLabel('Password', { exact: true }).fill(user.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('navigation', { name: 'Main' }).waitFor();
        const ids = await idsFor(page, url);
        for (const [name, path] of PICTURES) {
          if (theme === 'dark' && !DARK.has(name)) continue;
          await page.goto(`${url}/#${path(ids)}`);
          await settled(page);
          // Charts are drawn with the next frames.
          await page.waitForTimeout(500);
          const file = `${name}-${width}${theme === 'dark' ? '-dark' : ''}.png`;
          await page.screenshot({ path: join(FOLDER, file) });
          say(`  ${file}`);
        }
        await page.context().close();
      }
  } finally {
    await browser.close();
  }
}

/** Of the site that was broken: its pictures show more. */
async function idsFor(page: Page, url: string): Promise<Ids> {
  const get = async (path: string): Promise<{ items: { id: string; siteId?: string }[] }> =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's lists
    (await (await page.request.get(url + path)).json()) as { items: { id: string }[] };
  const alarm = (await get('/alarms?open=true')).items[0];
  const site = alarm?.siteId ?? (await get('/sites')).items[0]?.id ?? '';
  const backup = (await get(`/backups?siteId=${site}`)).items[0]?.id ?? '';
  const job = (await get('/jobs?status=completed')).items[0]?.id ?? '';
  return { site, backup, job };
}
