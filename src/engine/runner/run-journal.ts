import type { ErrorContext } from '../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../ports/index.js';
import type { RunObserver, StageWarning } from './observer.js';
import type { ProgressReport } from './progress-meter.js';
import { StageJournal } from './stage-journal.js';

export interface JournalOptions {
  /** Warnings kept over the whole job; more are counted. */
  maxWarnings?: number;
  maxNotes?: number;
  progressIntervalMs?: number;
  /** Told what the observer threw for a report that may be lost. */
  onLost?: (error: unknown) => void;
}

/**
 * The journal of one run: never makes a stage wait, and hands the observer one call at a time in order. Progress of a stage that
 * comes while the observer is busy replaces progress of it that waits, so a slow database holds nothing up and fills nothing.
 * Each running stage has a journal of its own; the run's own methods speak for the stage that began last.
 */
export class RunJournal implements JobJournal {
  #tail: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;
  readonly #waiting = new Map<string, ProgressReport>();
  #unsaid: StageWarning[] = [];
  /** The running stages in the order of their beginning. */
  readonly #running = new Map<string, StageJournal>();
  #last: StageJournal | null = null;
  #kept: number;
  #notes = 0;

  constructor(
    private readonly observer: RunObserver,
    keptWarnings: number,
    private readonly options: JournalOptions = {},
  ) {
    this.#kept = keptWarnings;
  }

  progress(progress: StageProgress): void {
    this.#last?.progress(progress);
  }

  warn(warning: JobWarning): void {
    if (this.#last === null) this.#warn('', warning);
    else this.#last.warn(warning);
  }

  note(message: string, context: ErrorContext = {}): void {
    this.#note(this.#last?.stage ?? '', message, context);
  }

  /** Begins a stage; its journal. */
  beginStage(stage: string): StageJournal {
    const journal = new StageJournal(
      stage,
      {
        report: (report) => this.#report(report),
        warn: (name, warning) => this.#warn(name, warning),
        note: (name, message, context) => this.#note(name, message, context),
      },
      this.options.progressIntervalMs,
    );
    this.#running.set(stage, journal);
    this.#last = journal;
    return journal;
  }

  /** Ends a stage and gives the number of its warnings. Later progress of it is ignored. */
  endStage(stage: string): number {
    const journal = this.#running.get(stage);
    this.#running.delete(stage);
    const warnings = journal?.end() ?? 0;
    if (this.#last === journal) this.#last = [...this.#running.values()].at(-1) ?? this.#last;
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

  /** Has the observer told of a stage's beginning or end, after all that was reported before. Throws what it throws. */
  async inOrder(call: () => Promise<void>): Promise<void> {
    let result: Promise<void> = Promise.resolve();
    this.#enqueue(async () => {
      result = call();
      await result.catch(() => undefined);
    }, false);
    await this.flush();
    await result;
  }

  #warn(stage: string, warning: JobWarning): void {
    if (this.#kept >= (this.options.maxWarnings ?? 200)) return;
    this.#kept++;
    this.#unsaid.push({ stage, warning });
    if (this.#unsaid.length > 1) return;
    this.#enqueue(() => {
      const warnings = this.#unsaid;
      this.#unsaid = [];
      return this.observer.warnings(warnings);
    }, true);
  }

  #note(stage: string, message: string, context: ErrorContext): void {
    if (this.#notes >= (this.options.maxNotes ?? 500)) return;
    this.#notes++;
    this.#enqueue(() => this.observer.note(stage, message, context), false);
  }

  #report(report: ProgressReport): void {
    const busy = this.#waiting.has(report.stage);
    this.#waiting.set(report.stage, report);
    if (busy) return;
    this.#enqueue(async () => {
      const latest = this.#waiting.get(report.stage);
      this.#waiting.delete(report.stage);
      if (latest !== undefined) await this.observer.progress(latest);
    }, false);
  }

  #enqueue(call: () => Promise<void>, mustNotBeLost: boolean): void {
    this.#tail = this.#tail.then(call).catch((error: unknown) => {
      if (mustNotBeLost) this.#failure ??= { error };
      else this.options.onLost?.(error);
    });
  }
}
