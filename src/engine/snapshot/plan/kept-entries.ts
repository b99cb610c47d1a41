import type { KeptRun } from '../manifest/entry-spool.js';
import type { LineFrameWriter } from '../work/index.js';
import type { KeptTotals } from './types.js';

/** Gathers kept entries: runs of them for the plan, the lines of those without content, and sums. */
export class KeptEntries {
  private readonly totals = { entries: 0, files: 0, bytes: 0 };
  private readonly live = new Map<number, number>();
  private run: KeptRun | null = null;

  constructor(
    private readonly plan: LineFrameWriter,
    private readonly structure: LineFrameWriter | null,
  ) {}

  /** An entry with the number of its line; `bundle` and `stored` say where its content is and how much. */
  addContent(number: number, size: number, bundle: number, stored: number): void {
    this.add(number);
    this.totals.files += 1;
    this.totals.bytes += size;
    this.live.set(bundle, (this.live.get(bundle) ?? 0) + stored);
  }

  /** An entry without stored content, with its line (and newline). */
  addStructure(number: number, line: Uint8Array, isFile: boolean): void {
    this.add(number);
    if (isFile) this.totals.files += 1;
    this.structure?.pushBytes(line);
  }

  /** Ends the run: something else comes next in the plan. */
  endRun(): void {
    if (this.run !== null) this.plan.push(this.run);
    this.run = null;
  }

  get sums(): KeptTotals {
    return { ...this.totals, live: Object.fromEntries(this.live) };
  }

  /** Sum of the sizes so far. */
  get bytes(): number {
    return this.totals.bytes;
  }

  get entries(): number {
    return this.totals.entries;
  }

  private add(number: number): void {
    this.totals.entries += 1;
    if (this.run !== null && this.run.from + this.run.count === number) {
      this.run.count += 1;
      return;
    }
    this.endRun();
    this.run = { kind: 'kept', from: number, count: 1 };
  }
}
