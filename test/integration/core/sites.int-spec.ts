import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SitesService } from '../../../src/modules/sites/index.js';
import { runSql } from '../../support/postgres.js';
import { NotesModule } from './notes-module.js';
import type { Answer } from '../../support/api.js';
import { useTestApp } from './test-app.js';

const test = useTestApp([NotesModule]);
let www: string;
beforeAll(async () => {
  www = join(test.folder, 'www');
});

function makeSite(name: string): string {
  const path = join(www, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'notes.txt'), `Notes of ${name}\n`);
  return path;
}

const register = (body: object): Promise<Answer> => test.operator.call('POST', '/sites', { module: 'notes', ...body });

it('lists the module that a test brought along, with no core file changed', async () => {
  const { body } = await test.viewer.call('GET', '/modules');
  expect(body['items']).toContainEqual(
    expect.objectContaining({ name: 'notes', stages: ['pack'], restoreStages: null, canDiscover: true }),
  );
});

describe('registering', () => {
  it('takes name and facts from the module', async () => {
    const path = makeSite('one');
    const made = await register({ path: `${path}/` });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Notes of one', path, module: 'notes', nodeId: null, paused: false, lastBackup: null },
    });
    expect(await test.viewer.call('GET', `/sites/${String(made.body['id'])}`)).toMatchObject({
      status: 200,
      body: { description: { name: 'Notes of one' } },
    });
  });

  it('refuses the same folder twice, by whatever name', async () => {
    const path = makeSite('twice');
    const first = await register({ path });
    symlinkSync(path, join(www, 'alias'));
    for (const again of [path, `${path}/../twice`, join(www, 'alias')])
      expect(await register({ path: again })).toMatchObject({
        status: 409,
        body: { code: 'SITE_EXISTS', context: { id: first.body['id'] } },
      });
  });

  it('lets exactly one of many win', async () => {
    const path = makeSite('race');
    const answers = await Promise.all(Array.from({ length: 6 }, () => register({ path })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it.each([
    [{ path: 'relative' }, 400, 'REQUEST_INVALID', 'absolute'],
    [{ path: '/nowhere/at/all' }, 400, 'PATH_NOT_FOUND', 'ENOENT'],
    [{ path: '/tmp', module: 'fax' }, 400, 'MODULE_UNKNOWN', 'fax'],
    [{ path: '/tmp' }, 422, 'NOT_A_SITE', 'has no notes.txt'],
    [{ path: '/tmp', settings: { level: 99 } }, 400, 'REQUEST_INVALID', 'settings.level'],
    [{ path: '/tmp', settings: { colour: 1 } }, 400, 'REQUEST_INVALID', 'settings.colour is not a known setting'],
    [{ path: '/tmp', settings: { scope: 'x' } }, 400, 'REQUEST_INVALID', 'one of: all, some'],
    [{ path: '/tmp', excludes: ['cache'] }, 400, 'REQUEST_INVALID', 'must start with "/"'],
    [{ path: '/tmp', excludes: ['/../x'] }, 400, 'REQUEST_INVALID', 'inside the site'],
    [{ path: '/tmp', overrides: { 'a b': 'x' } }, 400, 'REQUEST_INVALID', 'not a name'],
    [{ path: '/tmp', overrides: { DB_NAME: 5 } }, 400, 'REQUEST_INVALID', 'must be a text'],
    [{ path: '/tmp', zzz: 5 }, 400, 'REQUEST_INVALID', 'zzz'],
    [{ path: '/a\0b' }, 400, 'REQUEST_INVALID', 'absolute'],
  ])('refuses %j: %i %s', async (body, status, code, text) => {
    const answer = await register(body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(String(answer.body['detail'])).toContain(text);
  });
});

describe('overrides', () => {
  it('are given to the module; secrets are sealed in the database and masked in answers', async () => {
    const path = makeSite('secret');
    const made = await register({ path, overrides: { DB_PASSWORD: 'hunter2', DB_HOST: 'db' } });
    const id = String(made.body['id']);
    expect(made.body['overrides']).toEqual({ DB_PASSWORD: '***', DB_HOST: 'db' });
    expect(made.body['description']).toMatchObject({ facts: { password: true } });
    const rows = await runSql(String(test.config.databaseUrl), `select row_to_json(site)::text as row from site`);
    expect(JSON.stringify(rows)).toContain('v1.');
    expect(JSON.stringify(rows)).not.toContain('hunter2');
    const sites = test.app.get(SitesService);
    expect((await sites.spec(id)).overrides).toEqual({ DB_PASSWORD: 'hunter2', DB_HOST: 'db' });

    const changed = await test.operator.call('PATCH', `/sites/${id}`, {
      overrides: { DB_PASSWORD: '***', DB_NAME: 'shop' },
    });
    expect(changed).toMatchObject({ status: 200, body: { overrides: { DB_PASSWORD: '***', DB_NAME: 'shop' } } });
    expect((await sites.spec(id)).overrides).toEqual({ DB_PASSWORD: 'hunter2', DB_NAME: 'shop' });
  });
});

describe('the life of a site', () => {
  it('is changed, paused, resumed and removed', async () => {
    const made = await register({ path: makeSite('life'), name: 'Life' });
    const at = `/sites/${String(made.body['id'])}`;
    expect(
      await test.operator.call('PATCH', at, { name: 'Better', settings: { level: 3 }, excludes: ['/cache'] }),
    ).toMatchObject({ status: 200, body: { name: 'Better', settings: { level: 3 }, excludes: ['/cache'] } });
    expect(await test.operator.call('PATCH', at, { path: '/x' })).toMatchObject({ status: 400 });
    expect(await test.operator.call('PATCH', at, { settings: { level: 0 } })).toMatchObject({ status: 400 });
    expect(await test.operator.call('POST', `${at}/pause`)).toMatchObject({ status: 200, body: { paused: true } });
    expect(await test.viewer.call('GET', '/sites?paused=true')).toMatchObject({
      body: { total: 1, items: [{ name: 'Better' }] },
    });
    expect(await test.operator.call('POST', `${at}/resume`)).toMatchObject({ body: { paused: false } });
    expect(await test.operator.call('DELETE', at)).toMatchObject({ status: 204 });
    for (const [method, path] of [
      ['GET', at],
      ['PATCH', at],
      ['POST', `${at}/pause`],
      ['DELETE', at],
    ] as const)
      expect(await test.operator.call(method, path, method === 'PATCH' ? {} : undefined)).toMatchObject({
        status: 404,
        body: { code: 'SITE_NOT_FOUND' },
      });
  });

  it('is found by part of name, path or URL, with wild cards taken as text; lists are paged', async () => {
    await register({ path: makeSite('find-100%'), name: 'Sale 100% off' });
    await register({ path: makeSite('find-2'), name: 'Sale 2' });
    expect((await test.viewer.call('GET', `/sites?search=${encodeURIComponent('100% o')}`)).body['total']).toBe(1);
    expect((await test.viewer.call('GET', `/sites?search=${encodeURIComponent('S_le')}`)).body['total']).toBe(0);
    const page = await test.viewer.call('GET', '/sites?search=sale&limit=1&offset=1');
    expect(page.body).toMatchObject({ total: 2, limit: 1, offset: 1, items: [{ name: 'Sale 2' }] });
  });
});

describe('import', () => {
  it('registers what is found, names what was there, says why others are left out', async () => {
    const root = join(test.folder, 'import');
    for (const name of ['a', 'b']) {
      mkdirSync(join(root, name), { recursive: true });
      writeFileSync(join(root, name, 'notes.txt'), name);
    }
    mkdirSync(join(root, 'empty'));
    await register({ path: join(root, 'a') });
    const answer = await test.operator.call('POST', '/sites/import', { roots: [root, '/nowhere'] });
    expect(answer).toMatchObject({
      status: 200,
      body: { created: [{ name: 'b' }], existing: [{ name: 'a' }] },
    });
    expect(answer.body['skipped']).toEqual(
      expect.arrayContaining([
        { path: join(root, 'empty'), reason: 'has no notes.txt' },
        { path: '/nowhere', reason: 'does not exist' },
      ]),
    );
  });
});

describe('scan', () => {
  it('gives all finds at once as JSON', async () => {
    const root = join(test.folder, 'import');
    const answer = await test.operator.call('GET', `/scan?path=${root}&path=/nowhere&maxDepth=3`);
    expect(answer.status).toBe(200);
    const { items, problems, folders } = answer.body as {
      items: { module: string }[];
      problems: object[];
      folders: number;
    };
    // The modules of the build looked as well.
    expect(items.filter((item) => item.module === 'notes')).toMatchObject([
      { path: join(root, 'a'), isInstall: true, reason: 'has notes.txt' },
      { path: join(root, 'b'), isInstall: true },
      { isInstall: false },
    ]);
    expect(problems).toContainEqual({ path: '/nowhere', message: 'does not exist' });
    expect(folders).toBeGreaterThan(3);
  });

  it('streams them line by line when asked to', async () => {
    const root = join(test.folder, 'import');
    const response = await fetch(`${test.operator.url}/scan?path=${root}`, {
      headers: { authorization: `Bearer ${test.operator.token}`, accept: 'application/x-ndjson' },
    });
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type !== 'progress')).toEqual(['found', 'found', 'found', 'done']);
    expect(types.at(-1)).toBe('done');
  });

  it('refuses a path that is not absolute, in either form', async () => {
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const response = await fetch(`${test.operator.url}/scan?path=www`, {
        headers: { authorization: `Bearer ${test.operator.token}`, accept },
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
    }
  });
});

describe('doctor', () => {
  it('says what is right and what is not, with what to do', async () => {
    const answer = await test.operator.call('GET', '/doctor');
    const checks = answer.body['checks'] as { name: string; status: string; hint: string | null }[];
    const named = (name: string): unknown => checks.find((check) => check.name === name);
    expect(named('database')).toMatchObject({ status: 'ok' });
    expect(named('data dir')).toMatchObject({ status: 'ok' });
    expect(named('secret key')).toMatchObject({ status: 'ok' });
    expect(named('storage local')).toMatchObject({ status: 'ok' });
    expect(named('notifications')).toMatchObject({ status: 'warning', hint: expect.stringContaining('notify setup') });
    expect(named('notes reader')).toMatchObject({ status: 'warning', hint: 'Get a newer one.' });
    expect(answer.body['ok']).toBe(checks.every((check) => check.status !== 'failed'));
  });
});

describe('destinations', () => {
  it('are checked, kept and shown; null brings the default ones back', async () => {
    const folder = join(test.folder, 'elsewhere');
    const make = { name: 'elsewhere', kind: 'local', settings: { path: folder } };
    const { id } = await test.admin.post<{ id: string }>('/storage', make);
    const wanted = { mode: 'failover', providers: [{ id, weight: 2.5 }] };
    const { body } = await register({ path: makeSite('destined'), destinations: wanted });
    expect(body['destinations']).toEqual(wanted);
    const path = `/sites/${String(body['id'])}`;
    const change = (destinations: unknown): Promise<Answer> => test.operator.call('PATCH', path, { destinations });
    expect((await change({ mode: 'all', providers: [{ id }] })).body['destinations']).toEqual({
      mode: 'all',
      providers: [{ id, weight: 1 }],
    });
    for (const [bad, field] of [
      [{ mode: 'some', providers: [{ id }] }, 'destinations.mode'],
      [{ mode: 'all', providers: [] }, 'destinations.providers'],
      [{ mode: 'all', providers: [{ id }, { id }] }, 'destinations.providers.1.id'],
      [{ mode: 'failover', providers: [{ id, weight: -1 }] }, 'destinations.providers.0.weight'],
      [{ mode: 'all', providers: [{ id: '0190c5a0-0000-7000-8000-000000000000' }] }, 'destinations.providers.0.id'],
    ] as const) {
      const answer = await change(bad);
      expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
      expect(JSON.stringify(answer.body['errors'])).toContain(field);
    }
    expect((await test.viewer.call('GET', path)).body['destinations']).toMatchObject({ mode: 'all' });
    expect((await change(null)).body['destinations']).toBeNull();
  });
});
