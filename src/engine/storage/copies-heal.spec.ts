import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { findEntry, listFolder, manifestText, openBackup } from '../snapshot/read/index.js';
import { type HandMadeBackup, makeHandMadeBackup, MemoryStorageDriver, SeededRandom } from '../testing/index.js';
import { CopiesDriver } from './copies-driver.js';

const random = new SeededRandom(5);
const contents = Array.from({ length: 12 }, (_, index) => random.bytes(index * 90));
const entries = [
  { path: 'files', type: 'dir' as const },
  ...contents.map((content, index) => ({ path: `files/${String(index).padStart(2, '0')}.bin`, content })),
];

interface Copies {
  driver: CopiesDriver;
  memories: MemoryStorageDriver[];
  made: HandMadeBackup;
  faults: string[];
}

async function twoCopies(indexed: number): Promise<Copies> {
  const memories = [new MemoryStorageDriver(), new MemoryStorageDriver()];
  let made: HandMadeBackup | null = null;
  for (const memory of memories) made = await makeHandMadeBackup(memory, entries, { indexed, frameBytes: 128 });
  if (made === null) throw new Error('nothing was made');
  const faults: string[] = [];
  return { driver: freshOf({ memories, made, faults }), memories, made, faults };
}

/** The first copy's object with one bit flipped; what it was comes back afterwards. */
async function flipped(copies: Copies, key: string, bit: number, work: () => Promise<void>): Promise<void> {
  const object = copies.memories[0]?.objects.get(key);
  if (object === undefined) throw new Error('no object');
  const { bytes } = object;
  const bad = Buffer.from(bytes);
  bad[bit >>> 3] = (bad[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
  object.bytes = bad;
  try {
    await work();
  } catch (error) {
    throw new Error(`bit ${bit & 7} of byte ${bit >>> 3} of ${key}`, { cause: error });
  } finally {
    object.bytes = bytes;
  }
}

/** Everything that can be asked of a backup. */
async function readAll({ driver, made }: Copies): Promise<unknown> {
  const backup = await openBackup(driver, { manifestKey: made.manifestKey });
  const found = [];
  for (const path of ['files', 'files/03.bin', 'files/11.bin', 'files/none']) {
    const entry = await findEntry(backup, Buffer.from(path));
    const isFile = entry?.type === 'file';
    found.push(entry, isFile ? (await buffer(await backup.content(entry))).toString('hex') : null);
  }
  const stored = [];
  for await (const { entry, pieces } of backup.stored(backup.entries()))
    for await (const piece of pieces) stored.push(entry.path, piece.toString('hex'));
  const listed = await listFolder(backup, Buffer.from('files'), { cursor: null, limit: 100 });
  return { found, stored, listed, text: await buffer(await manifestText(driver, made.manifestKey)) };
}

describe('reading from two copies of which one has a flipped bit', { timeout: 60_000 }, () => {
  it.each([3, 100])(
    'changes no answer, whichever bit of the manifest it is (%i entries in a frame)',
    async (indexed) => {
      const copies = await twoCopies(indexed);
      const expected = await readAll(copies);
      const size = (copies.memories[0]?.objects.get(copies.made.manifestKey)?.bytes.length ?? 0) * 8;
      for (let bit = random.below(131); bit < size; bit += 131) {
        const fresh = { ...copies, driver: freshOf(copies) };
        await flipped(copies, copies.made.manifestKey, bit, async () => expect(await readAll(fresh)).toEqual(expected));
      }
    },
  );

  it('changes no answer, whichever bit of the bundle it is, and is told of', async () => {
    const copies = await twoCopies(100);
    const expected = await readAll(copies);
    const key = copies.made.bundleKey;
    const size = (copies.memories[0]?.objects.get(key)?.bytes.length ?? 0) * 8;
    let rounds = 0;
    for (let bit = random.below(401); bit < size; bit += 401) {
      const fresh = { ...copies, driver: freshOf(copies) };
      await flipped(copies, key, bit, async () => expect(await readAll(fresh)).toEqual(expected));
      rounds += 1;
    }
    expect(copies.faults.filter((fault) => fault === `p0 ${key} damaged`).length).toBeGreaterThan(rounds * 0.5);
    expect(copies.faults.filter((fault) => fault.startsWith('p1'))).toEqual([]);
  });
});

/** One that trusts the first copy again. */
function freshOf({ memories, made, faults }: Omit<Copies, 'driver'>): CopiesDriver {
  const keys = [made.bundleKey, made.manifestKey];
  return new CopiesDriver({
    places: memories.map((memory, index) => ({ providerId: `p${index}`, providerName: '', driver: memory })),
    objects: new Map(
      keys.map((key) => [key, { size: memories[1]?.objects.get(key)?.bytes.length ?? 0, trusted: ['p0', 'p1'] }]),
    ),
    onFault: (providerId, key, fault) => faults.push(`${providerId} ${key} ${fault}`),
    noCopy: () => new AppError({ code: 'BACKUP_UNREADABLE', kind: 'storage', message: 'none' }),
  });
}
