import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { QuotaLedger } from '../../../src/modules/quota/quota-ledger.js';
import { storedNames, workFolders } from '../jobs/jobs-app.js';
import { backUp, idsOf, makeSite, sql, storedBytes } from '../retention/support.js';
import { codesOf, useQuotas } from './support.js';

const { test, put, usage, providerId, bytesOf } = useQuotas();

describe('quotas', () => {
  it('are none at first; set, listed and removed by an admin; 64 bits', async () => {
    const site = await makeSite(test, 'crud');
    const storage = await providerId();
    expect(await test.viewer.get('/quotas')).toMatchObject({ items: [], total: 0 });
    expect(await test.operator.call('PUT', `/quotas/site/${site.id}`, { bytes: 1 })).toMatchObject({ status: 403 });
    expect(await put(`site/${site.id}`, 2 ** 32 + 1)).toMatchObject({
      status: 200,
      body: { scope: 'site', subjectId: site.id, name: 'crud', bytes: 4294967297, over: 'fail' },
    });
    expect(await put(`provider/${storage}`, Number.MAX_SAFE_INTEGER, 'prune')).toMatchObject({ status: 200 });
    expect(await put('node/self', 0)).toMatchObject({ status: 200, body: { subjectId: null, bytes: 0 } });
    expect(await put('node/self', 5)).toMatchObject({ status: 200 });
    expect(await test.viewer.get('/quotas')).toMatchObject({
      total: 3,
      items: [
        { scope: 'node', subjectId: null, name: null, bytes: 5, over: 'fail' },
        { scope: 'provider', name: 'local', bytes: Number.MAX_SAFE_INTEGER, over: 'prune' },
        { scope: 'site', name: 'crud', bytes: 4294967297 },
      ],
    });
    expect(await usage('provider', storage)).toMatchObject({ quotaBytes: Number.MAX_SAFE_INTEGER, percent: 0 });
    expect(await test.admin.call('DELETE', '/quotas/node/self')).toMatchObject({ status: 204 });
    expect(await test.admin.call('DELETE', '/quotas/node/self')).toMatchObject({
      status: 404,
      body: { code: 'QUOTA_NOT_FOUND' },
    });
    for (const [path, bytes] of [
      [`site/${site.id}`, -1],
      [`site/${site.id}`, 2 ** 53],
      [`site/${site.id}`, 1.5],
      ['site/self', 1],
      [`planet/${site.id}`, 1],
    ] as const)
      expect(await put(path, bytes)).toMatchObject({ status: 400 });
    expect(await put(`site/${randomUUID()}`, 1)).toMatchObject({ status: 404, body: { code: 'SITE_NOT_FOUND' } });
    expect(await put(`provider/${randomUUID()}`, 1)).toMatchObject({
      status: 404,
      body: { code: 'STORAGE_NOT_FOUND' },
    });
  });

  it('count exactly, below and near the largest numbers', async () => {
    const ledger = test.app.get(QuotaLedger, { strict: false });
    const [provider, site] = [randomUUID(), randomUUID()];
    const wanted = (bytes: number): Parameters<QuotaLedger['reserve']>[0] => {
      return { jobId: randomUUID(), siteId: site, providerId: provider, bytes, kind: 'exact' };
    };
    const object = (size: number): Promise<unknown> =>
      sql(
        test,
        `insert into stored_object (provider_id, key, kind, site_id, size, state, created_at)
          values ('${provider}', 'k${size}', 'bundle', '${site}', ${size}, 'present', now())`,
      );
    for (const [limit, stored] of [
      [2 ** 32 + 10, 2 ** 32],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 10],
      [10, 0],
    ] as const) {
      await sql(test, `delete from stored_object where provider_id = '${provider}'`);
      await sql(test, 'delete from quota');
      await sql(
        test,
        `insert into quota (id, scope, subject_id, bytes, over, updated_at)
          values ('${randomUUID()}', 'provider', '${provider}', ${limit}, 'fail', now())`,
      );
      await object(stored);
      expect((await ledger.reserve(wanted(10))).exceeded).toEqual([]);
      expect((await ledger.reserve(wanted(11))).exceeded).toMatchObject([{ limit, used: stored, asked: 11 }]);
    }
    await sql(test, `delete from stored_object where provider_id = '${provider}'`);
  });

  it('0 is nothing: the job fails before its first stage and leaves nothing anywhere', async () => {
    const site = await makeSite(test, 'zero');
    await put(`site/${site.id}`, 0);
    const job = await site.backUp();
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'QUOTA_EXCEEDED', context: { scope: 'site', quotaBytes: 0, usedBytes: 0 } },
    });
    expect(job.stages.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(storedNames(test, site.id)).toEqual([]);
    expect(workFolders(test)).not.toContain(job.id);
    expect(await usage('site', site.id)).toMatchObject({ bytes: 0, percent: 100, near: true, reservedBytes: 0 });
  });

  it('an incremental that cannot fit fails early; a first one, of unknown size, before its upload', async () => {
    const site = await makeSite(test, 'early');
    await put(`site/${site.id}`, 100_000);
    const first = await site.backUp();
    expect(first).toMatchObject({ status: 'failed', error: { code: 'QUOTA_EXCEEDED' } });
    expect(first.stages.map(({ status }) => status)).toEqual([
      'completed',
      'completed',
      'completed',
      'failed',
      'completed',
    ]);
    expect(first.error?.hint).toContain('backupd quota set');
    expect(storedNames(test, site.id)).toEqual([]);
    await sql(test, 'delete from quota');
    await backUp(test, site);
    await backUp(test, site, 50_000);
    await put(`site/${site.id}`, (await bytesOf(site)) + 20_000);
    const early = await site.backUp();
    expect(early.stages[0]?.status).toBe('skipped');
    expect(early.error?.context?.['neededBytes']).toBeGreaterThan(50_000);
    expect(await idsOf(test, site)).toHaveLength(2);
    // One large backup does not keep small ones from being made.
    await sql(test, 'delete from quota');
    await backUp(test, site, 10);
    await put(`site/${site.id}`, (await bytesOf(site)) + 20_000);
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
  });

  it('of a node and of a storage hold too; what is near is told by a note, not by a warning', async () => {
    const site = await makeSite(test, 'node');
    await put('node/self', 10);
    expect(await site.backUp()).toMatchObject({ error: { code: 'QUOTA_EXCEEDED', context: { scope: 'node' } } });
    await put('node/self', Number.MAX_SAFE_INTEGER);
    await put(`provider/${await providerId()}`, (await storedBytes(test)) + 480_000);
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', warnings: [] });
    const events = await test.admin.follow(job.id);
    const notes = events.flatMap(({ type, data }) => (type === 'job.note' ? [String(data['message'])] : []));
    expect(notes.join()).toContain('The quota of the storage "local" is nearly used up');
    expect(await usage('provider', await providerId())).toMatchObject({ near: true });
    expect(await usage('node', null)).toMatchObject({ bytes: await storedBytes(test), near: false });
  });

  it('one of several storages that is full is that copy’s failure only', async () => {
    const second = await test.admin.post<{ id: string }>('/storage', {
      name: 'second',
      kind: 'local',
      settings: { path: join(test.folder, 'second') },
      isDefault: true,
    });
    const site = await makeSite(test, 'two-places');
    await put(`provider/${second.id}`, 0);
    const job = await site.backUp();
    expect([job.status, ...codesOf(job)]).toEqual(['completed', undefined, 'COPY_FAILED']);
    expect(
      (await test.admin.backups(site.id))[0]?.copies
        .filter(({ state }) => state !== 'missing')
        .map((copy) => copy.providerName),
    ).toEqual(['local']);
    await test.admin.call('PATCH', `/storage/${second.id}`, { enabled: false, isDefault: false });
  });
});

describe('backups at the same time', () => {
  it('never exceed a storage’s quota together; what does not fit fails and leaves nothing', async () => {
    const sites = await Promise.all(['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((name) => makeSite(test, name)));
    const before = await storedBytes(test);
    const limit = before + 1_100_000;
    await put(`provider/${await providerId()}`, limit);
    const jobs = await Promise.all(sites.map((site) => site.backUp()));
    const done = jobs.filter((job) => job.status === 'completed');
    expect(jobs.flatMap((job) => (job.error === null ? [] : [job.error.code]))).toEqual(
      Array.from({ length: 4 }, () => 'QUOTA_EXCEEDED'),
    );
    expect(done).toHaveLength(2);
    expect(await storedBytes(test)).toBeLessThanOrEqual(limit);
    for (const site of sites)
      expect(storedNames(test, site.id).length > 0).toBe(done.some((job) => job.siteId === site.id));
  });

  it('count what a running one has reserved until it has ended, however it ends', async () => {
    const [site, other] = [await makeSite(test, 'reserved'), await makeSite(test, 'waits')];
    await backUp(test, site);
    await backUp(test, site, 200_000);
    const used = await bytesOf(site);
    site.hold('backup_files');
    const job = await site.start();
    await site.reached('backup_files');
    const running = await usage('site', site.id);
    expect(running?.reservedBytes).toBeGreaterThan(200_000);
    expect(running?.bytes).toBe(used);
    await put(`provider/${await providerId()}`, (await storedBytes(test)) + 500_000);
    expect(await other.backUp()).toMatchObject({ error: { code: 'QUOTA_EXCEEDED' } });
    await test.admin.call('POST', `/jobs/${job.id}/cancel`);
    await test.admin.ended(job.id);
    expect(await usage('site', site.id)).toMatchObject({ reservedBytes: 0, bytes: used });
    expect(await other.backUp()).toMatchObject({ status: 'completed' });
    // In the catalogue it counts once.
    expect(await usage('site', other.id)).toMatchObject({ reservedBytes: 0, bytes: await bytesOf(other) });
  });
});
