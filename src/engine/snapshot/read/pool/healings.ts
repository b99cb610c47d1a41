import type { Readable } from 'node:stream';
import { copiesOf, distrust, type StorageDriver } from '../../../ports/index.js';
import { healedBody } from '../healed-frames.js';
import type { ContentItem, DamagedItem, FrameRun } from './types.js';

/** One more way to read items that were found damaged. */
interface Healing {
  /** The frames they lie in; ends early where no copy has them right. */
  open(): Readable;
  /** An item was right, read like this. */
  isRight(): void;
}

/**
 * Reads what was damaged once more, from copies that have it right; gives what none has. Items of the same frames are read together: a
 * frame may hold hundreds. `read` reads a run from a body and answers as ever.
 */
export async function healed<Item extends ContentItem>(
  { driver, key, bundle, signal }: { driver: StorageDriver; key: string | null; bundle: number; signal?: AbortSignal },
  damaged: readonly DamagedItem<Item>[],
  read: (run: FrameRun<Item>, body: Readable) => Promise<readonly DamagedItem<Item>[]>,
): Promise<DamagedItem<Item>[]> {
  const lost: DamagedItem<Item>[] = [];
  for (const group of byFrames(damaged)) {
    const { offset, length } = group[0].item;
    let left: readonly DamagedItem<Item>[] = group;
    for (const healing of healings(driver, key, { offset, length }, signal)) {
      const items = left.map(({ item }) => item);
      // oxlint-disable-next-line no-await-in-loop -- the next copy only where this one had it wrong
      const wrong = new Set((await read({ bundle, offset, length, items }, healing.open())).map(({ item }) => item));
      const before = left.length;
      left = left.filter(({ item }) => wrong.has(item));
      if (left.length < before) healing.isRight();
      if (left.length === 0) break;
    }
    // Every copy was asked, and none had it right.
    if (left.length > 0 && key !== null)
      for (const copy of copiesOf(driver, key)) distrust(driver, key, copy, 'damaged');
    lost.push(...left);
  }
  return lost;
}

/** Items that lie in the same frames, in the order of their content. */
function byFrames<Item extends ContentItem>(
  damaged: readonly DamagedItem<Item>[],
): [DamagedItem<Item>, ...DamagedItem<Item>[]][] {
  const groups = new Map<string, [DamagedItem<Item>, ...DamagedItem<Item>[]]>();
  for (const one of damaged.toSorted((a, b) => a.item.offset - b.item.offset || a.item.skip - b.item.skip)) {
    const frames = `${one.item.offset}+${one.item.length}`;
    const group = groups.get(frames);
    if (group === undefined) groups.set(frames, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/**
 * Ways to read frames from several copies, beginning with each copy once: frames may be right in themselves and still be others than
 * were written. None when there is only one copy.
 */
function* healings(
  driver: StorageDriver,
  key: string | null,
  { offset, length }: { offset: number; length: number },
  signal: AbortSignal | undefined,
): Generator<Healing> {
  const copies = key === null ? [] : copiesOf(driver, key);
  if (key === null || copies.length < 2) return;
  for (let first = 0; first < copies.length; first++) {
    const passedOver = copies.slice(0, first);
    const range = { key, start: offset, end: offset + length, copies: [...copies.slice(first), ...passedOver] };
    yield {
      open: () => healedBody(driver, range, signal),
      isRight: () => {
        for (const copy of passedOver) distrust(driver, key, copy, 'damaged');
      },
    };
  }
}
