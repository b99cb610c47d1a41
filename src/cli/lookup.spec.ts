import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import type { SiteDto } from './api-types.js';
import { findSite, getBackup, getSite } from './lookup.js';

const site = (id: string, name: string, url: string, path: string): SiteDto => ({
  id,
  name,
  url,
  path,
  module: 'wordpress',
  settings: {},
  excludes: [],
  overrides: {},
  paused: false,
  createdAt: '2026-01-01T00:00:00Z',
  lastBackup: null,
});
const SHOP = '01890a5d-ac96-774b-8cce-b302099a8057';
const BLOG = '01890a5d-ac97-774b-8cce-b302099a8057';
const TWIN = '01890a5e-0000-774b-8cce-b302099a8057';
const sites = [
  site(SHOP, 'The Shop', 'https://www.shop.example/', '/srv/shop'),
  site(BLOG, 'Blog', 'http://blog.example', '/srv/blog'),
  site(TWIN, 'Blog', 'http://twin.example', '/srv/twin'),
];
const backups = [
  { id: 'aaaa0000-0000-7000-8000-000000000001', siteId: SHOP, siteName: 'The Shop' },
  { id: 'aaaa0000-0000-7000-8000-000000000002', siteId: BLOG, siteName: 'Blog' },
];

describe('what a person means', () => {
  let server: Server;
  let api: ApiClient;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      const siteId = url.searchParams.get('siteId');
      const all = url.pathname === '/sites' ? sites : backups.filter((one) => siteId === null || one.siteId === siteId);
      const [offset, limit] = [Number(url.searchParams.get('offset') ?? 0), 1];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items: all.slice(offset, offset + limit), total: all.length, limit, offset }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    api = new ApiClient(`http://127.0.0.1:${port}`, 'token');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    [SHOP, SHOP],
    ['the shop', SHOP],
    ['shop.example', SHOP],
    ['https://shop.example', SHOP],
    ['/srv/shop', SHOP],
    ['/srv/../srv/shop/', SHOP],
    ['01890a5d-ac97', BLOG],
    ['blog.example/', BLOG],
  ])('%s is the site', async (text, id) => {
    expect((await findSite(api, text))?.id).toBe(id);
  });

  it('is null for what is no site, and an error where one is needed', async () => {
    expect(await findSite(api, 'nothing')).toBeNull();
    await expect(getSite(api, 'nothing')).rejects.toMatchObject({ code: 'SITE_NOT_FOUND' });
  });

  it('asks back when a name means two sites', async () => {
    await expect(findSite(api, 'blog')).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('/srv/twin') as string,
    });
  });

  it('finds a backup by the beginning of its id and the latest of a site', async () => {
    expect((await getBackup(api, 'latest', 'The Shop')).siteId).toBe(SHOP);
    await expect(getBackup(api, 'latest', undefined)).rejects.toMatchObject({ kind: 'usage' });
    await expect(getBackup(api, 'latest', '/srv/twin')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
    await expect(getBackup(api, 'aaaa', undefined)).rejects.toMatchObject({ kind: 'usage' });
    expect((await getBackup(api, 'aaaa', '/srv/shop')).siteId).toBe(SHOP);
    await expect(getBackup(api, '../etc', undefined)).rejects.toMatchObject({ kind: 'usage' });
  });
});
