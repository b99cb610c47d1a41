import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackupDto, SiteDto } from '../../../src/cli/api-types.js';
import { RetentionSchedule } from '../../../src/modules/retention/retention-schedule.js';
import { type GatedSite, useJobsApp, storedNames } from '../jobs/jobs-app.js';
import { backUp, idsOf, makeBackups, makeSite, nth, retentionOf, sql, storedBytes } from './support.js';

const test = useJobsApp();

const { preview, apply, setPolicy, noGrace, reset } = retentionOf(test);
afterEach(() => reset());
const many = (site: GatedSite, count: number): Promise<BackupDto[]> => makeBackups(test, site, count);
const expiryOf = async (id: string): Promise<string | null | undefined> =>
  (await test.admin.get<BackupDto>(`/backups/${id}`)).expiresAt;
const bytesOnDisk = (site: GatedSite): number =>
  storedNames(test, site.id)
    .filter((name) => name !== 'site.json')
    .reduce((sum, name) => sum + statSync(join(test.config.paths.storage, 'sites', site.id, name)).size, 0);

describe('policies', () => {
  it('none is set at first: nothing is deleted, and the API says so', async () => {
    expect(await test.viewer.get('/retention')).toMatchObject({
      policy: null,
      deletes: false,
      graceHours: 24,
      note: 'No policy is set: nothing is deleted.',
      suggested: { keepLast: 7, daily: 14, weekly: 8, monthly: 12, yearly: 3 },
    });
    const site = await makeSite(test, 'no-policy');
    await many(site, 2);
    expect(await preview(site)).toMatchObject({ source: 'none', kept: 2, expired: 0, freedBytes: 0 });
    expect(await apply(site)).toEqual({ expired: 0, takenBack: 0, removed: 0, waiting: 0 });
  });

  it('the default holds for sites without one of their own; {} keeps everything', async () => {
    const site = await makeSite(test, 'own-policy');
    await many(site, 2);
    expect(await test.admin.call('PUT', '/retention', { policy: { keepLast: 1 } })).toMatchObject({
      status: 200,
      body: { policy: { keepLast: 1 }, deletes: true },
    });
    expect(await preview(site)).toMatchObject({ source: 'default', kept: 1, expired: 1 });
    await setPolicy(site, {});
    expect(await test.viewer.get<SiteDto>(`/sites/${site.id}`)).toMatchObject({ retention: {} });
    expect(await preview(site)).toMatchObject({ source: 'site', kept: 2, note: 'The policy keeps everything.' });
    await setPolicy(site, null);
    expect(await preview(site)).toMatchObject({ source: 'default' });
  });

  it('are the admin’s to set, and wrong ones are refused field by field', async () => {
    const site = await makeSite(test, 'roles');
    expect(await test.operator.call('PUT', '/retention', { policy: {} })).toMatchObject({ status: 403 });
    expect(await test.operator.call('POST', `/sites/${site.id}/retention/apply`)).toMatchObject({ status: 403 });
    expect(await test.operator.call('PATCH', `/sites/${site.id}`, { retention: { keepLast: 1 } })).toMatchObject({
      status: 403,
      body: { code: 'ROLE_TOO_LOW' },
    });
    expect(await test.operator.call('PATCH', `/sites/${site.id}`, { name: 'roles' })).toMatchObject({ status: 200 });
    const bad = { keepLast: -1, daily: 1.5, keepWithin: 'soon', timeZone: 'Mars/Olympus', hourle: 3 };
    const answer = await test.admin.call<{ errors: { field: string }[] }>('PUT', '/retention', { policy: bad });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((fault) => fault.field).toSorted()).toEqual(
      ['daily', 'hourle', 'keepLast', 'keepWithin', 'timeZone'].map((name) => `policy.${name}`),
    );
  });
});

describe('letting go', () => {
  it('marks first; the backup stays listed and restorable, can be kept, and is wanted again by another policy', async () => {
    const site = await makeSite(test, 'grace');
    const [first, second, third, fourth] = await many(site, 4);
    if (!first || !second || !third || !fourth) throw new Error('no backups');
    await setPolicy(site, { keepLast: 1 });
    expect(await apply(site)).toEqual({ expired: 3, takenBack: 0, removed: 0, waiting: 0 });
    expect(Date.parse((await expiryOf(first.id)) ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(await expiryOf(fourth.id)).toBeNull();
    expect(await idsOf(test, site)).toHaveLength(4);
    rmSync(join(site.path, 'noise.bin'));
    expect(await test.admin.restore(first.id)).toMatchObject({ status: 'completed' });
    expect(await apply(site)).toEqual({ expired: 0, takenBack: 0, removed: 0, waiting: 0 });

    expect(await test.operator.call('POST', `/backups/${first.id}/keep`)).toMatchObject({
      status: 200,
      body: { expiresAt: null, pinned: true },
    });
    await setPolicy(site, { keepLast: 2 });
    expect(await apply(site)).toMatchObject({ expired: 0, takenBack: 1 });
    expect(await expiryOf(third.id)).toBeNull();
    expect(await expiryOf(second.id)).not.toBeNull();

    await noGrace();
    await sql(test, `update backup set expires_at = now() where id = '${second.id}'`);
    expect(await apply(site)).toEqual({ expired: 0, takenBack: 0, removed: 1, waiting: 0 });
    expect(await idsOf(test, site)).toEqual([fourth.id, third.id, first.id]);
  });

  it('what becomes free is what the preview said, to the byte, on every storage', async () => {
    const site = await makeSite(test, 'space');
    const made = await many(site, 5);
    const before = bytesOnDisk(site);
    const told = await preview(site, { keepLast: 2 });
    expect(told).toMatchObject({ source: 'preview', kept: 2, expired: 3, total: 5 });
    expect(told.items.map(({ backupId }) => backupId)).toEqual(made.map(({ id }) => id).toReversed());
    expect(told.items.reduce((sum, item) => sum + item.freedBytes, 0)).toBe(told.freedBytes);
    expect(bytesOnDisk(site)).toBe(before);
    await setPolicy(site, { keepLast: 2 });
    await noGrace();
    expect(await apply(site)).toMatchObject({ expired: 3, removed: 3 });
    expect(before - bytesOnDisk(site)).toBe(told.freedBytes);
    expect(bytesOnDisk(site)).toBe(await storedBytes(test, `site_id = '${site.id}'`));
    const verified = await test.admin.post<{ id: string }>(`/backups/${nth(made, -1).id}/verify`, { level: 'full' });
    expect(await test.admin.ended(verified.id)).toMatchObject({ status: 'completed' });
  });

  it('bundles that nothing needs go; a mostly dead one is stored again by the next backup and then goes', async () => {
    const site = await makeSite(test, 'mostly-dead', 3_000_000);
    const first = await backUp(test, site);
    const bundle = (backup: BackupDto): string | undefined =>
      storedNames(test, site.id).find((name) => name.includes(backup.id) && name.endsWith('.tar.zst'));
    expect(bundle(first)).toBeDefined();
    // Most of the first bundle is dead now, but its small files are still needed.
    rmSync(join(site.path, 'noise.bin'));
    const second = await backUp(test, site);
    await setPolicy(site, { keepLast: 1 });
    await noGrace();
    expect(await apply(site)).toMatchObject({ removed: 1 });
    expect(bundle(first)).toBeDefined();
    expect(second.bundles).toBe(2);
    const third = await backUp(test, site);
    expect(third.bundles).toBeLessThan(3);
    expect(await apply(site)).toMatchObject({ removed: 1 });
    expect(await idsOf(test, site)).toEqual([third.id]);
    expect(bundle(first)).toBeUndefined();
    expect(bytesOnDisk(site)).toBeLessThan(1_000_000);
    rmSync(join(site.path, 'index.html'));
    expect(await test.admin.restore(third.id)).toMatchObject({ status: 'completed' });
    expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe('<h1>mostly-dead</h1>');
  });

  it('runs for all sites every hour; backups of a forgotten site stay', async () => {
    const [site, forgotten] = [await makeSite(test, 'scheduled'), await makeSite(test, 'forgotten')];
    await many(site, 2);
    await many(forgotten, 2);
    expect(await test.admin.call('DELETE', `/sites/${forgotten.id}`)).toMatchObject({ status: 204 });
    await test.admin.call('PUT', '/retention', { policy: { keepLast: 1 }, graceHours: 0 });
    await test.app.get(RetentionSchedule, { strict: false }).run();
    expect(await idsOf(test, site)).toHaveLength(1);
    expect(await idsOf(test, forgotten)).toHaveLength(2);
  });
});
