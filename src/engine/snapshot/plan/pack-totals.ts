import { FILE, type RecordReader } from '../walk/index.js';
import { extensionOf, isMediaExtension } from './media.js';
import type { PlanSummary } from './types.js';

type Totals = Pick<PlanSummary, 'entries' | 'files' | 'bytes' | 'mediaBytes' | 'textBytes' | 'hardlinks'>;

/** Counts what is to be packed. */
export class PackTotals {
  readonly sums: Totals = { entries: 0, files: 0, bytes: 0, mediaBytes: 0, textBytes: 0, hardlinks: 0 };

  /** `isFirst`: false for another name of a file that was counted. */
  add(record: RecordReader, isFirst: boolean): void {
    const { sums } = this;
    sums.entries += 1;
    if (record.kind !== FILE) return;
    if (!isFirst) {
      sums.hardlinks += 1;
      return;
    }
    sums.files += 1;
    sums.bytes += record.size;
    if (isMediaExtension(extensionOf(record.path.toString('latin1')))) sums.mediaBytes += record.allocated;
    else sums.textBytes += record.allocated;
  }
}
