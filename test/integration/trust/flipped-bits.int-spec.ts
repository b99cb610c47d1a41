import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { Stored } from '../reconcile/reconcile-support.js';

// Few sites with many bundles: a round damages all of them, and costs each site two jobs.
const SITES = 2;
const BUNDLES = 18;
/** Of all bundles, one bit in each; and of all manifests. */
const BUNDLE_ROUNDS = 5;
const MANIFEST_ROUNDS = 10;
const POSITIONS = SITES * (BUNDLES * BUNDLE_ROUNDS + MANIFEST_ROUNDS);

const test = useJobsApp({ limits: { io: 4, network: 4, cpu: 4, bandwidthMbps: 0 } });
const stored = Stored.use(test);
beforeAll(async () => {
  const second = { name: 'second', kind: 'local', settings: { path: join(test.folder, 'second') }, isDefault: true };
  await test.admin.post('/storage', second);
});

interface StoredCopy {
  key: string;
  content: Buffer;
}

const isManifest = ({ key }: StoredCopy): boolean => key.endsWith('.manifest.ndjson.zst');

interface Subject {
  site: GatedSite;
  /** The newest one, which needs bundles of all before it. */
  backup: BackupDto;
  bundles: StoredCopy[];
  manifests: StoredCopy[];
}

async function makeSubject(index: number, random: SeededRandom): Promise<Subject> {
  const site = await GatedSite.make(test, `flip-${index}`);
  for (let round = 0; round < BUNDLES; round++) {
    writeFileSync(join(site.path, `${round}.bin`), random.bytes(30_000));
    writeFileSync(join(site.path, `${round}.txt`), `text ${index} ${round} `.repeat(3000));
    expect(await site.backUp()).toMatchObject({ status: 'completed', warnings: [] });
  }
  const [backup] = await test.admin.backups(site.id);
  if (backup === undefined) throw new Error('no backup');
  const rows = await stored.sql(
    `select manifest_key as key from backup where id = '${backup.id}' union
     select bundle_key from backup_bundle where backup_id = '${backup.id}' order by key`,
  );
  const objects = rows.map(({ key }) => ({ key: String(key), content: readFileSync(stored.path(String(key))) }));
  return {
    site,
    backup,
    bundles: objects.filter((object) => !isManifest(object)),
    manifests: objects.filter(isManifest),
  };
}

/** Replaces the file: what is stored may share its inode with the other storage. */
function replace(path: string, content: Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** One bit of the stored object is another; where. */
function flip({ key, content }: StoredCopy, random: SeededRandom): string {
  const at = random.below(content.length);
  const bit = random.below(8);
  const flipped = Buffer.from(content);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  replace(stored.path(key), flipped);
  return `${key} byte ${at} bit ${bit}`;
}

async function verify({ backup }: Subject): Promise<JobDto> {
  return test.admin.ended((await test.admin.post<JobDto>(`/backups/${backup.id}/verify`)).id);
}

async function stateOf(key: string): Promise<unknown> {
  const where = `provider_id = '${stored.providerId}' and key = '${key}'`;
  return (await stored.sql(`select state from stored_object where ${where}`))[0]?.['state'];
}

async function flipAndHeal(subject: Subject, objects: readonly StoredCopy[], random: SeededRandom): Promise<number> {
  const places = objects.map((object) => flip(object, random)).join(', ');
  expect(await verify(subject), places).toMatchObject({ status: 'completed', warnings: [{ code: 'COPY_DAMAGED' }] });
  for (const { key } of objects) expect(await stateOf(key), places).toBe('damaged');
  const repair = await test.admin.post<JobDto>(`/sites/${subject.site.id}/repair`);
  expect(await test.admin.ended(repair.id), places).toMatchObject({ status: 'completed', warnings: [] });
  for (const { key, content } of objects) {
    expect(readFileSync(stored.path(key)).equals(content), places).toBe(true);
    expect(await stateOf(key), places).toBe('present');
  }
  return objects.length;
}

it(`one flipped bit anywhere (${POSITIONS} places) is found by verify and repaired from the second copy`, async () => {
  const random = new SeededRandom(20_261_126);
  const subjects: Subject[] = [];
  for (let index = 0; index < SITES; index++) subjects.push(await makeSubject(index, random));
  let healed = 0;
  const round = async (of: (subject: Subject) => StoredCopy[]): Promise<void> => {
    const done = await Promise.all(subjects.map(async (subject) => flipAndHeal(subject, of(subject), random)));
    for (const count of done) healed += count;
  };
  for (let i = 0; i < BUNDLE_ROUNDS; i++) await round(({ bundles }) => bundles);
  for (let i = 0; i < MANIFEST_ROUNDS; i++) await round(({ manifests }) => manifests);
  for (const subject of subjects) expect(await verify(subject)).toMatchObject({ status: 'completed', warnings: [] });
  expect(healed).toBe(POSITIONS);
}, 300_000);
