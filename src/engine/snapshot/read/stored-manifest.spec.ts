import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  CountingStorageDriver,
  makeHandMadeBackup,
  MemoryStorageDriver,
  SeededRandom,
  useTempFolder,
  type HandMadeBackup,
  type HandMadeEntry,
} from '../../testing/index.js';
import { entryPath, ManifestWriter, type ManifestLine } from '../manifest/index.js';
import { findEntry, listFolder, openBackup, streamManifest, type StoredBackup } from './index.js';

const NOT_UTF8 = Buffer.from([...Buffer.from('files/'), 0xe9]);

const entries: HandMadeEntry[] = [
  { path: 'database/0001-t.000000.sql', content: Buffer.from('sql') },
  { path: 'files', type: 'dir' },
  ...Array.from({ length: 40 }, (_, i) => folderOf(`files/d${String(i).padStart(2, '0')}`)).flat(),
  { path: 'files/empty', type: 'dir' },
  { path: 'files/link', type: 'hardlink', target: 'files/d03/-dash' },
  { pathBase64: NOT_UTF8.toString('base64'), content: Buffer.from('latin') },
];
const missing = ['a', 'files/', 'files/d00/', 'files/d00/-das', 'files/d20/zzz', 'files/d39-nexu', 'files/zz', 'zz'];

function folderOf(path: string): HandMadeEntry[] {
  const inside = ['"quoted"', '-dash', 'a\\b', 'ümlaut'].map((name) => ({
    path: `${path}/${name}`,
    content: Buffer.from(name),
  }));
  return [{ path, type: 'dir' }, ...inside, { path: `${path}-next`, content: Buffer.from('n') }];
}

interface Opened {
  backup: StoredBackup;
  counting: CountingStorageDriver;
  made: HandMadeBackup;
  bytes: Buffer;
}

async function open(indexed: number | undefined, damage?: (bytes: Buffer) => Buffer): Promise<Opened> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, entries, indexed === undefined ? {} : { indexed });
  const object = memory.objects.get(made.manifestKey);
  if (object === undefined) throw new Error('no manifest');
  if (damage !== undefined) object.bytes = damage(object.bytes);
  const counting = new CountingStorageDriver(memory);
  const backup = await openBackup(counting, { manifestKey: made.manifestKey });
  return { backup, counting, made, bytes: object.bytes };
}

async function folderNames(backup: StoredBackup, folder: string): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    // eslint-disable-next-line no-await-in-loop -- a page says whether there is another
    const page: Awaited<ReturnType<typeof listFolder>> = await listFolder(backup, Buffer.from(folder), {
      cursor,
      limit: 3,
    });
    names.push(...page.items.map((item) => `${item.name}:${item.size}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return names;
}

function flippedInTheMiddle(manifest: Buffer): Buffer {
  const at = Math.floor(manifest.lastIndexOf('{"frames"') / 2);
  manifest[at] = (manifest[at] ?? 0) ^ 1;
  return manifest;
}

const imagePath = (i: number): string => `files/wp-content/uploads/${String(i).padStart(6, '0')}-150x150.jpg`;

describe('looking into a stored manifest', () => {
  it.each([undefined, 1, 2, 7, 1000])('finds every entry and no other, with %s entries in a frame', async (indexed) => {
    const { backup, made } = await open(indexed);
    for (const entry of made.entries) expect(await findEntry(backup, entryPath(entry))).toEqual(entry);
    for (const path of missing) expect(await findEntry(backup, Buffer.from(path)), path).toBeNull();
  });

  it.each([1, 2, 7, 1000])('lists folders as without an index, with %s entries in a frame', async (indexed) => {
    const [{ backup: plain }, { backup }] = [await open(undefined), await open(indexed)];
    for (const folder of ['', 'files', 'files/d00', 'files/d17', 'files/d39', 'files/empty', 'database'])
      expect(await folderNames(backup, folder), folder).toEqual(await folderNames(plain, folder));
    await expect(folderNames(backup, 'files/d00-next')).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_A_FOLDER' });
    await expect(folderNames(backup, 'files/d4')).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
  });

  it('reads the content of a hard link through its first name', async () => {
    const { backup } = await open(5);
    const link = await findEntry(backup, Buffer.from('files/link'));
    if (link === null) throw new Error('no link');
    expect((await buffer(await backup.content(link))).toString()).toBe('-dash');
  });

  it('a damaged index changes no answer', { timeout: 20_000 }, async () => {
    const random = new SeededRandom(23);
    const { bytes } = await open(7);
    const index = bytes.lastIndexOf('{"frames"');
    for (let round = 0; round < 200; round++) {
      const at = index - 8 + random.below(bytes.length - index + 8);
      const bit = 1 << random.below(8);
      const { backup, made } = await open(7, (whole) => {
        whole[at] = (whole[at] ?? 0) ^ bit;
        return whole;
      });
      const entry = random.pick(made.entries);
      expect(await findEntry(backup, entryPath(entry)), `bit ${bit} at ${at - index}`).toEqual(entry);
      // Past the last entry a reader from the beginning comes upon an index that is no frame.
      expect(await findEntry(backup, Buffer.from(random.pick(missing))).catch(() => null)).toBeNull();
    }
  });

  it('reads past damage elsewhere, and tells of damage where it looks', async () => {
    const { made } = await open(7);
    const middle = Math.floor(made.entries.length / 2);
    const { backup } = await open(7, flippedInTheMiddle);
    const last = made.entries.at(-1);
    if (last === undefined) throw new Error('no entry');
    expect(await findEntry(backup, entryPath(last))).toEqual(last);
    const around = made.entries.slice(middle - 60, middle + 60);
    const results = await Promise.allSettled(around.map((entry) => findEntry(backup, entryPath(entry))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(7);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'MANIFEST_DAMAGED' });
  });

  it('a large header is read to its end', async () => {
    const memory = new MemoryStorageDriver();
    const junk = new SeededRandom(1).bytes(60_000).toString('base64');
    const made = await makeHandMadeBackup(memory, entries, { indexed: 7, header: { facts: { junk } } });
    const backup = await openBackup(memory, { manifestKey: made.manifestKey });
    expect(backup.header.facts['junk']).toBe(junk);
  });
});

describe('what one file of 50,000 costs', () => {
  const folder = useTempFolder('stored-manifest');

  it('is the header, the index, one frame, and its own content', async () => {
    const memory = new MemoryStorageDriver();
    const content = Buffer.from('the content');
    const made = await makeHandMadeBackup(memory, [{ path: imagePath(31_234), content }]);
    const manifest = await largeManifest(memory, made, folder('m'));

    const counting = new CountingStorageDriver(memory);
    const backup = await openBackup(counting, { manifestKey: made.manifestKey });
    expect(counting.bytesRead).toBeLessThanOrEqual(16 * 1024);
    const entry = await findEntry(backup, Buffer.from(imagePath(31_234)));
    if (entry === null) throw new Error('not found');
    expect((await buffer(await backup.content(entry))).equals(content)).toBe(true);
    expect(counting.calls).toMatchObject({ stat: 1, read: 4, list: 0 });
    expect(counting.reads.every(({ range }) => range?.length !== undefined)).toBe(true);
    // A frame has 1 MiB of text, of some 15 MiB.
    expect(counting.bytesRead).toBeLessThan(manifest.length * 0.1);
  });
});

/** Puts a manifest of 50,000 entries, as the packer's, in the place of a hand-made one; that one's entry is among them. */
async function largeManifest(memory: MemoryStorageDriver, made: HandMadeBackup, file: string): Promise<Buffer> {
  const lines: ManifestLine[] = [];
  for await (const line of streamManifest(memory, made.manifestKey)) lines.push(line);
  const [header, stored, trailer] = lines;
  if (header === undefined || stored?.kind !== 'entry' || trailer?.kind !== 'trailer') throw new Error('no manifest');
  const random = new SeededRandom(50);
  const writer = await ManifestWriter.create(file);
  await writer.write(header);
  for (let i = 0; i < 50_000; i++) {
    const other = {
      ...stored,
      path: imagePath(i),
      sha256: random.bytes(32).toString('hex'),
      inode: String(1_000_000 + i),
    };
    await writer.write(other.path === stored.path ? stored : other);
  }
  await writer.write({ ...trailer, entries: 50_000, files: 50_000 });
  await writer.finish();
  const manifest = await readFile(file);
  await memory.put(made.manifestKey, { bytes: manifest });
  return manifest;
}
