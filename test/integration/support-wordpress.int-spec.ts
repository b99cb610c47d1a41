import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariaDbServer } from '../support/mariadb.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const scratch = makeScratch('wordpress');
afterAll(scratch.remove);

async function expectWholeSite(site: WordPressSite): Promise<void> {
  await site.serve();
  const first = await site.pages();
  expect(first['/']?.status).toBe(200);
  expect(first['/']?.body).toContain('Post 1: Grüße 🚀');
  expect(first[site.content.pages[0] ?? '']?.body).toContain('🎉🧀, Umlaute äöüß, 日本語');
  expect(first['/?p=999999']?.status).toBe(404);
  expect(await site.pages()).toEqual(first);
  const upload = await site.upload(site.content.uploads[0] ?? '');
  expect(upload.subarray(1, 4).toString()).toBe('PNG');
}

describe('a real WordPress on MariaDB', () => {
  let server: MariaDbServer;
  let site: WordPressSite;
  beforeAll(async () => {
    server = await MariaDbServer.start();
    site = await WordPressSite.install({
      root: join(scratch.path, 'mysite'),
      database: await server.createDatabase('wp_one'),
    });
  });
  afterAll(async () => {
    await site?.stop();
    await server?.stop();
  });
  it('serves the same pages twice, with emoji and pictures', () => expectWholeSite(site));
});

describe('a real WordPress on SQLite', () => {
  let site: WordPressSite;
  beforeAll(async () => {
    site = await WordPressSite.install({ root: join(scratch.path, 'sqlite'), database: 'sqlite' });
  });
  afterAll(async () => {
    await site?.stop();
  });
  it('serves the same pages twice, out of its database file', async () => {
    expect(existsSync(join(site.root, 'wp-content/database/.ht.sqlite'))).toBe(true);
    await expectWholeSite(site);
  });
});
