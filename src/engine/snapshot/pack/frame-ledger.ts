import type { SeekTableBuilder } from '../zstd/index.js';
import type { PackResult } from './protocol.js';

/**
 * Takes results as they come and gives them on in the order of their places in the bundle: what precedes `end` is written.
 */
export class FrameLedger {
  private readonly early = new Map<number, PackResult>();
  private nextSeq = 0;
  end: number;

  constructor(
    start: number,
    private readonly frames: SeekTableBuilder,
    private readonly inOrder: (result: PackResult) => void,
  ) {
    this.end = start;
  }

  add(result: PackResult): void {
    this.early.set(result.seq, result);
    for (;;) {
      const next = this.early.get(this.nextSeq);
      if (next === undefined) return;
      this.early.delete(this.nextSeq);
      this.nextSeq += 1;
      for (let i = 0; i < next.frames.length; i += 2) {
        this.frames.add(next.frames[i] ?? 0, next.frames[i + 1] ?? 0);
        this.end += next.frames[i] ?? 0;
      }
      this.inOrder(next);
    }
  }
}
