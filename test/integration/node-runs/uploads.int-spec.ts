import { existsSync, readdirSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JobHandlers, JobKind } from '../../../src/modules/jobs/index.js';
import { JobRecovery } from '../../../src/modules/jobs/job-recovery.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { until } from '../../support/scratch.js';
import { GatedSite, storedNames, workFolders } from '../jobs/jobs-app.js';
import { SigningFactory } from './signing-driver.js';
import { type Content, content, type Run, useNodes } from './support.js';

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const nodes = useNodes();
const { test } = nodes;

const spoolOf = (run: Run, provider: string): string => join(test.config.paths.work, run.job.id, 'uploads', provider);
const spooled = (run: Run, provider: string): string[] =>
  existsSync(spoolOf(run, provider)) ? readdirSync(spoolOf(run, provider)) : [];
const piece = ({ bytes }: Content, number: number, part = PART): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(bytes.subarray((number - 1) * part, number * part));

let signs: Promise<{ id: string }> | null = null;
/** Id of a storage that signs; sites go there only where they say so. */
async function signingId(): Promise<string> {
  await test.admin.call('PATCH', `/storage/${await nodes.local()}`, { isDefault: true });
  signs ??= test.admin.post<{ id: string }>('/storage', { name: 's', kind: 'signing', settings: {} });
  return (await signs).id;
}

/** A PUT whose connection is cut, or stays silent, after these bytes. */
function hanging(run: Run, query: Record<string, string>, bytes: Uint8Array): ReturnType<typeof httpRequest> {
  const url = new URL(`${run.api.url}${run.at('parts')}?${new URLSearchParams(query).toString()}`);
  const sending = httpRequest(url, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${run.api.token ?? ''}`, 'Content-Length': String(PART) },
  });
  sending.on('error', () => undefined);
  sending.write(bytes);
  return sending;
}

it('a backup goes through the master in parts, and is in the catalogue once the master has seen all of it', async () => {
  const site = await GatedSite.make(test, 'through');
  const run = await nodes.run(site);
  const local = await nodes.local();
  const [bundle, manifest, about] = [content(PART + 70_000), content(5000), content(300)];
  const { bundleKey, manifestKey, siteKey } = run.keys;
  await run.admitted(local, bundle.size + manifest.size);
  expect(await run.begin(local, bundleKey, bundle)).toEqual({
    uploadId: `${bundle.size}-${bundle.sha256}`,
    partBytes: PART,
    via: 'master',
    atOnce: 1,
    parts: [],
  });
  const early = await run.call('uploads', { providerId: local, key: manifestKey, size: 10, sha256: manifest.sha256 });
  expect(early.body).toMatchObject({ code: 'NODE_BUNDLE_FIRST' });
  const commit = run.commitOf([local], bundle, manifest);
  for (const [key, what] of [
    [bundleKey, bundle],
    [manifestKey, manifest],
  ] as const) {
    const before = await run.call('commit', commit);
    expect(before.body).toMatchObject({ code: 'NODE_COPY_LACKING', context: { key, found: null } });
    expect(await run.upload(local, key, what)).toMatchObject({ status: 200, body: { size: what.size } });
  }
  expect(await run.upload(local, siteKey, about)).toMatchObject({ status: 200 });
  expect(readFileSync(join(test.config.paths.storage, bundleKey)).equals(bundle.bytes)).toBe(true);
  expect(readFileSync(join(test.config.paths.storage, siteKey)).equals(about.bytes)).toBe(true);
  // An answer that was lost: asked again it is the same.
  expect(await run.upload(local, bundleKey, bundle)).toMatchObject({ status: 200, body: { size: bundle.size } });
  expect(await test.admin.backups(site.id)).toEqual([]);
  for (let again = 0; again < 2; again++) expect((await run.call('commit', commit)).status).toBe(204);
  expect(await test.admin.backups(site.id)).toMatchObject([
    { id: run.job.backupId, jobId: run.job.id, bundleKey, copies: [{ providerId: local, state: 'present' }] },
  ]);
  expect(workFolders(test)).not.toContain(run.job.id);
  // From now on nobody replaces it, nor says something else of it.
  const other = content(bundle.size);
  const more = { providerId: local, key: bundleKey, size: other.size, sha256: other.sha256 };
  expect((await run.call('uploads', more)).body).toMatchObject({ code: 'NODE_BACKUP_MADE' });
  expect((await run.call('commit', run.commitOf([local], other, manifest))).body).toMatchObject({
    code: 'NODE_BACKUP_MADE',
  });
});

it('an upload that was cut off goes on with its whole parts, and only with the one that follows', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'cut'));
  const local = await nodes.local();
  const bundle = content(2 * PART + 1000);
  const { bundleKey: key } = run.keys;
  await run.admitted(local, bundle.size);
  const { uploadId } = await run.begin(local, key, bundle);
  const file = join(spoolOf(run, local), `bundle.${uploadId}.partial`);
  const put = (number: number, bytes = piece(bundle, number)) => run.put(local, key, uploadId, number, bytes);
  expect((await put(2)).body).toMatchObject({ code: 'NODE_PART_OUT_OF_ORDER', context: { expected: 1 } });
  expect(await put(1)).toMatchObject({ status: 200, body: { number: 1 } });
  expect((await put(3)).body).toMatchObject({ code: 'NODE_PART_OUT_OF_ORDER', context: { expected: 2 } });
  expect((await put(2, piece(bundle, 2).subarray(1))).body).toMatchObject({ code: 'NODE_PART_LENGTH' });
  expect((await put(2, Uint8Array.from(bundle.bytes.subarray(0, PART + 1)))).body).toMatchObject({
    code: 'NODE_PART_LENGTH',
  });
  expect(statSync(file).size).toBe(PART);
  const query = { providerId: local, key, uploadId, number: '2' };
  const half = piece(bundle, 2).subarray(0, MIB);
  const cut = hanging(run, query, half);
  await until('half a part to be there', () => statSync(file).size === PART + MIB);
  cut.destroy();
  await until('nothing of it to be left', () => statSync(file).size === PART);
  // One that says nothing any more stands in nobody's way, neither a part nor a node that asks what is there.
  const parts = async (): Promise<number> => (await run.begin(local, key, bundle)).parts.length;
  const sent = async (): Promise<number> => (await put(2)).status;
  for (const [then, answer] of [
    [parts, 1],
    [sent, 200],
  ] as const) {
    const silent = hanging(run, query, half);
    await until('half a part to be there', () => statSync(file).size === PART + MIB);
    expect(await then()).toBe(answer);
    await until('the silent one to be ended', () => silent.destroyed);
  }
  // The last one again, as its answer was lost.
  for (let again = 0; again < 2; again++) expect(await put(2)).toMatchObject({ status: 200 });
  const complete = { providerId: local, key, uploadId, size: bundle.size, sha256: bundle.sha256, parts: [] };
  expect((await run.call('uploads/complete', complete)).body).toMatchObject({
    code: 'NODE_PART_OUT_OF_ORDER',
    context: { expected: 3 },
  });
  expect((await run.begin(local, key, bundle)).parts.map(({ number }) => number)).toEqual([1, 2]);
  expect(await put(3)).toMatchObject({ status: 200 });
  const answers = await Promise.all([run.call('uploads/complete', complete), run.call('uploads/complete', complete)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(readFileSync(join(test.config.paths.storage, key)).equals(bundle.bytes)).toBe(true);
});

it('what is not as announced, or more than was admitted, is not stored', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'lies'));
  const local = await nodes.local();
  const { bundleKey, manifestKey, siteKey } = run.keys;
  const bundle = content(50_000);
  const asked = { providerId: local, key: bundleKey, size: bundle.size, sha256: bundle.sha256 };
  expect((await run.call('uploads', asked)).body).toMatchObject({ code: 'NODE_UPLOAD_NOT_ADMITTED' });
  await run.admitted(local, 60_000);
  expect((await run.call('uploads', { ...asked, size: 60_001 })).body).toMatchObject({
    code: 'NODE_UPLOAD_NOT_ADMITTED',
  });
  const wrong = await run.upload(local, bundleKey, { ...bundle, bytes: content(50_000).bytes });
  expect(wrong.body).toMatchObject({ code: 'STORAGE_CHECKSUM_MISMATCH' });
  expect(existsSync(join(test.config.paths.storage, bundleKey))).toBe(false);
  const gone = await run.put(local, bundleKey, `${bundle.size}-${bundle.sha256}`, 1, piece(bundle, 1));
  expect(gone.body).toMatchObject({ code: 'STORAGE_UPLOAD_GONE' });
  expect((await run.upload(local, bundleKey, bundle)).status).toBe(200);
  const tooMuch = { providerId: local, key: manifestKey, size: 10_001, sha256: bundle.sha256 };
  expect((await run.call('uploads', tooMuch)).body).toMatchObject({ code: 'NODE_UPLOAD_NOT_ADMITTED' });
  const about = { providerId: local, key: siteKey, size: MIB + 1, sha256: bundle.sha256 };
  expect((await run.call('uploads', about)).body).toMatchObject({ code: 'NODE_UPLOAD_NOT_ADMITTED' });
  // Another content begins anew; given up, it leaves nothing.
  const other = content(40_000);
  const { uploadId } = await run.begin(local, bundleKey, other);
  await run.call('uploads/abort', { providerId: local, key: bundleKey, uploadId });
  expect(spooled(run, local)).toEqual([]);
});

it('the disk of the master, where its database may be, is not filled to the brim', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'brim'));
  const local = await nodes.local();
  const { bavail, bsize } = statfsSync(test.config.paths.work);
  const size = bavail * bsize - 250 * MIB;
  await run.admitted(local, size);
  const { sha256 } = content(10);
  expect(await run.call('uploads', { providerId: local, key: run.keys.bundleKey, size, sha256 })).toMatchObject({
    body: { code: 'DISK_FULL' },
  });
});

it('a full quota lets no backup begin', async () => {
  const site = await GatedSite.make(test, 'full');
  const run = await nodes.run(site);
  const local = await nodes.local();
  await test.admin.call('PUT', `/quotas/site/${site.id}`, { bytes: 1000, over: 'fail' });
  await run.admitted(local, 1000);
  const refused = await run.call('admit', { providerId: local, bytes: 1001, parentId: null });
  expect(refused.body).toMatchObject({ code: 'QUOTA_EXCEEDED' });
  const bundle = content(1001);
  const asked = { providerId: local, key: run.keys.bundleKey, size: bundle.size, sha256: bundle.sha256 };
  expect((await run.call('uploads', asked)).body).toMatchObject({ code: 'NODE_UPLOAD_NOT_ADMITTED' });
});

it('begun uploads stay while the job is active, and go with it', async () => {
  const site = await GatedSite.make(test, 'litter');
  const signing = await signingId();
  await test.admin.call('PATCH', `/sites/${site.id}`, {
    destinations: { mode: 'all', providers: [{ id: await nodes.local() }, { id: signing }] },
  });
  const { driver } = test.app.get(SigningFactory, { strict: false });
  const run = await nodes.run(site);
  const local = await nodes.local();
  const bundle = content(1000);
  for (const providerId of [local, signing]) {
    await run.admitted(providerId, 100_000);
    expect((await run.begin(providerId, run.keys.bundleKey, bundle)).parts).toEqual([]);
  }
  await driver.beginSigned(run.keys.manifestKey);
  await test.app.get(JobRecovery, { strict: false }).recoverAll();
  expect(spooled(run, local)).toHaveLength(1);
  expect(driver.begun.size).toBe(2);
  await nodes.change(run, { status: 'failed', finishedAt: new Date() });
  expect(await test.app.get(JobSweeper, { strict: false }).sweep(run.job)).toBe(true);
  expect(workFolders(test)).not.toContain(run.job.id);
  expect(driver.begun.size).toBe(0);
  expect(storedNames(test, site.id)).toEqual([]);
});

it('what a good backup left on a storage that it has given up is removed after its end', async () => {
  const site = await GatedSite.make(test, 'given-up');
  const [local, signing] = await Promise.all([nodes.local(), signingId()]);
  await test.admin.call('PATCH', `/sites/${site.id}`, {
    destinations: { mode: 'failover', providers: [{ id: signing }, { id: local }] },
  });
  const { driver } = test.app.get(SigningFactory, { strict: false });
  const handler = test.app.get(JobHandlers, { strict: false }).get(JobKind.Backup);
  const run = await nodes.run(site);
  const [bundle, manifest] = [content(1000), content(100)];
  await run.admitted(signing, 1100);
  await run.begin(signing, run.keys.bundleKey, bundle);
  await driver.put(run.keys.bundleKey, { bytes: bundle.bytes });
  await run.admitted(local, 1100);
  await run.upload(local, run.keys.bundleKey, bundle);
  await run.upload(local, run.keys.manifestKey, manifest);
  expect(handler.leavesLitter?.('completed', await nodes.row(run))).toBe(false);
  await run.call('commit', run.commitOf([local], bundle, manifest));
  expect(handler.leavesLitter?.('completed', await nodes.row(run))).toBe(true);
  expect((await test.admin.job(run.job.id)).request).toEqual({});
  await nodes.change(run, { status: 'completed', finishedAt: new Date() });
  expect(await test.app.get(JobSweeper, { strict: false }).sweep(run.job)).toBe(true);
  expect([driver.begun.size, driver.objects.has(run.keys.bundleKey)]).toEqual([0, false]);
  expect(storedNames(test, site.id)).toHaveLength(2);
});

it('what is stored after its job has ended and was cleared away does not stay', async () => {
  const site = await GatedSite.make(test, 'late');
  const run = await nodes.run(site);
  const local = await nodes.local();
  const bundle = content(1000);
  await run.admitted(local, 1000);
  const { uploadId } = await run.begin(local, run.keys.bundleKey, bundle);
  await run.put(local, run.keys.bundleKey, uploadId, 1, piece(bundle, 1));
  const driver = await nodes.driver(local);
  const put = driver.put.bind(driver);
  driver.put = async (...args) => {
    await nodes.change(run, { status: 'failed', finishedAt: new Date() });
    return put(...args);
  };
  try {
    const { size, sha256 } = bundle;
    const late = await run.call('uploads/complete', {
      providerId: local,
      key: run.keys.bundleKey,
      uploadId,
      size,
      sha256,
      parts: [],
    });
    expect(late.body).toMatchObject({ code: 'JOB_LOST' });
    expect(storedNames(test, site.id)).toEqual([]);
  } finally {
    driver.put = put;
  }
});

it('a folder of an unknown job goes at a start', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'unknown'));
  await run.admitted(await nodes.local(), 1000);
  await run.begin(await nodes.local(), run.keys.bundleKey, content(1000));
  await nodes.change(run, { status: 'completed', finishedAt: new Date(), litter: false });
  writeFileSync(join(spoolOf(run, await nodes.local()), 'bundle.link'), '');
  await test.app.get(JobRecovery, { strict: false }).recoverAll();
  expect(workFolders(test)).not.toContain(run.job.id);
});
