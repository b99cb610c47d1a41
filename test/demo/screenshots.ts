import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE, TestChromium } from '../support/chromium.js';

const FOLDER = join(import.meta.dirname, '../../docs/images');

/** Where each picture is taken; a function finds its way from the page before. */
const PICTURES: readonly (readonly [name: string, where: string | ((page: Page) => Promise<unknown>)])[] = [
  ['overview', '/#/'],
  ['sites', '/#/sites'],
];

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
        await page.getByLabel(/^Name/).fill(user.name);
        await page.getByLabel('Password', { exact: true }).fill(user.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        for (const [name, where] of PICTURES) {
          if (theme === 'dark' && name !== 'overview') continue;
          if (typeof where === 'string') await page.goto(url + where);
          else await where(page);
          await page.waitForLoadState('networkidle').catch(() => undefined);
          await page.waitForTimeout(700);
          const file = `${name}-${width}${theme === 'dark' ? '-dark' : ''}.png`;
          await page.screenshot({ path: join(FOLDER, file), fullPage: width === '390' });
          say(`  ${file}`);
        }
        await page.context().close();
      }
  } finally {
    await browser.close();
  }
}
