import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AuditPageDto } from '../../../src/cli/api-types-audit.js';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { keysFor } from '../../../src/engine/runner/index.js';
import { JobKind } from '../../../src/modules/jobs/index.js';
import type { Access, PartsAnswer, UploadAnswer } from '../../../src/modules/node-protocol/index.js';
import { runSql } from '../../support/postgres.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { SigningFactory } from './signing-driver.js';
import { content, type Run, useNodes } from './support.js';

const nodes = useNodes();
const { test } = nodes;

/** A backup that the master made, with the key of its manifest. */
async function backedUp(site: GatedSite): Promise<BackupDto & { manifestKey: string; bundleSha256: string }> {
  const { backupId } = await site.backUp();
  const backup = await test.admin.get<BackupDto & { bundleSha256: string }>(`/backups/${backupId ?? ''}`);
  const { manifestKey } = keysFor(site.id, new Date(backup.createdAt), backup.id);
  return { ...backup, manifestKey };
}

let others: ReturnType<typeof backedUp> | null = null;
/** A backup of another site. */
function anothers(): ReturnType<typeof backedUp> {
  others ??= GatedSite.make(test, 'another').then(backedUp);
  return others;
}

/** Every route, with a request that is valid as far as its form goes. */
function everyRoute(run: Run, providerId: string): [method: string, path: string, body?: unknown][] {
  const { bundleKey: key, manifestKey } = run.keys;
  const [bundle, manifest] = [content(10), content(10)];
  const { size, sha256 } = bundle;
  const query = new URLSearchParams({ providerId, key: manifestKey }).toString();
  const part = new URLSearchParams({ providerId, key, uploadId: `${size}-${sha256}`, number: '1' }).toString();
  return [
    ['POST', 'parents', { providerIds: [providerId], limit: 3 }],
    ['POST', `parents/${newId()}`, {}],
    ['POST', 'damaged', { keys: [key], providerIds: [providerId] }],
    ['POST', 'begin', { providerIds: [providerId], parentId: null }],
    ['POST', 'admit', { providerId, bytes: 100, parentId: null }],
    ['POST', 'commit', run.commitOf([providerId], bundle, manifest)],
    ['POST', 'stat', { providerId, keys: [key] }],
    ['POST', 'read', { providerId, key: manifestKey }],
    ['GET', `objects?${query}`],
    ['POST', 'uploads', { providerId, key, size, sha256 }],
    [
      'POST',
      'uploads/parts',
      { providerId, key, uploadId: 'u', parts: [{ number: 1, length: 10, md5: `${'a'.repeat(22)}==` }] },
    ],
    ['PUT', `parts?${part}`],
    ['POST', 'uploads/complete', { providerId, key, uploadId: 'u', size, sha256, parts: [] }],
    ['POST', 'uploads/abort', { providerId, key, uploadId: 'u' }],
  ];
}

it('nobody but the node that holds the run gets anything of it, nor learns that there is one', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'held'));
  const local = await nodes.local();
  const routes = everyRoute(run, local);
  const answersTo = async (api: typeof run.api): Promise<unknown[]> => {
    const answers = [];
    for (const [method, path, body] of routes) {
      const { status, body: problem } = await api.call(method, run.at(path), body);
      answers.push({ path, status, code: problem['code'], detail: problem['detail'] });
    }
    return answers;
  };
  const all = (status: number, code: string): unknown[] =>
    routes.map(([, path]) => expect.objectContaining({ path, status, code }) as unknown);
  const none = await answersTo(nodes.api('b'));
  expect(none).toEqual(all(409, 'JOB_LOST'));
  expect(await answersTo(test.admin)).toEqual(all(401, 'TOKEN_INVALID'));
  expect((await test.anyone.call('POST', run.at('stat'), {})).body['code']).toBe('TOKEN_MISSING');
  expect((await nodes.api('a').call('GET', '/jobs')).status).toBe(401);
  const reports = { reports: [{ seq: 1, ageMs: 0, facts: { warningCount: 1 } }] };
  expect((await nodes.api('b').call('POST', run.at('reports'), reports)).body['code']).toBe('JOB_LOST');
  expect(await nodes.row(run)).toMatchObject({ reportSeq: 0, warningCount: 0, status: 'running' });
  // Given back: what comes under the old name is late. Ended: the same, and the same as what there never was.
  const { deliveryId } = run.job;
  await nodes.change(run, { deliveryId: newId() });
  expect(await answersTo(nodes.api('a'))).toEqual(none);
  await nodes.change(run, { deliveryId, status: 'completed', finishedAt: new Date() });
  expect(await answersTo(nodes.api('a'))).toEqual(none);
  // Requests of nodes are not what the audit log is for.
  const noted = await test.admin.get<AuditPageDto>('/audit?limit=500');
  expect(noted.items.filter(({ action, status }) => action.startsWith('node.') && status !== 401)).toEqual([]);
});

it('a backup sees the earlier ones of its site and reads their manifests, and nothing else', async () => {
  const site = await GatedSite.make(test, 'mine');
  const [mine, theirs] = [await backedUp(site), await anothers()];
  const run = await nodes.run(site);
  const providerId = await nodes.local();
  const { backups } = await run.post<{ backups: Record<string, unknown>[] }>('parents', {
    providerIds: [providerId],
    limit: 3,
  });
  expect(backups).toMatchObject([{ id: mine.id, startedAt: mine.createdAt, manifestKey: mine.manifestKey }]);
  expect(await run.post(`parents/${mine.id}`)).toEqual(backups[0]);
  const code = async (path: string, body: unknown): Promise<unknown> => (await run.call(path, body)).body['code'];
  expect(await code(`parents/${theirs.id}`, {})).toBe('BACKUP_NOT_FOUND');
  expect(await code('begin', { providerIds: [providerId], parentId: theirs.id })).toBe('BACKUP_NOT_FOUND');
  expect(await code('parents', { providerIds: [newId()], limit: 3 })).toBe('NODE_STORAGE_FORBIDDEN');
  const asked = { providerId, keys: [mine.bundleKey, run.keys.bundleKey, mine.manifestKey] };
  expect(await run.post('stat', asked)).toMatchObject({ objects: [{ size: expect.any(Number) as number }, null, {}] });
  expect(await run.post('damaged', { keys: [mine.bundleKey], providerIds: [providerId] })).toEqual({ keys: [] });
  expect(await run.post('read', { providerId, key: mine.manifestKey })).toMatchObject({ method: 'GET', url: null });
  const manifest = Buffer.from(await (await run.read(providerId, mine.manifestKey)).arrayBuffer());
  expect(createHash('sha256').update(manifest).digest('hex')).toBe(backups[0]?.['manifestSha256']);
  const part = await run.read(providerId, mine.manifestKey, 'bytes=10-19');
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${manifest.length}`]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(manifest.subarray(10, 20));
  expect((await run.read(providerId, mine.manifestKey, `bytes=${manifest.length}-`)).status).toBe(400);
  const foreign = [
    theirs.bundleKey,
    theirs.manifestKey,
    `sites/${theirs.siteId}/site.json`,
    'catalogue/1',
    `sites/${site.id}/../${theirs.siteId}/site.json`,
    '../../etc/passwd',
    run.keys.bundleKey.replace('.tar.zst', '.tar.zst.old'),
    '',
  ];
  for (const key of [...foreign, mine.bundleKey, run.keys.bundleKey, run.keys.siteKey]) {
    expect([key, await code('read', { providerId, key })]).toEqual([key, 'NODE_KEY_FORBIDDEN']);
    expect((await run.read(providerId, key)).status, key).toBe(403);
  }
  for (const key of foreign) {
    expect([key, await code('stat', { providerId, keys: [mine.bundleKey, key] })]).toEqual([key, 'NODE_KEY_FORBIDDEN']);
    expect(await code('damaged', { keys: [key], providerIds: [providerId] })).toBe('NODE_KEY_FORBIDDEN');
  }
  const { size, sha256 } = content(10);
  for (const key of [...foreign, mine.bundleKey, mine.manifestKey]) {
    const upload = { providerId, key, size, sha256 };
    expect([key, await code('uploads', upload)]).toEqual([key, 'NODE_KEY_FORBIDDEN']);
    expect(await code('uploads/complete', { ...upload, uploadId: 'u', parts: [] })).toBe('NODE_KEY_FORBIDDEN');
    expect((await run.put(providerId, key, `10-${sha256}`, 1, Uint8Array.of(1))).status).toBe(403);
    expect(await code('uploads/abort', { providerId, key, uploadId: 'u' })).toBe('NODE_KEY_FORBIDDEN');
  }
  const tooMany = { providerId, keys: Array.from({ length: 1001 }, () => 'k') };
  expect(await code('stat', tooMany)).toBe('REQUEST_INVALID');
});

it('a restore reads all of its backup, and writes nothing', async () => {
  const site = await GatedSite.make(test, 'restored');
  const [first, theirs] = [await backedUp(site), await anothers()];
  const run = await nodes.run(site, JobKind.Restore, { backupId: first.id });
  const providerId = await nodes.local();
  for (const key of [first.bundleKey, first.manifestKey]) {
    expect(await run.post('read', { providerId, key })).toMatchObject({ url: null });
    expect((await run.read(providerId, key)).status).toBe(200);
  }
  expect(await run.post('stat', { providerId, keys: [first.bundleKey] })).toMatchObject({ objects: [{}] });
  for (const key of [theirs.bundleKey, theirs.manifestKey, `sites/${site.id}/site.json`])
    expect((await run.call('read', { providerId, key })).body['code']).toBe('NODE_KEY_FORBIDDEN');
  for (const [method, path, body] of everyRoute(run, providerId)) {
    if (/^(stat|read|objects)/.test(path)) continue;
    const { body: problem } = await run.api.call(method, run.at(path), body);
    expect([path, problem['code']]).toEqual([path, 'NODE_JOB_KIND_FORBIDDEN']);
  }
});

it('a commit says nothing but what the storages and the catalogue say, too', async () => {
  const site = await GatedSite.make(test, 'commit');
  const [parent, theirs] = [await backedUp(site), await anothers()];
  const run = await nodes.run(site);
  const providerId = await nodes.local();
  const [bundle, manifest] = [content(500), content(100)];
  await run.post('admit', { providerId, bytes: 600, parentId: parent.id });
  await run.upload(providerId, run.keys.bundleKey, bundle);
  await run.upload(providerId, run.keys.manifestKey, manifest);
  const good = run.commitOf([providerId], bundle, manifest);
  const [own] = good['bundles'] as object[];
  const { objects } = await run.post<{ objects: { size: number }[] }>('stat', { providerId, keys: [parent.bundleKey] });
  const size = objects[0]?.size ?? 0;
  const earlier = { key: parent.bundleKey, size, sha256: parent.bundleSha256, own: false };
  const foreign = { key: theirs.bundleKey, size, sha256: theirs.bundleSha256, own: false };
  const wrong: [change: object, code: string][] = [
    [{ bundleKey: theirs.bundleKey }, 'NODE_KEY_FORBIDDEN'],
    [{ manifestKey: parent.manifestKey }, 'NODE_KEY_FORBIDDEN'],
    [{ parentBackupId: theirs.id }, 'NODE_COMMIT_INVALID'],
    [{ bundles: [own, foreign] }, 'NODE_KEY_FORBIDDEN'],
    [{ bundles: [own, { ...foreign, own: true }] }, 'NODE_COMMIT_INVALID'],
    [{ bundles: [own, { ...earlier, size: size + 1 }] }, 'NODE_COMMIT_INVALID'],
    [{ bundles: [own, { ...earlier, sha256: bundle.sha256 }] }, 'NODE_COMMIT_INVALID'],
    [{ bundles: [{ ...own, size: 501 }] }, 'NODE_COMMIT_INVALID'],
    [{ copies: [] }, 'REQUEST_INVALID'],
    [{ copies: [{ providerId: newId(), size: 1 }] }, 'NODE_STORAGE_FORBIDDEN'],
    [{ missing: [newId()] }, 'NODE_STORAGE_FORBIDDEN'],
    [{ missing: [providerId] }, 'NODE_COMMIT_INVALID'],
    [{ manifestSize: 101 }, 'NODE_COPY_LACKING'],
    [{ siteId: theirs.siteId }, 'REQUEST_INVALID'],
    [{ fileCount: -1 }, 'REQUEST_INVALID'],
  ];
  for (const [change, code] of wrong)
    expect([change, (await run.call('commit', { ...good, ...change })).body['code']]).toEqual([change, code]);
  const whole = { ...good, parentBackupId: parent.id, bundles: [own, earlier] };
  rmSync(join(test.config.paths.storage, parent.bundleKey));
  const lacking = await run.call('commit', whole);
  expect(lacking.body).toMatchObject({
    code: 'NODE_COPY_LACKING',
    detail: expect.stringContaining('"local"') as string,
    context: { provider: 'local', key: parent.bundleKey, found: null },
  });
  expect(await test.admin.backups(site.id)).toHaveLength(1);
  expect((await run.call('commit', { ...good, parentBackupId: parent.id })).status).toBe(204);
  expect((await test.admin.backups(site.id))[0]).toMatchObject({ id: run.job.backupId, parentBackupId: parent.id });
});

it('what the storage signs goes there by itself, a part at a time, and is read there by itself', async () => {
  const site = await GatedSite.make(test, 'signed');
  const { id } = await test.admin.post<{ id: string }>('/storage', { name: 's', kind: 'signing', settings: {} });
  await test.admin.call('PATCH', `/sites/${site.id}`, { destinations: { mode: 'all', providers: [{ id }] } });
  const { driver } = test.app.get(SigningFactory, { strict: false });
  const run = await nodes.run(site);
  const [bundle, manifest] = [content(250_000), content(100)];
  await run.post('admit', { providerId: id, bytes: bundle.size + manifest.size, parentId: null });
  for (const [key, what] of [
    [run.keys.bundleKey, bundle],
    [run.keys.manifestKey, manifest],
  ] as const) {
    const asked = { providerId: id, key };
    const { uploadId, partBytes, via } = await run.post<UploadAnswer>('uploads', {
      ...asked,
      size: what.size,
      sha256: what.sha256,
    });
    expect(via).toBe('signed');
    const pieces = Array.from({ length: Math.ceil(what.size / partBytes) }, (_, index) =>
      what.bytes.subarray(index * partBytes, (index + 1) * partBytes),
    );
    const wanted = pieces.map((bytes, index) => ({
      number: index + 1,
      length: bytes.length,
      md5: createHash('md5').update(bytes).digest('base64'),
    }));
    const tooFar = [{ ...wanted[0], number: 5, length: 100_000 }];
    expect((await run.call('uploads/parts', { ...asked, uploadId, parts: tooFar })).body['code']).toBe(
      'NODE_UPLOAD_NOT_ADMITTED',
    );
    const { parts } = await run.post<PartsAnswer>('uploads/parts', { ...asked, uploadId, parts: wanted });
    const sent = parts.map((part) => ({
      number: part.number,
      etag: driver.send(part, pieces[part.number - 1] ?? Buffer.of()),
    }));
    const begun = await run.post<UploadAnswer>('uploads', { ...asked, size: what.size, sha256: what.sha256 });
    expect(begun.parts).toEqual(sent);
    const { size, sha256 } = what;
    const stored = await run.post('uploads/complete', { ...asked, uploadId, size, sha256, parts: sent });
    expect(stored).toMatchObject({ size });
  }
  expect((await run.upload(id, run.keys.siteKey, content(50))).status).toBe(200);
  expect(driver.objects.get(run.keys.bundleKey)?.bytes.equals(bundle.bytes)).toBe(true);
  expect((await run.call('commit', run.commitOf([id], bundle, manifest))).status).toBe(204);
  await nodes.change(run, { status: 'completed', finishedAt: new Date(), litter: false });
  const reader = await nodes.run(site, JobKind.Restore, { backupId: run.job.backupId });
  expect(await reader.post<Access>('read', { providerId: id, key: run.keys.bundleKey })).toMatchObject({
    method: 'GET',
    url: `memory://get/${run.keys.bundleKey}?secret`,
    ca: null,
  });
});

const note = (seq: number): object => ({
  seq,
  ageMs: 0,
  events: [{ type: 'job.note', data: { stage: null, message: `report ${seq}`, context: {} } }],
});

it('each report is taken in once and in order, several in one request too; only of the node that has the run', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'reports'));
  const send = (...seqs: number[]): ReturnType<Run['call']> => run.call('reports', { reports: seqs.map(note) });
  expect((await send(1, 2)).body).toEqual({ next: 3 });
  expect((await send(2, 3, 4)).body).toEqual({ next: 5 });
  expect(await send(4)).toMatchObject({ status: 200, body: { next: 5 } });
  expect((await send(6)).body).toMatchObject({ code: 'REPORT_OUT_OF_ORDER', context: { next: 5 } });
  expect((await send(5, 7)).body).toMatchObject({ code: 'REPORT_OUT_OF_ORDER', context: { next: 6 } });
  const strange = await nodes.api('b').call('POST', run.at('reports'), { reports: [note(6)] });
  expect(strange).toMatchObject({ status: 409, body: { code: 'JOB_LOST' } });
  expect((await nodes.row(run)).reportSeq).toBe(5);
  const notes = await runSql(
    String(test.config.databaseUrl),
    `select data->>'message' as message from job_event where job_id = '${run.job.id}' and type = 'job.note' order by id`,
  );
  expect(notes.map(({ message }) => message)).toEqual([1, 2, 3, 4, 5].map((seq) => `report ${seq}`));
});
