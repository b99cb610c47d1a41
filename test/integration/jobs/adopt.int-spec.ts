import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { BackupAdopter } from '../../../src/modules/backups/index.js';
import { runSql } from '../../support/postgres.js';
import { GatedSite, useJobsApp, storedNames } from './jobs-app.js';

const test = useJobsApp();
let adopter: BackupAdopter;
let providerId: string;
beforeAll(async () => {
  adopter = test.app.get(BackupAdopter);
  const [provider] = (await test.admin.get<{ items: { id: string }[] }>('/storage')).items;
  providerId = provider?.id ?? '';
});

const TABLES = ['backup', 'backup_copy', 'backup_bundle', 'stored_object'];
/** The first column of each row, one a line. */
const sql = async (text: string): Promise<string> =>
  (await runSql(test.config.databaseUrl ?? '', text)).map((row) => String(Object.values(row)[0])).join('\n');

/** What the catalogue has, but for what no manifest tells and when it was entered. */
async function catalogue(siteId: string): Promise<unknown> {
  const found = TABLES.map(async (table) => {
    const where =
      table === 'backup' || table === 'stored_object'
        ? `site_id = '${siteId}'`
        : `backup_id in (select id from backup where site_id = '${siteId}')`;
    const rows = await sql(
      `select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text from (select * from ${table} where ${where}) t`,
    );
    return (JSON.parse(rows) as Record<string, unknown>[])
      .map(({ job_id: _j, created_at: _c, seen_at: _s, checked_at: _k, ...row }) => JSON.stringify(row))
      .toSorted();
  });
  return Promise.all(found);
}

async function forget(siteId: string): Promise<void> {
  await sql(`delete from stored_object where site_id = '${siteId}'`);
  for (const table of ['backup_copy', 'backup_bundle'])
    await sql(`delete from ${table} where backup_id in (select id from backup where site_id = '${siteId}')`);
  await sql(`delete from backup where site_id = '${siteId}'`);
}

const manifestsOf = (siteId: string): string[] =>
  storedNames(test, siteId)
    .filter((name) => name.endsWith('.manifest.ndjson.zst'))
    .map((name) => `sites/${siteId}/${name}`);
const fileOf = (key: string): string => join(test.config.paths.storage, key);

/** A site with a full backup and an incremental one. */
async function twice(name: string): Promise<{ site: GatedSite; backups: BackupDto[]; keys: string[] }> {
  const site = await GatedSite.make(test, name);
  expect((await site.backUp()).status).toBe('completed');
  writeFileSync(join(site.path, 'index.html'), 'changed');
  expect((await site.backUp()).status).toBe('completed');
  const backups = await test.admin.backups(site.id);
  expect(backups[0]?.parentBackupId).toBe(backups[1]?.id);
  const keys = manifestsOf(site.id);
  expect(keys).toHaveLength(2);
  return { site, backups, keys };
}

const refusal = (code: string): unknown => expect.objectContaining({ code });

describe('adopting what lies in a storage', () => {
  it('brings the catalogue back as it was, and again changes nothing', async () => {
    const { site, backups, keys } = await twice('adopted');
    const before = await catalogue(site.id);
    await forget(site.id);
    expect(await test.admin.backups(site.id)).toEqual([]);
    const ids = backups.map((backup) => backup.id).toReversed();
    for (const [i, key] of keys.entries())
      expect(await adopter.adopt(providerId, key)).toEqual({ backupId: ids[i], siteId: site.id, alreadyKnown: false });
    expect(await catalogue(site.id)).toEqual(before);
    for (const key of keys) expect((await adopter.adopt(providerId, key)).alreadyKnown).toBe(true);
    expect(await catalogue(site.id)).toEqual(before);
  });

  it('clears what was known as missing when it is there again, but no damage', async () => {
    const { site, backups, keys } = await twice('back');
    await sql(`update stored_object set state = 'missing', damaged_at = now() where key = '${keys[0] ?? ''}'`);
    await sql(`update stored_object set state = 'damaged', damaged_at = now() where key = '${keys[1] ?? ''}'`);
    for (const key of keys) await adopter.adopt(providerId, key);
    expect(
      await sql(`select state from stored_object where kind = 'manifest' and site_id = '${site.id}' order by key`),
    ).toBe('present\ndamaged');
    const states = await sql(
      `select c.state from backup_copy c join backup b on b.id = c.backup_id where b.site_id = '${site.id}' order by b.started_at`,
    );
    expect(states).toBe('present\ndamaged');
    expect(backups).toHaveLength(2);
  });

  it('refuses a manifest that is not what was written, wherever it was changed', async () => {
    const { site, keys } = await twice('damaged');
    await forget(site.id);
    const [key = ''] = keys;
    const whole = readFileSync(fileOf(key));
    const content = unpacked(whole);
    let refused = 0;
    for (let round = 0; round < 40; round += 1) {
      const bytes = Buffer.from(whole);
      // All over it but for the frame index at its end, which no entry depends on.
      const at = Math.floor((round / 40) * Math.min(whole.length, whole.lastIndexOf(Buffer.from('bkpdidx1')) * 0.5));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8));
      // A few bits of a zstd frame say nothing: it is the same manifest with them changed.
      if (unpacked(bytes)?.equals(content ?? bytes) === true) continue;
      refused += 1;
      rmSync(fileOf(key));
      writeFileSync(fileOf(key), bytes);
      await expect(adopter.adopt(providerId, key)).rejects.toMatchObject({
        kind: expect.stringMatching(/damaged|precondition/) as string,
      });
    }
    expect(refused).toBeGreaterThan(35);
    rmSync(fileOf(key));
    writeFileSync(fileOf(key), whole.subarray(0, whole.length / 2));
    await expect(adopter.adopt(providerId, key)).rejects.toEqual(refusal('MANIFEST_DAMAGED'));
    rmSync(fileOf(key));
    await expect(adopter.adopt(providerId, key)).rejects.toEqual(refusal('MANIFEST_DAMAGED'));
    // Under another backup's name.
    writeFileSync(fileOf(key), readFileSync(fileOf(keys[1] ?? '')));
    await expect(adopter.adopt(providerId, key)).rejects.toEqual(refusal('MANIFEST_DAMAGED'));
    expect(await catalogue(site.id)).toEqual([[], [], [], []]);
  });

  it('refuses a backup whose content is not all there', async () => {
    const { site, backups, keys } = await twice('incomplete');
    await forget(site.id);
    const old = fileOf((keys[0] ?? '').replace('.manifest.ndjson.zst', '.tar.zst'));
    renameSync(old, `${old}.away`);
    for (const key of keys) await expect(adopter.adopt(providerId, key)).rejects.toEqual(refusal('BACKUP_INCOMPLETE'));
    writeFileSync(old, 'short');
    await expect(adopter.adopt(providerId, keys[1] ?? '')).rejects.toMatchObject({
      code: 'BACKUP_INCOMPLETE',
      context: { backupId: backups[0]?.id, missing: [(keys[0] ?? '').replace('.manifest.ndjson.zst', '.tar.zst')] },
    });
    expect(await catalogue(site.id)).toEqual([[], [], [], []]);
    rmSync(old);
    renameSync(`${old}.away`, old);
    expect((await adopter.adopt(providerId, keys[1] ?? '')).alreadyKnown).toBe(false);
  });

  it('leaves alone what is being deleted, and what shares content with it', async () => {
    const { site, backups, keys } = await twice('deleting');
    const [newer, older] = backups;
    await sql(`update backup set deleting_at = now() where id = '${older?.id ?? ''}'`);
    const before = await catalogue(site.id);
    expect(await adopter.adopt(providerId, keys[0] ?? '')).toMatchObject({ alreadyKnown: true });
    expect(await catalogue(site.id)).toEqual(before);
    await sql(`delete from backup where id = '${newer?.id ?? ''}'`);
    await expect(adopter.adopt(providerId, keys[1] ?? '')).rejects.toEqual(refusal('BACKUP_IN_USE'));
    await sql(`update backup set deleting_at = null where id = '${older?.id ?? ''}'`);
    expect(await adopter.adopt(providerId, keys[1] ?? '')).toMatchObject({ alreadyKnown: false });
  });

  it('leaves a backup that is being made to its job', async () => {
    const site = await GatedSite.make(test, 'in-the-making');
    site.hold('cleanup');
    const job = await site.start();
    await site.reached('cleanup');
    const [key = ''] = manifestsOf(site.id);
    expect(existsSync(fileOf(key))).toBe(true);
    await expect(adopter.adopt(providerId, key)).rejects.toEqual(refusal('BACKUP_IN_USE'));
    site.release('cleanup');
    expect((await test.admin.ended(job.id)).status).toBe('completed');
    expect(await adopter.adopt(providerId, key)).toMatchObject({ alreadyKnown: true });
  });
});

/** With stock zstd, which checks as much; null for what it refuses. */
function unpacked(stored: Buffer): Buffer | null {
  const { status, stdout } = spawnSync('zstd', ['-dqc'], { input: stored, maxBuffer: 1 << 26 });
  return status === 0 ? stdout : null;
}
