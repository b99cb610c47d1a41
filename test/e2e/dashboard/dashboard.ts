import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { TestChromium, type WindowOptions } from '../../support/chromium.js';
import { TestMaster } from '../../support/master.js';
import { freePort, makeScratch } from '../../support/scratch.js';

export const ADMIN = { name: 'anna', password: 'correct horse battery staple' };

/** A real master and a real browser, for the tests of one file. */
export class Dashboard {
  readonly scratch = makeScratch('dashboard');
  master!: TestMaster;
  chromium!: TestChromium;
  private port = 0;

  async start(): Promise<void> {
    this.port = await freePort();
    this.chromium = await TestChromium.start();
    await this.startMaster();
  }

  /** On the same data and the same port as before. */
  async startMaster(): Promise<void> {
    this.master = await TestMaster.start({
      dataDir: join(this.scratch.path, 'data'),
      env: { BACKUPD_PORT: String(this.port) },
      isDatabaseShared: true,
    });
  }

  async end(): Promise<void> {
    await this.chromium?.close();
    await this.master?.stop();
    this.scratch.remove();
  }

  /** A user, made with the admin's token. */
  async addUser(user: Record<string, unknown>): Promise<void> {
    await this.master.api.post('/users', { password: ADMIN.password, ...user });
  }

  /** A window in which this user has signed in. */
  async signedIn(name: string, options: WindowOptions = {}): Promise<Page> {
    const page = await this.chromium.open(this.master.url, options);
    await signIn(page, name, ADMIN.password);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    return page;
  }
}

/** Fills in the form, and sends it. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name or e-mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** For the tests of a file. After each of them no page may have complained. */
export function useDashboard(): Dashboard {
  const dashboard = new Dashboard();
  beforeAll(() => dashboard.start());
  afterEach(() => expect(dashboard.chromium.complaints.splice(0)).toEqual([]));
  afterAll(() => dashboard.end());
  return dashboard;
}
