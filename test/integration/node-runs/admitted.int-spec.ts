import { expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { QuotaLedger } from '../../../src/modules/quota/quota-ledger.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { content, useNodes } from './support.js';

const nodes = useNodes();
const { test } = nodes;

it('of many that ask at the same time no more get in than fit', async () => {
  const local = await nodes.local();
  const runs = [];
  for (let n = 0; n < 8; n++) runs.push(await nodes.run(await GatedSite.make(test, `race${n}`)));
  await test.admin.call('PUT', `/quotas/provider/${local}`, { bytes: 3000, over: 'fail' });
  const ledger = test.app.get(QuotaLedger, { strict: false });
  const all = await Promise.all(
    runs.map(({ job }) =>
      ledger.reserve({ jobId: job.id, siteId: job.siteId, providerId: local, bytes: 1000, kind: 'exact' }),
    ),
  );
  expect(all.filter(({ exceeded }) => exceeded.length === 0)).toHaveLength(3);
  await test.admin.call('DELETE', `/quotas/provider/${local}`);
});

it('an estimate takes nothing back of what was asked for exactly', async () => {
  const ledger = test.app.get(QuotaLedger, { strict: false });
  const ids = { jobId: newId(), siteId: newId(), providerId: newId() };
  await ledger.reserve({ ...ids, bytes: 1000, kind: 'exact' });
  await ledger.reserve({ ...ids, bytes: 10, kind: 'estimate' });
  expect(await ledger.reservedBy(ids.jobId, ids.providerId)).toBe(1000);
});

it('what is complete is compared again with what was admitted', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'complete'));
  const local = await nodes.local();
  const { bundleKey, manifestKey } = run.keys;
  await run.admitted(local, 60_000);
  await run.upload(local, bundleKey, content(50_000));
  const manifest = content(10_000);
  const { uploadId } = await run.begin(local, manifestKey, manifest);
  await run.put(local, manifestKey, uploadId, 1, Uint8Array.from(manifest.bytes));
  await run.upload(local, bundleKey, content(60_000));
  const { size, sha256 } = manifest;
  const said = { providerId: local, key: manifestKey, uploadId, size, sha256, parts: [] };
  expect((await run.call('uploads/complete', said)).body).toMatchObject({ code: 'NODE_UPLOAD_NOT_ADMITTED' });
});

it('a larger bundle after its manifest is stored, and is no backup', async () => {
  const site = await GatedSite.make(test, 'hole');
  const run = await nodes.run(site);
  const local = await nodes.local();
  const { bundleKey, manifestKey } = run.keys;
  await run.admitted(local, 60_000);
  expect((await run.upload(local, bundleKey, content(1000))).status).toBe(200);
  const manifest = content(59_000);
  expect((await run.upload(local, manifestKey, manifest)).status).toBe(200);
  const big = content(60_000);
  const answer = await run.upload(local, bundleKey, big);
  const commit = await run.call('commit', run.commitOf([local], big, manifest));
  expect(answer.status).toBe(200);
  expect(commit).toMatchObject({ status: 409, body: { code: 'NODE_UPLOAD_NOT_ADMITTED' } });
  expect(await test.admin.backups(site.id)).toEqual([]);
});

it('an earlier part that comes late changes nothing of what is there', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'earlier'));
  const local = await nodes.local();
  const bundle = content(2 * 8 * 1024 * 1024 + 1000);
  const { bundleKey: key } = run.keys;
  await run.admitted(local, bundle.size);
  const { uploadId, partBytes } = await run.begin(local, key, bundle);
  const put = (n: number) =>
    run.put(local, key, uploadId, n, Uint8Array.from(bundle.bytes.subarray((n - 1) * partBytes, n * partBytes)));
  await put(1);
  await put(2);
  expect((await put(1)).body).toMatchObject({ code: 'NODE_PART_OUT_OF_ORDER', context: { expected: 3 } });
});

it('what the storage says of the content counts, not what the node says', async () => {
  const site = await GatedSite.make(test, 'sha');
  const run = await nodes.run(site);
  const local = await nodes.local();
  const [bundle, manifest] = [content(1000), content(100)];
  await run.uploaded(local, bundle, manifest);
  const driver = await nodes.driver(local);
  const stat = driver.stat.bind(driver);
  // As S3 does.
  driver.stat = async (key, signal) => {
    const found = await stat(key, signal);
    return found && { ...found, sha256: key === run.keys.bundleKey ? bundle.sha256 : manifest.sha256 };
  };
  try {
    const said = run.commitOf([local], { ...bundle, sha256: manifest.sha256 }, manifest);
    expect((await run.call('commit', said)).body).toMatchObject({ code: 'NODE_COPY_LACKING' });
  } finally {
    driver.stat = stat;
  }
});

it('a storage that is not the site’s is nothing to a backup', async () => {
  const { id } = await test.admin.post<{ id: string }>('/storage', { name: 'far', kind: 'signing', settings: {} });
  await test.admin.call('PATCH', `/storage/${await nodes.local()}`, { isDefault: true });
  const site = await GatedSite.make(test, 'src');
  const run = await nodes.run(site);
  const answer = await run.call('stat', { providerId: id, keys: [run.keys.bundleKey] });
  expect(answer.body).toMatchObject({ code: 'NODE_STORAGE_FORBIDDEN' });
});
