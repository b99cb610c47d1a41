import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../../common/errors/index.js';
import type { Excluded } from './exclude.js';
import type { RecordBatch } from './record.js';
import { BATCH_BYTES, ScanThread } from './scan-thread.js';
import { TreeScan } from './tree-scan.js';
import type { ScanOptions } from './types.js';

/** An answer of the API takes several turns of the event loop. */
const SLICE_MS = 4;

export interface TreeWalkOptions {
  /** Very many entries: the walk gets a thread of its own (which costs some tens of milliseconds). */
  isLarge: boolean;
  signal: AbortSignal;
}

/** Walks trees in path order and gives batches of records; the event loop stays free. */
export class TreeWalk {
  private counts: Excluded[] = [];

  /** Throws EXCLUDE_PATTERN_INVALID. */
  constructor(
    private readonly scan: ScanOptions,
    private readonly options: TreeWalkOptions,
  ) {
    this.counts = new TreeScan(scan).excluded;
  }

  /** What each pattern kept out; known when all batches were given. */
  get excluded(): Excluded[] {
    return this.counts;
  }

  /**
   * The batches; each is only valid until the next is asked for. Throws SITE_UNREADABLE when the site's own root can't be opened,
   * JOB_CANCELLED when the signal is raised; all else is a record.
   */
  async *batches(): AsyncGenerator<RecordBatch> {
    if (this.options.isLarge) yield* this.fromThread();
    else yield* this.here();
  }

  private async *here(): AsyncGenerator<RecordBatch> {
    const scan = new TreeScan(this.scan);
    try {
      let used: Uint8Array<ArrayBuffer> | undefined;
      for (let more = true; more;) {
        throwIfAborted(this.options.signal);
        more = scan.fill(BATCH_BYTES, performance.now() + SLICE_MS);
        const batch = scan.found.take(used);
        if (batch.length > 0) yield batch;
        used = batch.bytes;
        // eslint-disable-next-line no-await-in-loop -- gives way to other work between slices
        await setImmediate();
      }
      this.counts = scan.excluded;
    } finally {
      scan.close();
    }
  }

  private async *fromThread(): AsyncGenerator<RecordBatch> {
    const thread = new ScanThread(this.scan, this.options.signal);
    try {
      for (;;) {
        throwIfAborted(this.options.signal);
        // eslint-disable-next-line no-await-in-loop -- one batch after the other
        const batch = await thread.next();
        if (batch === null) break;
        yield batch;
        thread.giveBack(batch);
      }
      this.counts = thread.excluded;
    } finally {
      await thread.close();
    }
  }
}
