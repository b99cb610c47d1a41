import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite, startJobsApp } from '../jobs/jobs-app.js';
import { Stored } from '../reconcile/reconcile-support.js';

const POSITIONS = 200;
const SITES = 10;

let test: TestApp;
let stored: Stored;

beforeAll(async () => {
  test = await startJobsApp({ limits: { io: 4, network: 4, cpu: 4, bandwidthMbps: 0 } });
  stored = await Stored.of(test);
  const second = { name: 'second', kind: 'local', settings: { path: join(test.folder, 'second') }, isDefault: true };
  await test.admin.post('/storage', second);
});
afterAll(() => test.close());

interface Subject {
  site: GatedSite;
  backup: BackupDto;
  /** Each object of the newest backup with its right content. */
  objects: { key: string; content: Buffer }[];
}

async function makeSubject(index: number, random: SeededRandom): Promise<Subject> {
  const site = await GatedSite.make(test, `flip-${index}`);
  writeFileSync(join(site.path, 'a.bin'), random.bytes(40_000));
  expect(await site.backUp()).toMatchObject({ status: 'completed', warnings: [] });
  writeFileSync(join(site.path, 'b.txt'), 'text '.repeat(5000 + index));
  expect(await site.backUp()).toMatchObject({ status: 'completed', warnings: [] });
  const [backup] = await test.admin.backups(site.id);
  if (backup === undefined) throw new Error('no backup');
  const rows = await stored.sql(
    `select manifest_key as key from backup where id = '${backup.id}' union
     select bundle_key from backup_bundle where backup_id = '${backup.id}'`,
  );
  const objects = rows.map(({ key }) => ({ key: String(key), content: readFileSync(stored.path(String(key))) }));
  return { site, backup, objects };
}

/** Replaces the file: what is stored may share its inode with the other storage. */
function replace(path: string, content: Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function verify({ backup }: Subject): Promise<JobDto> {
  return test.admin.ended((await test.admin.post<JobDto>(`/backups/${backup.id}/verify`)).id);
}

it(`one flipped bit anywhere (${POSITIONS} places) is found by verify and repaired from the second copy`, async () => {
  const random = new SeededRandom(20_261_126);
  const subjects: Subject[] = [];
  for (let index = 0; index < SITES; index++) subjects.push(await makeSubject(index, random));
  let bundles = 0;
  let manifests = 0;
  const flipAndHeal = async (subject: Subject): Promise<void> => {
    // Each object as often as another: a manifest is small.
    const { key, content } = random.pick(subject.objects);
    const at = random.below(content.length);
    const flipped = Buffer.from(content);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    if (key.endsWith('.manifest.ndjson.zst')) manifests += 1;
    else bundles += 1;
    replace(stored.path(key), flipped);
    const where = `${key} byte ${at}`;
    const found = await verify(subject);
    expect(found, where).toMatchObject({ status: 'completed', warnings: [{ code: 'COPY_DAMAGED' }] });
    const marked = await stored.sql(`select state from stored_object where provider_id = '${stored.providerId}'
      and key = '${key}'`);
    expect(marked, where).toEqual([{ state: 'damaged' }]);
    const repair = await test.admin.post<JobDto>(`/sites/${subject.site.id}/repair`);
    expect(await test.admin.ended(repair.id), where).toMatchObject({ status: 'completed', warnings: [] });
    expect(readFileSync(stored.path(key)).equals(content), where).toBe(true);
    expect(await stored.sql(`select 1 from stored_object where state <> 'present' and key = '${key}'`)).toEqual([]);
  };
  for (let done = 0; done < POSITIONS; done += SITES) await Promise.all(subjects.map(flipAndHeal));
  for (const subject of subjects) expect(await verify(subject)).toMatchObject({ status: 'completed', warnings: [] });
  expect([bundles + manifests, bundles > 50, manifests > 20]).toEqual([POSITIONS, true, true]);
}, 300_000);
