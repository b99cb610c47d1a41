import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryStorageDriver, makeHandMadeBackup, SeededRandom } from '../../../testing/index.js';
import type { ManifestEntry } from '../../manifest/index.js';
import { intoFrameRuns } from './frame-runs.js';
import { RunReader } from './run-reader.js';
import type { ContentItem, EntrySink } from './types.js';

interface Item extends ContentItem {
  index: number;
}

interface Sample {
  bundle: Buffer;
  contents: Buffer[];
  items: Item[];
  /** Where frames and the items in them lie. */
  entries: ManifestEntry[];
}

async function sample(seed: number, frameBytes: number): Promise<Sample> {
  const random = new SeededRandom(seed);
  const contents = Array.from({ length: 60 }, (_, i) =>
    i % 3 === 0
      ? Buffer.alloc(1 + random.below(20_000), `text ${i} `)
      : random.bytes(1 + random.below(i % 20 === 0 ? 900_000 : 9_000)),
  );
  const memory = new MemoryStorageDriver();
  const given = contents.map((content, i) => ({ path: `files/${String(i).padStart(3, '0')}`, content }));
  const made = await makeHandMadeBackup(memory, given, { frameBytes, order: [...contents.keys()].toReversed() });
  const chunks: Buffer[] = [];
  for await (const chunk of await memory.read(made.bundleKey)) chunks.push(chunk as Buffer);
  const items = made.entries.map((entry, index): Item => {
    const { offset = 0, length = 0, skip = 0 } = entry.in ?? {};
    return { index, offset, length, skip, size: entry.size, sha256: entry.sha256 ?? '' };
  });
  items.sort((a, b) => a.offset - b.offset || a.skip - b.skip);
  return { bundle: Buffer.concat(chunks), contents, items, entries: made.entries };
}

/** Reads all items, feeding so many bytes at a time; tells what came whole, what was given up, and what is damaged. */
async function readAll(bundle: Buffer, items: readonly Item[], step: number) {
  const whole = new Map<number, Buffer>();
  const undone = new Set<number>();
  const damaged = new Set<number>();
  let bytes = 0;
  const sink: EntrySink<Item, undefined> = {
    open: ({ index }) => {
      const pieces: Buffer[] = [];
      return {
        write: (piece) => pieces.push(Buffer.from(piece)),
        finish: () => whole.set(index, Buffer.concat(pieces)),
        abandon: () => undone.add(index),
      };
    },
    close: () => undefined,
  };
  const reader = new RunReader<Item>(sink, {
    check: () => undefined,
    onBytes: (more) => {
      bytes += more;
    },
  });
  for await (const run of intoFrameRuns(items.map((item) => ({ bundle: 0, item })))) {
    reader.begin(run);
    while (!reader.advance()) {
      const room = reader.room();
      const at = reader.position;
      const copied = bundle.copy(room, 0, at, Math.min(bundle.length, at + Math.min(step, room.length)));
      if (copied === 0) break;
      reader.filled(copied);
    }
    for (const { item } of reader.end('it ends')) damaged.add(item.index);
  }
  return { whole, undone, damaged, bytes };
}

const EMPTY = Buffer.alloc(0);

describe.each([
  ['small frames', 4_096],
  ['frames of several raw blocks', 300_000],
])('RunReader with %s', (_name, frameBytes) => {
  let made: Sample;
  beforeAll(async () => {
    made = await sample(5, frameBytes);
  });

  it('gives every item its bytes, however they come', async () => {
    for (const step of [777, 65_536, 1 << 21]) {
      const { whole, damaged, bytes } = await readAll(made.bundle, made.items, step);
      expect(damaged.size).toBe(0);
      for (const [index, content] of made.contents.entries()) expect(whole.get(index)?.equals(content)).toBe(true);
      expect(bytes).toBe(made.contents.reduce((sum, content) => sum + content.length, 0));
    }
  });

  it('gives one content to several items, and passes over what nobody asks for', async () => {
    const some = made.items
      .filter(({ index }) => index % 7 === 0)
      .flatMap((item) => [item, { ...item, index: item.index + 1000 }]);
    const { whole, damaged } = await readAll(made.bundle, some, 50_000);
    expect(damaged.size).toBe(0);
    expect(whole.size).toBe(some.length);
    for (const [index, content] of whole)
      expect(content.equals(made.contents[index % 1000] ?? Buffer.alloc(0))).toBe(true);
  });

  it('never gives wrong bytes for a flipped bit, and gives all that it does not touch', async () => {
    const end = Math.max(...made.items.map(({ offset, length }) => offset + length));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: end - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const bundle = Buffer.from(made.bundle);
        bundle[at] = (bundle[at] ?? 0) ^ (1 << bit);
        const { whole, damaged } = await readAll(bundle, made.items, 100_000);
        // What is told as damaged was not finished; what was finished is right.
        const isRight = ({ index }: Item): boolean => whole.get(index)?.equals(made.contents[index] ?? EMPTY) ?? false;
        expect(made.items.filter((item) => !isRight(item)).map(({ index }) => index)).toEqual(
          made.items.filter(({ index }) => damaged.has(index)).map(({ index }) => index),
        );
        expect([...damaged].filter((index) => whole.has(index))).toEqual([]);
        // Only what lies in the frames of the damage, or behind it, can be lost.
        const before = made.items.filter(({ offset, length }) => at >= offset + length);
        const unharmed = before.filter(({ index }) => !damaged.has(index));
        const harmed = made.items.filter(({ offset, length }) => at >= offset && at < offset + length);
        expect(harmed.length === 0 || damaged.size > 0 || made.items.every(isRight)).toBe(true);
        expect(made.items.filter(({ offset }) => at < offset).every(isRight)).toBe(true);
        expect(unharmed).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it('says what is missing of a bundle that was cut off', async () => {
    const cut = Math.floor(made.bundle.length / 2);
    const { whole, damaged } = await readAll(made.bundle.subarray(0, cut), made.items, 100_000);
    for (const { index, offset, length } of made.items) {
      expect(damaged.has(index)).toBe(offset + length > cut);
      expect(whole.has(index)).toBe(offset + length <= cut);
    }
  });

  it('undoes an item that is told wrong bytes at its end', async () => {
    const large = made.items.find(({ length }) => length > frameBytes * 2);
    if (large === undefined) throw new Error('no large item');
    const { whole, undone, damaged } = await readAll(made.bundle, [{ ...large, sha256: 'f'.repeat(64) }], 1 << 20);
    expect([...damaged]).toEqual([large.index]);
    expect([...undone]).toEqual([large.index]);
    expect(whole.size).toBe(0);
  });

  it('undoes each unfinished item once when a sink fails (a full disk)', async () => {
    // Each twice: two writers are open at a time.
    const items = made.items.flatMap((item) => [item, { ...item, index: item.index + 1000 }]);
    for (const failAt of [1, 2, 5, 30, 60, 100]) {
      const fates = new Map<number, string[]>();
      let writes = 0;
      const tell = (index: number, fate: string) => fates.set(index, [...(fates.get(index) ?? []), fate]);
      const reader = new RunReader<Item>(
        {
          open: ({ index }) => ({
            write: () => {
              fates.set(index, fates.get(index) ?? []);
              writes += 1;
              if (writes === failAt) throw new Error('no space');
            },
            finish: () => tell(index, 'finished'),
            abandon: () => tell(index, 'undone'),
          }),
          close: () => undefined,
        },
        { check: () => undefined, onBytes: () => undefined },
      );
      let failed = false;
      for await (const run of intoFrameRuns(items.map((item) => ({ bundle: 0, item })))) {
        reader.begin(run);
        try {
          reader.feed(made.bundle.subarray(run.offset, run.offset + run.length));
        } catch {
          failed = true;
          reader.abandon();
          break;
        }
      }
      expect(failed).toBe(true);
      expect([...fates.values()].filter((fate) => fate.length !== 1)).toEqual([]);
      expect([...fates.values()].flat()).toContain('undone');
    }
  });
});
