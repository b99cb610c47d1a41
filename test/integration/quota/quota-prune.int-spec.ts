import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditPageDto } from '../../../src/cli/api-types-audit.js';
import type { JobDto } from '../../../src/cli/api-types.js';
import { type GatedSite } from '../jobs/jobs-app.js';
import { backUp, idsOf, makeSite, retentionOf, storedBytes } from '../retention/support.js';
import { codesOf, useQuotas } from './support.js';

const { test, put, usage, providerId, bytesOf } = useQuotas();
const retention = retentionOf(test);
/** Replaces the large file: the next backup stores that much. */
const renew = (site: GatedSite, size = 300_000): void => writeFileSync(join(site.path, 'noise.bin'), randomBytes(size));

describe('over quota with prune', () => {
  it('deletes what retention lets go, oldest first and only until the backup fits', async () => {
    const site = await makeSite(test, 'prune');
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      renew(site);
      ids.unshift((await site.backUp()).backupId ?? '');
    }
    await test.admin.call('PATCH', `/backups/${ids[4] ?? ''}`, { pinned: true });
    await retention.setPolicy(site, { keepLast: 1 });
    await put(`site/${site.id}`, (await bytesOf(site)) + 200_000, 'prune');
    renew(site);
    const job = await site.backUp();
    expect(codesOf(job)).toEqual([undefined]);
    // The pinned one stays, of the three that may go the oldest is enough.
    expect(await idsOf(test, site)).toEqual([job.backupId, ids[0], ids[1], ids[2], ids[4]]);
    expect((await test.admin.get<AuditPageDto>('/audit?action=quota.pruned')).items).toMatchObject([
      { actor: 'system', targetId: ids[3], details: { siteId: site.id, jobId: job.id, scope: 'site' } },
    ]);
    const verify = await test.admin.post<JobDto>(`/backups/${job.backupId ?? ''}/verify`, { level: 'full' });
    expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed' });
    expect((await usage('site', site.id))?.percent).toBeLessThanOrEqual(100);
  });

  it('never the newest good one and nothing that the policy keeps: then it fails, before its first stage where it can', async () => {
    const site = await makeSite(test, 'prune-nothing');
    const made = [await backUp(test, site, 90_000), await backUp(test, site, 90_000), await backUp(test, site, 90_000)];
    await put(`site/${site.id}`, (await bytesOf(site)) + 1000, 'prune');
    // No policy: retention lets nothing go.
    expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'QUOTA_EXCEEDED' } });
    await retention.setPolicy(site, { keepLast: 2 });
    await put(`site/${site.id}`, 1000, 'prune');
    const job = await site.backUp();
    expect(job.error?.hint).toContain('what retention lets go would not make room enough');
    expect(job.stages[0]?.status).toBe('skipped');
    expect(await idsOf(test, site)).toEqual(made.map(({ id }) => id).toReversed());
  });

  it('nothing at all where that would not make room enough: the newest needs what lies in the old bundles', async () => {
    const site = await makeSite(test, 'prune-in-vain');
    for (let i = 0; i < 3; i++) {
      renew(site);
      // With a small file in each bundle that stays.
      await backUp(test, site);
    }
    await retention.setPolicy(site, { keepLast: 1 });
    await put(`site/${site.id}`, (await bytesOf(site)) + 100_000, 'prune');
    renew(site);
    expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'QUOTA_EXCEEDED' } });
    expect(await idsOf(test, site)).toHaveLength(3);
  });

  it('of a storage takes from all sites that have something there, but not from one with an active job', async () => {
    const [full, busy, idle] = [
      await makeSite(test, 'full', 700_000),
      await makeSite(test, 'busy'),
      await makeSite(test, 'idle'),
    ];
    for (const site of [busy, idle])
      for (let i = 0; i < 3; i++) {
        renew(site);
        await site.backUp();
      }
    for (const site of [busy, idle]) await retention.setPolicy(site, { keepLast: 1 });
    busy.hold('backup_files');
    const running = await busy.start();
    await busy.reached('backup_files');
    // Its own 700 kB and what the running one has reserved; what may go of one site is not enough, of both it would be.
    const reserved = (await usage('site', busy.id))?.reservedBytes ?? 0;
    const storage = await providerId();
    await put(`provider/${storage}`, (await storedBytes(test)) + reserved + 300_000, 'prune');
    expect(await full.backUp()).toMatchObject({ status: 'failed', error: { code: 'QUOTA_EXCEEDED' } });
    expect([(await idsOf(test, idle)).length, (await idsOf(test, busy)).length]).toEqual([3, 3]);
    await put(`provider/${storage}`, (await storedBytes(test)) + reserved + 500_000, 'prune');
    expect(codesOf(await full.backUp())).toEqual([undefined]);
    expect([(await idsOf(test, idle)).length, (await idsOf(test, busy)).length]).toEqual([1, 3]);
    busy.release('backup_files');
    await test.admin.ended(running.id);
  });

  it('beside retention, round after round, never takes what a backup needs', async () => {
    const site = await makeSite(test, 'prune-race', 10_000);
    await retention.setPolicy(site, { keepLast: 2 });
    await retention.noGrace();
    const files = Array.from({ length: 8 }, (_, i) => join(site.path, `part-${i}.bin`));
    for (const file of files) writeFileSync(file, randomBytes(60_000));
    await site.backUp();
    const limit = (await bytesOf(site)) + 400_000;
    await put(`site/${site.id}`, limit, 'prune');
    const ends = new Set<string>();
    for (let round = 0; round < 10; round++) {
      for (const file of files.filter((_, i) => (i + round) % 3 === 0)) writeFileSync(file, randomBytes(60_000));
      const job = await site.start();
      const applied = Array.from({ length: round % 3 }, () => retention.apply(site));
      const [ended] = await Promise.all([test.admin.ended(job.id), ...applied]);
      ends.add(ended.error?.code ?? ended.status);
      expect(await bytesOf(site)).toBeLessThanOrEqual(limit);
      expect((await idsOf(test, site)).length).toBeGreaterThan(0);
    }
    expect(ends).toContain('completed');
    for (const id of await idsOf(test, site)) {
      const verify = await test.admin.post<JobDto>(`/backups/${id}/verify`, { level: 'full' });
      expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed' });
    }
  });
});
