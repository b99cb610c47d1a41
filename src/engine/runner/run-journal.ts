import type { ErrorContext } from '../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../ports/index.js';
import type { RunObserver, StageWarning } from './observer.js';
import { ProgressMeter, type ProgressReport } from './progress-meter.js';

export interface JournalOptions {
  /** Warnings kept over the whole job; more are counted. */
  maxWarnings?: number;
  maxNotes?: number;
  progressIntervalMs?: number;
  /** Told what the observer threw for a report that may be lost. */
  onLost?: (error: unknown) => void;
}

/**
 * The JobJournal of one run: never makes a stage wait, and hands the observer one call at a time in order. Progress that
 * comes while the observer is busy replaces progress that waits, so a slow database holds nothing up and fills nothing.
 */
export class RunJournal implements JobJournal {
  #tail: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;
  #waiting: ProgressReport | null = null;
  #unsaid: StageWarning[] = [];
  #stage = '';
  #stageWarnings = 0;
  #kept: number;
  #notes = 0;
  #meter: ProgressMeter | null = null;

  constructor(
    private readonly observer: RunObserver,
    keptWarnings: number,
    private readonly options: JournalOptions = {},
  ) {
    this.#kept = keptWarnings;
  }

  progress(progress: StageProgress): void {
    this.#meter?.update(progress);
  }

  warn(warning: JobWarning): void {
    this.#stageWarnings++;
    if (this.#kept >= (this.options.maxWarnings ?? 200)) return;
    this.#kept++;
    this.#unsaid.push({ stage: this.#stage, warning });
    if (this.#unsaid.length > 1) return;
    this.#enqueue(() => {
      const warnings = this.#unsaid;
      this.#unsaid = [];
      return this.observer.warnings(warnings);
    }, true);
  }

  note(message: string, context: ErrorContext = {}): void {
    if (this.#notes >= (this.options.maxNotes ?? 500)) return;
    this.#notes++;
    const stage = this.#stage;
    this.#enqueue(() => this.observer.note(stage, message, context), false);
  }

  /** Begins a stage: progress and the count of its warnings start anew. */
  beginStage(stage: string): void {
    this.#stage = stage;
    this.#stageWarnings = 0;
    this.#meter = new ProgressMeter(stage, (report) => this.#report(report), this.options.progressIntervalMs);
  }

  /** Ends the stage and gives the number of its warnings. Later progress of it is ignored. */
  endStage(): number {
    this.#meter?.end();
    this.#meter = null;
    const warnings = this.#stageWarnings;
    this.#stageWarnings = 0;
    return warnings;
  }

  /** Resolves when all so far was taken; throws what the observer threw for something that must not be lost. */
  async flush(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      throw error;
    }
  }

  #report(report: ProgressReport): void {
    const busy = this.#waiting !== null;
    this.#waiting = report;
    if (busy) return;
    this.#enqueue(async () => {
      const latest = this.#waiting;
      this.#waiting = null;
      if (latest !== null) await this.observer.progress(latest);
    }, false);
  }

  #enqueue(call: () => Promise<void>, mustNotBeLost: boolean): void {
    this.#tail = this.#tail.then(call).catch((error: unknown) => {
      if (mustNotBeLost) this.#failure ??= { error };
      else this.options.onLost?.(error);
    });
  }
}
