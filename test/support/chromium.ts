import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findProgram, until } from './scratch.js';

/** How large windows are. */
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface WindowOptions {
  viewport?: typeof DESKTOP;
  theme?: 'light' | 'dark';
}

/** A real browser. Whatever its pages complain of is a fault: errors of scripts, and all that the content policy refuses. */
export class TestChromium {
  /** What pages have complained of. */
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<TestChromium> {
    const executablePath = findProgram('chromium', 'chromium-browser');
    assert(executablePath !== null, 'Chromium is not installed: apt-get install chromium');
    return new TestChromium(
      await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] }),
    );
  }

  /** A window of its own: with no cookie of another one. */
  async open(url: string, { viewport = DESKTOP, theme = 'light' }: WindowOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport, colorScheme: theme, acceptDownloads: true });
    this.contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.complaints.push(`${error.name}: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself notes each answer of 400 and above; those are seen where they matter.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Waits until the page is there with its data: nothing stands for what is still to come. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const toCome = page.locator('.skeleton, [aria-busy="true"]');
  await until('the data of the page', async () => (await toCome.count()) === 0 || null);
}
