import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { runSql } from '../../support/postgres.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite } from '../jobs/jobs-app.js';

export interface Preview {
  source: string;
  note: string;
  kept: number;
  expired: number;
  freedBytes: number;
  freed: { providerId: string; bytes: number; objects: number }[];
  total: number;
  items: { backupId: string; action: string; reasons: string[]; expiresAt: string | null; freedBytes: number }[];
}

/** A site with one large file, in a test of retention or quota. */
export async function makeSite(test: TestApp, name: string, size = 400_000): Promise<GatedSite> {
  const site = await GatedSite.make(test, name);
  writeFileSync(join(site.path, 'noise.bin'), randomBytes(size));
  return site;
}

/** Backs up with a new small file, so that no two backups are the same. */
export async function backUp(test: TestApp, site: GatedSite, size = 2000): Promise<BackupDto> {
  writeFileSync(join(site.path, `${randomBytes(6).toString('hex')}.txt`), randomBytes(size));
  const ended = await test.admin.ended((await test.admin.post<JobDto>(`/sites/${site.id}/backups`)).id);
  expect(ended.error).toBeNull();
  return test.admin.get<BackupDto>(`/backups/${ended.backupId ?? ''}`);
}

export const sql = (test: TestApp, text: string): Promise<Record<string, unknown>[]> =>
  runSql(test.config.databaseUrl ?? '', text);

export const idsOf = async (test: TestApp, site: { id: string }): Promise<string[]> =>
  (await test.admin.backups(site.id)).map(({ id }) => id);

/** Bytes that the catalogue knows of on all storages. */
export async function storedBytes(test: TestApp, where = 'true'): Promise<number> {
  const rows = await sql(
    test,
    `select coalesce(sum(size), 0)::text as n from stored_object where state <> 'missing' and ${where}`,
  );
  return Number(rows[0]?.['n']);
}

/** The calls of one application's retention. */
export interface Retention {
  preview: (site: GatedSite, policy?: object) => Promise<Preview>;
  apply: (site: GatedSite) => Promise<Record<string, number>>;
  setPolicy: (site: GatedSite, retention: object | null) => Promise<void>;
  /** What is let go is deleted at once. */
  noGrace: () => Promise<void>;
  reset: () => Promise<void>;
}

export function retentionOf(test: TestApp): Retention {
  return {
    preview: (site, policy) =>
      policy === undefined
        ? test.viewer.get(`/sites/${site.id}/retention`)
        : test.viewer.post(`/sites/${site.id}/retention/preview`, { policy }),
    apply: (site) => test.admin.post(`/sites/${site.id}/retention/apply`),
    setPolicy: async (site, retention) => {
      const answer = await test.admin.call('PATCH', `/sites/${site.id}`, { retention });
      if (answer.status !== 200) throw new Error(`the policy was refused: ${JSON.stringify(answer.body)}`);
    },
    noGrace: async () => {
      await test.admin.call('PUT', '/retention', { graceHours: 0 });
    },
    reset: async () => {
      await test.admin.call('DELETE', '/retention');
      await test.admin.call('PUT', '/retention', { graceHours: 24 });
    },
  };
}

/** So many backups, one after the other: a site has one job at a time. */
export async function makeBackups(test: TestApp, site: GatedSite, count: number): Promise<BackupDto[]> {
  const made: BackupDto[] = [];
  for (let i = 0; i < count; i++) made.push(await backUp(test, site));
  return made;
}

export function nth(backups: readonly BackupDto[], index: number): BackupDto {
  const found = backups.at(index);
  if (found === undefined) throw new Error(`no backup ${index}`);
  return found;
}
