import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { RepairScheduler } from '../../../src/modules/repair/repair-scheduler.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite } from './jobs-app.js';

/** A local storage and the folder it is. */
export interface Place {
  id: string;
  name: string;
  folder: string;
}

export async function addPlace(test: TestApp, name: string): Promise<Place> {
  const folder = join(test.folder, 'places', name);
  const { id } = await test.admin.post<{ id: string }>('/storage', { name, kind: 'local', settings: { path: folder } });
  return { id, name, folder };
}

/** A site whose backups go to these places. */
export async function siteIn(
  test: TestApp,
  name: string,
  places: readonly Place[],
  mode: 'all' | 'failover' = 'all',
): Promise<GatedSite> {
  const providers = places.map(({ id }) => ({ id }));
  return GatedSite.make(test, name, { destinations: { mode, providers } });
}

export async function newest(test: TestApp, site: GatedSite): Promise<BackupDto> {
  const [backup] = await test.admin.backups(site.id);
  if (backup === undefined) throw new Error('no backup');
  return backup;
}

/** Backs up and gives what was made; `add` bytes of new content first. */
export async function backedUp(test: TestApp, site: GatedSite, add = 0): Promise<BackupDto> {
  if (add > 0) writeFileSync(join(site.path, `more-${randomBytes(4).toString('hex')}.bin`), randomBytes(add));
  const job = await site.backUp();
  if (job.status !== 'completed') throw new Error(JSON.stringify(job.error));
  return newest(test, site);
}

export function stateOn(backup: BackupDto, place: Place): string | undefined {
  return backup.copies.find((copy) => copy.providerId === place.id)?.state;
}

/** What a place has of the site: names and contents. */
export function contentOf(place: Place, site: GatedSite): Map<string, string> {
  const folder = join(place.folder, 'sites', site.id);
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

export function bundlePath(place: Place, site: GatedSite, backup: BackupDto): string {
  return objectPath(place, site, backup, '.tar.zst');
}

export function manifestPath(place: Place, site: GatedSite, backup: BackupDto): string {
  return objectPath(place, site, backup, '.manifest.ndjson.zst');
}

function objectPath(place: Place, site: GatedSite, backup: BackupDto, ending: string): string {
  const key = backup.bundleKey.slice(0, -'.tar.zst'.length) + ending;
  if (!key.startsWith(`sites/${site.id}/`)) throw new Error('a backup of another site');
  return join(place.folder, key);
}

/** Flips one bit of each of these bytes. A new file: two local storages may share one inode. */
export function flip(path: string, at: number | readonly number[], bit = 0): void {
  const bytes = readFileSync(path);
  for (const one of typeof at === 'number' ? [at] : at) bytes[one] = (bytes[one] ?? 0) ^ (1 << bit);
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

/** No upload succeeds there until it is let in again. */
export function shutOut(place: Place, site: GatedSite): () => void {
  const path = join(place.folder, 'sites', site.id);
  const aside = join(place.folder, `aside-${site.id}`);
  let isThere = true;
  try {
    renameSync(path, aside);
  } catch {
    isThere = false;
  }
  writeFileSync(path, 'in the way');
  return () => {
    rmSync(path);
    if (isThere) renameSync(aside, path);
  };
}

/** The place is not there at all, as when a disk is not mounted. */
export function unmount(place: Place): () => void {
  renameSync(place.folder, `${place.folder}.away`);
  return () => renameSync(`${place.folder}.away`, place.folder);
}

export async function repair(test: TestApp, site: GatedSite): Promise<JobDto> {
  return test.admin.ended((await test.operator.post<JobDto>(`/sites/${site.id}/repair`)).id);
}

export async function verify(test: TestApp, backup: BackupDto): Promise<JobDto> {
  return test.admin.ended((await test.admin.post<JobDto>(`/backups/${backup.id}/verify`, { level: 'full' })).id);
}

export function scheduler(test: TestApp): RepairScheduler {
  return test.app.get(RepairScheduler, { strict: false });
}
