import type { StageProgress } from '../ports/index.js';

/** Progress of the running stage as it is shown. */
export interface ProgressReport {
  stage: string;
  bytesDone: number;
  bytesTotal: number | null;
  itemsDone: number | null;
  itemsTotal: number | null;
  percent: number | null;
  bytesPerSecond: number | null;
  current: string | null;
}

const RATE_WINDOW_MS = 5000;
const MIN_RATE_SPAN_MS = 500;

/**
 * Turns many reports of one stage into a steady few: at most one per interval, the last one always, done and percent never
 * going back, and a rate over the last seconds.
 */
export class ProgressMeter {
  #report: ProgressReport;
  #samples: { at: number; bytes: number }[] = [];
  #emittedAt = Number.NEGATIVE_INFINITY;
  #dirty = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    stage: string,
    private readonly emit: (report: ProgressReport) => void,
    private readonly intervalMs = 350,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#report = {
      stage,
      bytesDone: 0,
      bytesTotal: null,
      itemsDone: null,
      itemsTotal: null,
      percent: null,
      bytesPerSecond: null,
      current: null,
    };
  }

  /** Cheap; may be called for every chunk. */
  update(progress: StageProgress): void {
    const report = this.#report;
    report.bytesDone = Math.max(report.bytesDone, progress.bytesDone);
    if (progress.bytesTotal !== undefined) report.bytesTotal = Math.max(progress.bytesTotal, report.bytesDone);
    if (progress.itemsDone !== undefined) report.itemsDone = Math.max(report.itemsDone ?? 0, progress.itemsDone);
    if (progress.itemsTotal !== undefined) {
      report.itemsTotal = Math.max(progress.itemsTotal, report.itemsDone ?? 0);
    }
    if (progress.current !== undefined) report.current = progress.current;
    this.#dirty = true;
    const wait = this.#emittedAt + this.intervalMs - this.now();
    if (wait <= 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), wait).unref();
  }

  /** Sends what was not sent yet; nothing is sent afterwards. */
  end(): void {
    if (this.#dirty) this.#send();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#emittedAt = this.now();
    this.#report.bytesPerSecond = this.#rate();
    this.#report.percent = this.#percent();
    this.emit({ ...this.#report });
  }

  #rate(): number | null {
    const now = this.now();
    this.#samples.push({ at: now, bytes: this.#report.bytesDone });
    while (this.#samples.length > 2 && (this.#samples[0]?.at ?? now) < now - RATE_WINDOW_MS) this.#samples.shift();
    const oldest = this.#samples[0];
    if (oldest === undefined || now - oldest.at < MIN_RATE_SPAN_MS) return null;
    return Math.round(((this.#report.bytesDone - oldest.bytes) * 1000) / (now - oldest.at));
  }

  #percent(): number | null {
    const { bytesDone, bytesTotal, itemsDone, itemsTotal, percent } = this.#report;
    let share: number | null = null;
    if (bytesTotal !== null && bytesTotal > 0) share = bytesDone / bytesTotal;
    else if (itemsTotal !== null && itemsTotal > 0) share = (itemsDone ?? 0) / itemsTotal;
    if (share === null) return percent;
    return Math.max(percent ?? 0, Math.min(100, Math.floor(share * 1000) / 10));
  }
}
