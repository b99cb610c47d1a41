import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import type { SiteDto } from './api-types.js';
import { findSite, getBackup, getBackupId, getJob, getSite } from './lookup.js';

const site = (id: string, name: string, url: string, path: string): SiteDto => ({
  id,
  name,
  url,
  path,
  module: 'wordpress',
  nodeId: null,
  nodeName: null,
  settings: {},
  excludes: [],
  overrides: {},
  labels: [],
  timeZone: null,
  paused: false,
  retention: null,
  destinations: null,
  alarms: null,
  createdAt: '2026-01-01T00:00:00Z',
  nextRun: null,
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
const jobs = ['01890a5d-ac96-774b-8cce-b302099a8057', '01890a5d-ac96-774b-8cd2-000000000000'].map((id) => ({ id }));

describe('what a person means', () => {
  let server: Server;
  let api: ApiClient;
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      asked.push(request.url ?? '');
      const siteId = url.searchParams.get('siteId');
      const search = url.searchParams.get('search')?.toLowerCase() ?? '';
      const isFound = (one: SiteDto): boolean =>
        [one.name, one.path, one.url ?? ''].some((part) => part.toLowerCase().includes(search));
      const all =
        url.pathname === '/jobs'
          ? jobs
          : url.pathname === '/sites'
            ? sites.filter(isFound)
            : backups.filter((one) => siteId === null || one.siteId === siteId);
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

  it.each(['the shop', 'shop.example', '/srv/shop'])('%s and "latest" are found in one call each', async (text) => {
    asked = [];
    await getBackupId(api, 'latest', text);
    expect(asked).toEqual([
      `/sites?${new URLSearchParams({ search: text, limit: '200', offset: '0' }).toString()}`,
      `/backups?limit=1&siteId=${SHOP}`,
    ]);
  });

  it('takes a whole id of a backup as it is, but looks whether it is of the site that is named', async () => {
    asked = [];
    const id = 'aaaa0000-0000-7000-8000-000000000009';
    expect(await getBackupId(api, id.toUpperCase(), undefined)).toBe(id);
    expect(asked).toEqual([]);
    await getBackupId(api, id, 'The Shop').catch(() => null);
    expect(asked).toHaveLength(2);
  });

  it('finds a backup by the beginning of its id and the latest of a site', async () => {
    expect((await getBackup(api, 'latest', 'The Shop')).siteId).toBe(SHOP);
    await expect(getBackup(api, 'latest', undefined)).rejects.toMatchObject({ kind: 'usage' });
    await expect(getBackup(api, 'latest', '/srv/twin')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
    await expect(getBackup(api, 'aaaa', undefined)).rejects.toMatchObject({ kind: 'usage' });
    expect((await getBackup(api, 'aaaa', '/srv/shop')).siteId).toBe(SHOP);
    await expect(getBackup(api, '../etc', undefined)).rejects.toMatchObject({ kind: 'usage' });
  });

  it('takes no job for another one of the same millisecond, but names both', async () => {
    expect((await getJob(api, '01890A5D-ac96-774b-8cd')).id).toBe(jobs[1]?.id);
    await expect(getJob(api, '01890a5d-ac96-774b')).rejects.toMatchObject({
      kind: 'usage',
      message: `"01890a5d-ac96-774b" means more than one job: ${jobs.map(({ id }) => id).join(', ')}.`,
    });
    await expect(getJob(api, '01890a5d-ac96-774c')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
