import type { ContentItem, FrameRun } from './types.js';

/** An item with the bundle it lies in. */
export interface PlacedItem<Item extends ContentItem> {
  bundle: number;
  item: Item;
}

/** Stored bytes that are worth a run of their own. */
const RUN_BYTES = 2 * 1024 * 1024;
/** Where items overlap without end, a run is cut here all the same, and a frame is read twice. */
const MAX_RUN_BYTES = 4 * RUN_BYTES;
const MAX_ITEMS = 2048;
/** Content of all items of a run: many copies of one large file are not all open at the same time. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;
/** Bytes between two items that are read in vain rather than cutting the run. */
const MAX_GAP_BYTES = 64 * 1024;

/** Groups items, which come in the order of bundle, offset and skip, into runs. Holds one run at a time. */
export async function* intoFrameRuns<Item extends ContentItem>(
  items: AsyncIterable<PlacedItem<Item>> | Iterable<PlacedItem<Item>>,
): AsyncGenerator<FrameRun<Item>> {
  let run: FrameRun<Item> | null = null;
  let content = 0;
  for await (const { bundle, item } of items) {
    if (run !== null && (bundle !== run.bundle || content >= MAX_CONTENT_BYTES || !belongs(run, item))) {
      yield run;
      run = null;
    }
    if (run === null) {
      run = { bundle, offset: item.offset, length: 0, items: [] };
      content = 0;
    }
    run.items.push(item);
    run.length = Math.max(run.length, item.offset + item.length - run.offset);
    content += item.size;
  }
  if (run !== null) yield run;
}

function belongs({ offset, length, items }: FrameRun, item: ContentItem): boolean {
  const end = offset + length;
  if (items.length >= MAX_ITEMS || item.offset < offset || item.offset > end + MAX_GAP_BYTES) return false;
  // Within what is read anyhow.
  if (item.offset + item.length <= end) return true;
  if (item.offset >= end) return length < RUN_BYTES && item.offset + item.length - offset <= MAX_RUN_BYTES;
  return length < MAX_RUN_BYTES;
}
