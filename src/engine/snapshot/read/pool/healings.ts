import type { Readable } from 'node:stream';
import { copiesOf, distrust, type StorageDriver } from '../../../ports/index.js';
import { healedBody } from '../healed-frames.js';

/** One more way to read an item that was found damaged. */
export interface Healing {
  /** The frames it lies in; ends early where no copy has them right. */
  open(): Readable;
  /** The item was right, read like this. */
  isRight(): void;
}

/**
 * Ways to read an item from several copies, frame by frame, beginning with each copy once: frames may be right in themselves and
 * still be others than were written. None when there is only one copy.
 */
export function* healings(
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
