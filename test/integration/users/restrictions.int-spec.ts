import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BackupDto, SiteDto } from '../../../src/cli/api-types.js';
import { EventFeed } from '../../../src/modules/events/event-feed.js';
import { until } from '../../support/scratch.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import type { TestBrowser } from './browser.js';
import { makeUser, PASSWORD, signedIn } from './users-support.js';

const test = useJobsApp();

interface Operation {
  method: string;
  path: string;
  access: string;
  restricted: string | undefined;
}

type Described = Record<string, Record<string, { 'x-access'?: string; 'x-restricted'?: string }>>;
const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Described };
const operations: Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    access: operation['x-access'] ?? '',
    restricted: operation['x-restricted'],
  })),
);

let own: GatedSite;
let foreign: GatedSite;
/** Ids of what belongs to each, by kind. */
let ownThings: Record<string, string>;
let foreignThings: Record<string, string>;
let page: TestBrowser;

async function thingsOf(site: GatedSite): Promise<Record<string, string>> {
  const job = await test.admin.backUp(site.id);
  const [backup] = await test.admin.backups(site.id);
  const alarm = crypto.randomUUID();
  await sql(
    `insert into alarm (id, kind, subject, severity, site_id, message, context, raised_at, last_seen_at)
      values ('${alarm}', 'backup.failed', '${site.id}', 'warning', '${site.id}', 'of ${site.id}', '{}', now(), now())`,
  );
  return { site: site.id, job: job.id, backup: backup?.id ?? '', alarm };
}

async function sql(text: string): Promise<void> {
  const { MikroORM } = await import('@mikro-orm/postgresql');
  await test.app.get(MikroORM).em.fork().execute(text);
}

beforeAll(async () => {
  own = await GatedSite.make(test, 'own-shop');
  foreign = await GatedSite.make(test, 'foreign-shop');
  ownThings = await thingsOf(own);
  foreignThings = await thingsOf(foreign);
  page = await signedIn(test, { name: 'olga', role: 'operator', restriction: { siteIds: [own.id], nodeIds: [] } });
});

/** The path about somebody's things. */
const about = (things: Record<string, string>, { path, restricted }: Operation): string =>
  path.replaceAll(/\{\w+\}/g, things[restricted ?? ''] ?? foreign.id);

/** What is answered about things of another site; of what is open to all, anything but a refusal. */
function expectedFor(
  { access, restricted }: Operation,
  given: { status: number; code: unknown },
): { status: number; code: unknown } {
  if (access === 'node') return { status: 401, code: 'TOKEN_MISSING' };
  if (access === 'admin') return { status: 403, code: 'ROLE_TOO_LOW' };
  if (restricted === undefined) return { status: 403, code: 'CALLER_RESTRICTED' };
  if (restricted === 'filtered') return { status: 200, code: null };
  if (restricted === 'harmless')
    return given.code === 'CALLER_RESTRICTED' || given.status >= 500 ? { status: 200, code: null } : given;
  return { status: 404, code: `${restricted.toUpperCase()}_NOT_FOUND` };
}

describe('what a caller who is restricted to one site gets', () => {
  it('each operation of the API says how it holds to the restriction, or is closed', () => {
    expect(operations.length).toBeGreaterThan(150);
    const open = operations.filter(({ access, restricted }) => access !== 'public' && restricted !== undefined);
    expect(open.filter(({ access }) => access === 'admin' || access === 'node')).toEqual([]);
    expect(
      open.filter(({ restricted }) => restricted === 'filtered').map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['GET /sites', 'GET /events', 'GET /jobs', 'GET /backups', 'GET /status', 'GET /alarms']);
    expect(open.length).toBeGreaterThan(25);
  });

  it.each(
    operations
      .filter(({ access }) => access !== 'public')
      .map((each) => [`${each.method} ${each.path}`, each] as const),
  )('%s: nothing of another site', async (_name, operation) => {
    const { method, path } = operation;
    // It does not end by itself; see below.
    if (path === '/events') return;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const { status, body: answer } = await page.call(method, about(foreignThings, operation), body);
    const given = { status, code: answer['code'] ?? null };
    expect(given).toEqual(expectedFor(operation, given));
    // What is not found is named as it was asked for.
    const told = JSON.stringify(answer);
    const ids = given.status === 404 ? [] : Object.values(foreignThings);
    for (const mark of ['foreign-shop', foreign.path, ...ids]) expect(told).not.toContain(mark);
  });

  it('of the own site all is there', async () => {
    for (const operation of operations.filter(
      ({ method, restricted }) => method === 'GET' && ['site', 'backup', 'job', 'alarm'].includes(restricted ?? ''),
    )) {
      if (operation.path.includes('/diff') || operation.path.endsWith('/file')) continue;
      const { status } = await page.call('GET', about(ownThings, operation));
      expect(status, operation.path).toBe(200);
    }
    const { items } = await page.get<{ items: SiteDto[] }>('/sites');
    expect(items.map(({ id }) => id)).toEqual([own.id]);
    expect(await page.get('/backups')).toMatchObject({ total: 1 });
    expect(await page.get('/jobs')).toMatchObject({ total: 1 });
    expect(await page.get('/alarms')).toMatchObject({ total: 1 });
    expect(await page.get('/status')).toMatchObject({ sites: { total: 1 }, alarms: { warning: 1 } });
    expect(await test.admin.get('/status')).toMatchObject({ sites: { total: 2 }, alarms: { warning: 2 } });
  });

  it('filters that name another site find nothing', async () => {
    for (const list of ['/backups', '/jobs', '/alarms'])
      expect(await page.get(`${list}?siteId=${foreign.id}`)).toMatchObject({ items: [], total: 0 });
    expect(await page.get('/sites?search=foreign')).toMatchObject({ items: [], total: 0 });
  });

  it('nothing leads from the own site to another: no other place, no other database, no comparison', async () => {
    const backup = ownThings['backup'] ?? '';
    for (const where of [
      { targetPath: foreign.path },
      { nodeId: 'self' },
      { targetDatabase: { name: 'x', user: 'x', password: 'x' } },
      { adminDatabase: { user: 'x', password: 'x' } },
    ])
      expect((await page.call('POST', `/backups/${backup}/restore`, { ...where, dryRun: true })).body).toMatchObject({
        code: 'CALLER_RESTRICTED',
      });
    for (const change of [
      { path: foreign.path },
      { settings: {} },
      { overrides: {} },
      { labels: ['x'] },
      { destinations: null },
    ])
      expect((await page.call('PATCH', `/sites/${own.id}`, change)).body).toMatchObject({ code: 'CALLER_RESTRICTED' });
    expect((await page.call('PATCH', `/sites/${own.id}`, { name: 'own-shop too' })).status).toBe(200);
    const diff = await page.call('GET', `/backups/${backup}/diff?from=${foreignThings['backup']}`);
    expect(diff).toMatchObject({ status: 404, body: { code: 'BACKUP_NOT_FOUND' } });
  });
});

/** The ids of the sites in what a stream of events says until it has the own site's newest job. */
async function streamed(browser: TestBrowser, path: string): Promise<Set<unknown>> {
  const cut = new AbortController();
  const seen = new Set<unknown>();
  const response = await fetch(browser.url + path, {
    headers: { Cookie: browser.cookie ?? '', ...browser.says },
    signal: cut.signal,
  });
  expect(response.status).toBe(200);
  const reading = (async () => {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
      for (const [, data = '{}'] of text.matchAll(/^data: (\{"id".*)$/gm))
        seen.add((JSON.parse(data) as { siteId: unknown }).siteId);
  })().catch(() => undefined);
  await until('the own site’s events', () => Promise.resolve(seen.has(own.id) ? true : null));
  cut.abort();
  await reading;
  return seen;
}

describe('streams', () => {
  it('give the events of the own site only, replayed and live', async () => {
    expect(await streamed(page, '/events?lastEventId=0')).toEqual(new Set([own.id]));
    const live = streamed(page, '/events');
    await test.admin.backUp(foreign.id);
    await test.admin.backUp(own.id);
    expect(await live).toEqual(new Set([own.id]));
  });

  it('so does the WebSocket, which a page of another site can’t open with the session', async () => {
    const url = `${page.url.replace('http', 'ws')}/ws/events?lastEventId=0`;
    const seen = new Set<unknown>();
    const socket = new WebSocket(url, ['backupd.v1'], { headers: { Cookie: page.cookie ?? '' }, origin: page.url });
    socket.on('message', (data: Buffer) => seen.add((JSON.parse(data.toString()) as { siteId: unknown }).siteId));
    await until('the own site’s events', () => Promise.resolve(seen.has(own.id) ? true : null));
    socket.close();
    expect(seen).toEqual(new Set([own.id]));
    const evil = new WebSocket(url, ['backupd.v1'], {
      headers: { Cookie: page.cookie ?? '' },
      origin: 'https://evil.example',
    });
    const refused = await new Promise((resolve) => {
      evil.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      evil.on('error', () => undefined);
    });
    expect(refused).toBe(403);
  });

  it('an open stream ends with the session, and follows a change of the restriction', async () => {
    const feed = test.app.get(EventFeed);
    const usual = feed.heartbeatMs;
    feed.heartbeatMs = 100;
    try {
      const restriction = { siteIds: [own.id], nodeIds: [] };
      const user = await signedIn(test, { name: 'rita', role: 'viewer', restriction });
      const sites: string[] = [];
      let ended = false;
      const response = await fetch(`${user.url}/events`, { headers: { Cookie: user.cookie ?? '', ...user.says } });
      const reading = (async () => {
        for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
          sites.push(...[...text.matchAll(/"siteId":"([^"]+)"/g)].map(([, id = '']) => id));
        ended = true;
      })();
      await test.admin.call('PATCH', `/users/${user.userId}`, { restriction: { siteIds: [foreign.id], nodeIds: [] } });
      await until('the new restriction', async () => {
        await test.admin.backUp(foreign.id);
        return sites.includes(foreign.id) ? true : null;
      });
      expect(sites).not.toContain(own.id);
      await test.admin.call('DELETE', `/users/${user.userId}/sessions`);
      await until('the end', () => Promise.resolve(ended ? true : null));
      await reading;
    } finally {
      feed.heartbeatMs = usual;
    }
  });
});

describe('restriction to nodes', () => {
  it('covers the sites that are there by now', async () => {
    const nodeId = crypto.randomUUID();
    const user = await signedIn(test, {
      name: 'nadja',
      role: 'viewer',
      restriction: { siteIds: [], nodeIds: [nodeId] },
    });
    expect(await user.get('/sites')).toMatchObject({ total: 0 });
    await sql(`update site set node_id = '${nodeId}' where id = '${foreign.id}'`);
    try {
      expect(await user.get<{ items: SiteDto[] }>('/sites')).toMatchObject({ items: [{ id: foreign.id }] });
      expect(
        (await user.get<{ items: BackupDto[] }>('/backups')).items.every(({ siteId }) => siteId === foreign.id),
      ).toBe(true);
    } finally {
      await sql(`update site set node_id = null where id = '${foreign.id}'`);
    }
    expect((await user.call('GET', `/sites/${foreign.id}`)).status).toBe(404);
  });

  it('an admin can’t be restricted, and a restricted user can’t be made admin', async () => {
    const restriction = { siteIds: [own.id], nodeIds: [] };
    const made = await test.admin.call('POST', '/users', {
      name: 'adam',
      role: 'admin',
      password: PASSWORD,
      restriction,
    });
    expect(made).toMatchObject({ status: 400, body: { code: 'ADMIN_RESTRICTED' } });
    const { id } = await makeUser(test, { name: 'vera', role: 'viewer', restriction });
    expect((await test.admin.call('PATCH', `/users/${id}`, { role: 'admin' })).body).toMatchObject({
      code: 'ADMIN_RESTRICTED',
    });
    expect((await test.admin.call('PATCH', `/users/${id}`, { role: 'admin', restriction: null })).status).toBe(200);
  });
});
