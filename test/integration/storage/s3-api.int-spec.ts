import { beforeAll, expect, it, vi } from 'vitest';
import type { StorageTestDto } from '../../../src/modules/storage/dto/storage-test.dto.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { runSql } from '../../support/postgres.js';
import { useTestApp } from '../core/test-app.js';
import { settingsFor } from './s3-storage.js';

let ceph: CephServer;
const test = useTestApp();
let bucket: string;
beforeAll(async () => {
  ceph = await sharedCeph();
  bucket = await ceph.createBucket();
});

const tryOut = async (settings: object): Promise<StorageTestDto> => {
  const answer = await test.admin.call('POST', '/storage/test', { kind: 's3', settings });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as StorageTestDto;
};
const statuses = ({ steps }: StorageTestDto): Record<string, string> =>
  Object.fromEntries(steps.map(({ name, status, error }) => [name, error?.permission ?? error?.code ?? status]));

it('an S3 storage is tested, added, tested again, changed and removed; its secrets are never told', async () => {
  const settings = settingsFor(ceph, bucket);
  expect(await tryOut(settings)).toMatchObject({ ok: true });
  const made = await test.admin.call('POST', '/storage', { name: 'ceph', kind: 's3', settings });
  expect(made.status).toBe(201);
  const at = `/storage/${String(made.body['id'])}`;
  const tested = await test.operator.call('POST', `${at}/test`);
  expect(statuses(tested.body as unknown as StorageTestDto)).toEqual({
    write: 'ok',
    read: 'ok',
    range: 'ok',
    list: 'ok',
    'multipart upload': 'ok',
    'unfinished uploads': 'ok',
    delete: 'ok',
  });
  const changed = await test.admin.call('PATCH', at, { settings: { concurrency: 2, partSizeMiB: null } });
  expect(changed.body['settings']).toMatchObject({ concurrency: 2, bucket });
  expect(changed.body['settings']).not.toHaveProperty('partSizeMiB');
  for (const prefix of ['', String(settings['prefix']), `${String(settings['prefix'])}/inside`])
    expect(
      await test.admin.call('POST', '/storage', { name: 'again', kind: 's3', settings: { ...settings, prefix } }),
    ).toMatchObject({ status: 409, body: { code: 'STORAGE_PLACE_TAKEN', context: { name: 'ceph' } } });
  const [apart, within] = [{ settings: { prefix: 'a' } }, { ...settings, prefix: 'b' }];
  expect((await test.admin.call('PATCH', at, apart)).status).toBe(200);
  const beside = await test.admin.call('POST', '/storage', { name: 'beside', kind: 's3', settings: within });
  expect(beside.status).toBe(201);
  const into = { settings: { prefix: 'a/b' } };
  expect(await test.admin.call('PATCH', `/storage/${String(beside.body['id'])}`, into)).toMatchObject({
    status: 409,
    body: { code: 'STORAGE_PLACE_TAKEN' },
  });
  expect((await test.admin.call('DELETE', `/storage/${String(beside.body['id'])}`)).status).toBe(204);
  const shown = await test.viewer.call('GET', '/storage');
  const stored = await runSql(String(test.config.databaseUrl), 'select * from storage_provider');
  for (const text of [made, tested, changed, shown, stored].map((value) => JSON.stringify(value))) {
    expect(text).not.toContain(ceph.keys.secretAccessKey);
    expect(text).not.toContain('secretAccessKey');
  }
  expect((await test.admin.call('DELETE', at)).status).toBe(204);
});

it('a test names what is missing, step by step, and such a storage is not added', async () => {
  const readOnly = await ceph.createUser(bucket, ['s3:GetObject', 's3:ListBucket']);
  const settings = settingsFor(ceph, bucket);
  const tested = await tryOut({ ...settings, ...readOnly });
  expect(tested.ok).toBe(false);
  expect(statuses(tested)).toEqual({
    write: 's3:PutObject',
    read: 'skipped',
    range: 'skipped',
    list: 'skipped',
    'multipart upload': 'skipped',
    'unfinished uploads': 'skipped',
    delete: 'skipped',
  });
  const more = await ceph.createUser(bucket, ['s3:PutObject', 's3:GetObject', 's3:GetBucketVersioning']);
  expect(statuses(await tryOut({ ...settings, ...more }))).toEqual({
    write: 'ok',
    read: 'ok',
    range: 'ok',
    list: 's3:ListBucket',
    'multipart upload': 's3:AbortMultipartUpload',
    'unfinished uploads': 's3:ListBucketMultipartUploads',
    delete: 's3:DeleteObject',
  });
  const refused = await test.admin.call('POST', '/storage', {
    name: 'x',
    kind: 's3',
    settings: { ...settings, ...more },
  });
  expect(refused).toMatchObject({
    status: 502,
    body: { code: 'STORAGE_DENIED', context: { permission: 's3:ListBucket' } },
  });
  expect((await test.viewer.call('GET', '/storage')).body['total']).toBe(1);
});

it('settings that make no sense are refused by name', async () => {
  const answer = await test.admin.call('POST', '/storage/test', {
    kind: 's3',
    settings: { endpoint: 'ftp://x', bucket: 'B', accessKeyId: 'a', secretAccessKey: 'b', unknown: 1 },
  });
  expect(answer.status).toBe(400);
  const fields = (answer.body['errors'] as { field: string }[]).map(({ field }) => field);
  expect(fields.toSorted()).toEqual(['settings.bucket', 'settings.endpoint', 'settings.unknown']);
  expect((await test.operator.call('POST', '/storage/test', { kind: 's3', settings: {} })).status).toBe(403);
});

it('a wrong clock is named as such', async () => {
  const real = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: real + 3_600_000 });
  const tested = await tryOut(settingsFor(ceph, bucket)).finally(() => vi.useRealTimers());
  expect(tested.steps[0]).toMatchObject({ name: 'write', error: { code: 'STORAGE_CLOCK_SKEW' } });
  expect(tested.steps[0]?.error?.message).toContain(new Date(real).toISOString().slice(0, 13));
});

it('object lock is tested for real: a locked object must not go, and goes when the lock is over', async () => {
  const locking = await ceph.createBucket({ lock: true });
  const objectLock = { mode: 'COMPLIANCE', days: 1 };
  const tested = await tryOut(settingsFor(ceph, locking, { objectLock }));
  expect(statuses(tested)).toMatchObject({ 'object lock': 'ok', delete: 'ok' });
  expect(await ceph.countVersions(locking)).toBe(0);
  expect(statuses(await tryOut(settingsFor(ceph, bucket, { objectLock })))['object lock']).toBe(
    'STORAGE_LOCK_UNAVAILABLE',
  );
}, 60_000);
