import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StorageMaintenance } from '../../../src/modules/backups/storage-maintenance.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { runSql } from '../../support/postgres.js';
import type { Answer } from '../../support/api.js';
import { useTestApp } from './test-app.js';

const test = useTestApp();

const names = async (): Promise<string[]> =>
  (await test.app.get(StorageService).choiceFor({ id: 'any' })).candidates.map(({ providerName }) => providerName);

it('a fresh backupd stores in its data dir', async () => {
  const { body } = await test.viewer.call('GET', '/storage');
  expect(body).toMatchObject({
    total: 1,
    items: [{ name: 'local', kind: 'local', settings: { path: test.config.paths.storage }, isDefault: true }],
  });
  expect(await names()).toEqual(['local']);
});

it('a provider is probed, added, made the default, disabled and removed', async () => {
  const path = join(test.folder, 'disk');
  const made = await test.admin.call('POST', '/storage', { name: 'disk', kind: 'local', settings: { path } });
  expect(made).toMatchObject({ status: 201, body: { isDefault: false, enabled: true } });
  const at = `/storage/${String(made.body['id'])}`;
  const tested = await test.operator.call('POST', `${at}/test`);
  expect(tested).toMatchObject({ status: 200, body: { ok: true } });
  expect((tested.body['steps'] as { name: string }[]).map(({ name }) => name)).toEqual([
    'write',
    'read',
    'range',
    'list',
    'delete',
  ]);
  expect(readdirSync(path).filter((name) => !name.startsWith('.'))).toEqual([]);

  expect(await test.admin.call('PATCH', at, { isDefault: true })).toMatchObject({ body: { isDefault: true } });
  expect(await names()).toEqual(['local', 'disk']);
  expect(await test.admin.call('PATCH', at, { enabled: false })).toMatchObject({ body: { enabled: false } });
  expect(await names()).toEqual(['local']);

  await runSql(
    String(test.config.databaseUrl),
    `insert into backup_copy values (gen_random_uuid(), '${String(made.body['id'])}', 'present', 1, null, null, now())`,
  );
  expect(await test.admin.call('DELETE', at)).toMatchObject({ status: 409, body: { code: 'STORAGE_IN_USE' } });
  await runSql(String(test.config.databaseUrl), 'delete from backup_copy');
  expect(await test.admin.call('DELETE', at)).toMatchObject({ status: 204 });
  expect(await test.admin.call('GET', at)).toMatchObject({ status: 404, body: { code: 'STORAGE_NOT_FOUND' } });
  expect(existsSync(path)).toBe(true);
});

it('refuses what does not work, and keeps nothing of it', async () => {
  const add = (body: object): Promise<Answer> => test.admin.call('POST', '/storage', body);
  expect(await add({ name: 'x', kind: 'ftp', settings: {} })).toMatchObject({
    status: 400,
    body: { code: 'STORAGE_KIND_UNKNOWN' },
  });
  expect(await add({ name: 'x', kind: 'local', settings: {} })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', errors: [{ field: 'settings.path' }] },
  });
  expect(await add({ name: 'local', kind: 'local', settings: { path: join(test.folder, 'y') } })).toMatchObject({
    status: 409,
    body: { code: 'STORAGE_NAME_TAKEN' },
  });
  expect((await add({ name: 'x', kind: 'local', settings: { path: '/proc/backupd' } })).status).toBeGreaterThan(499);
  expect((await test.viewer.call('GET', '/storage')).body['total']).toBe(1);
});

it('refuses a place that is not apart from every other storage and the data dir', async () => {
  const folder = join(test.folder, 'apart');
  const add = (name: string, path: string): Promise<Answer> =>
    test.admin.call('POST', '/storage', { name, kind: 'local', settings: { path } });
  const [first, second] = [await add('first', join(folder, 'a')), await add('second', join(folder, 'ab'))];
  expect([first.status, second.status]).toEqual([201, 201]);
  symlinkSync(join(folder, 'a'), join(folder, 'link'));
  await test.admin.call('PATCH', `/storage/${String(first.body['id'])}`, { enabled: false });
  const taken = {
    status: 409,
    body: {
      code: 'STORAGE_PLACE_TAKEN',
      detail: expect.stringContaining('storage "first"') as string,
      hint: expect.stringContaining('one copy') as string,
    },
  };
  for (const path of ['a', 'a/', 'a/inside/deep', 'link', 'link/inside']) {
    expect(await add('x', join(folder, path)), path).toMatchObject(taken);
    const move = { settings: { path: join(folder, path) } };
    expect(await test.admin.call('PATCH', `/storage/${String(second.body['id'])}`, move), path).toMatchObject(taken);
  }
  expect(await add('x', folder)).toMatchObject({ status: 409, body: { code: 'STORAGE_PLACE_TAKEN' } });
  expect(readdirSync(join(folder, 'a')).filter((name) => !name.startsWith('.'))).toEqual([]);
  const { root, work, storage } = test.config.paths;
  for (const path of [root, work, join(root, 'more'), storage, join(storage, 'more')])
    expect(await add('x', path), path).toMatchObject({ status: 409, body: { code: 'STORAGE_PLACE_TAKEN' } });
  // What stays where it is may be changed.
  const same = { settings: { path: join(folder, 'ab') }, name: 'renamed' };
  expect((await test.admin.call('PATCH', `/storage/${String(second.body['id'])}`, same)).status).toBe(200);
  mkdirSync(join(folder, 'new', 'inside'), { recursive: true });
  const both = await Promise.all([add('y', join(folder, 'new')), add('z', join(folder, 'new', 'inside'))]);
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
  for (const { body } of [first, second, ...both.filter(({ status }) => status === 201)])
    expect((await test.admin.call('DELETE', `/storage/${String(body['id'])}`)).status).toBe(204);
});

it('refuses a folder inside a site', async () => {
  const path = join(test.folder, 'www');
  mkdirSync(path);
  await runSql(
    String(test.config.databaseUrl),
    `insert into site (id, name, path, module, settings, excludes, overrides, created_at, updated_at)
      values (gen_random_uuid(), 'blog', '${path}', 'files', '{}', '[]', '{}', now(), now())`,
  );
  const add = (folder: string): Promise<Answer> =>
    test.admin.call('POST', '/storage', { name: 'web', kind: 'local', settings: { path: folder } });
  for (const folder of [path, join(path, 'backups')])
    expect(await add(folder)).toMatchObject({
      status: 409,
      body: { code: 'STORAGE_INSIDE_SITE', detail: expect.stringContaining('blog') as string },
    });
  expect(readdirSync(path)).toEqual([]);
  const beside = await add(`${path}-backups`);
  expect(beside.status).toBe(201);
  const move = { settings: { path: join(path, 'backups') } };
  expect(await test.admin.call('PATCH', `/storage/${String(beside.body['id'])}`, move)).toMatchObject({
    status: 409,
    body: { code: 'STORAGE_INSIDE_SITE' },
  });
  await test.admin.call('DELETE', `/storage/${String(beside.body['id'])}`);
  await runSql(String(test.config.databaseUrl), 'delete from site');
});

it('a test of settings leaves no trace', async () => {
  const folder = join(test.folder, 'tried');
  const tryOut = (path: string): Promise<Answer> =>
    test.admin.call('POST', '/storage/test', { kind: 'local', settings: { path } });
  expect(await tryOut(join(folder, 'a', 'b'))).toMatchObject({ status: 200, body: { ok: true } });
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
  writeFileSync(join(folder, 'note'), 'was there');
  expect(await tryOut(folder)).toMatchObject({ status: 200, body: { ok: true } });
  expect(readdirSync(folder)).toEqual(['note']);
  const made = await test.admin.call('POST', '/storage', { name: 'tried', kind: 'local', settings: { path: folder } });
  expect(made.status).toBe(201);
  const before = readdirSync(folder);
  expect(before).toContain('.backupd-storage');
  expect(await tryOut(folder)).toMatchObject({ status: 200, body: { ok: true } });
  expect(readdirSync(folder)).toEqual(before);
  await test.admin.call('DELETE', `/storage/${String(made.body['id'])}`);
});

it('a storage whose folder is gone fails its test and shows no space, but does not break the list', async () => {
  const path = join(test.folder, 'gone');
  const made = await test.admin.call('POST', '/storage', { name: 'gone', kind: 'local', settings: { path } });
  rmSync(path, { recursive: true });
  const tested = await test.operator.call('POST', `/storage/${String(made.body['id'])}/test`);
  expect(tested).toMatchObject({ status: 200, body: { ok: false } });
  expect(tested.body['steps']).toEqual([
    expect.objectContaining({
      name: 'write',
      status: 'failed',
      error: expect.objectContaining({ code: 'STORAGE_UNREACHABLE' }) as unknown,
    }),
    ...['read', 'range', 'list', 'delete'].map((name) => ({ name, status: 'skipped', durationMs: 0, error: null })),
  ]);
  expect(existsSync(path)).toBe(false);
  expect((await test.viewer.call('GET', '/storage')).status).toBe(200);
  const { body } = await test.operator.call('GET', '/doctor');
  expect(body['ok']).toBe(false);
  expect(body['checks']).toContainEqual(expect.objectContaining({ name: 'storage gone', status: 'failed' }));
});

it('partial uploads are removed by maintenance, but none that another master may be at', async () => {
  const storage = test.app.get(StorageService);
  const ages: number[] = [];
  for (const { driver } of await storage.allDestinations())
    driver.removeAbandoned = (olderThanMs) => Promise.resolve(ages.push(olderThanMs));
  await test.app.get(StorageMaintenance, { strict: false }).hourly();
  expect(ages).toHaveLength((await storage.all()).length);
  expect(Math.min(...ages)).toBe(7 * 86_400_000);
});

it('with every provider disabled there is no destination', async () => {
  const { body } = await test.viewer.call('GET', '/storage');
  for (const { id } of body['items'] as { id: string }[])
    await test.admin.call('PATCH', `/storage/${id}`, { enabled: false });
  await expect(names()).rejects.toMatchObject({ code: 'NO_STORAGE' });
});
