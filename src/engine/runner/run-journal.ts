import type { ErrorContext } from '../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../ports/index.js';
import type { RunObserver } from './observer.js';
import type { StallWatch } from './stall-watch.js';
import { StageJournal } from './stage-journal.js';

export interface JournalOptions {
  /** Warnings kept over the whole job; more are counted. */
  maxWarnings?: number;
  maxNotes?: number;
  progressIntervalMs?: number;
}

/**
 * The journal of one run: never makes a stage wait. It tells the observer at once and has it write in the background, one write
 * at a time, each with all that was told meanwhile: a slow database holds nothing up. Each running stage has a journal of its
 * own; the run's own methods speak for the stage that began last.
 */
export class RunJournal implements JobJournal {
  #isDirty = false;
  #writing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  readonly #failed = Promise.withResolvers<never>();
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
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects with what the observer threw, when it does; the run is then over. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  progress(progress: StageProgress): void {
    this.#last?.progress(progress);
  }

  alive(): void {
    this.#last?.alive();
  }

  warn(warning: JobWarning): void {
    if (this.#last === null) this.#warn('', warning);
    else this.#last.warn(warning);
  }

  note(message: string, context: ErrorContext = {}): void {
    this.#note(this.#last?.stage ?? '', message, context);
  }

  /** Begins a stage; its journal. */
  beginStage(stage: string, watch?: StallWatch): StageJournal {
    const journal = new StageJournal(
      stage,
      {
        report: (report) => this.tell((observer) => observer.progress(report)),
        warn: (name, warning) => this.#warn(name, warning),
        note: (name, message, context) => this.#note(name, message, context),
      },
      this.options.progressIntervalMs,
      watch,
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

  /** Tells the observer something; it is written soon, together with what else is told until then. */
  tell(what: (observer: RunObserver) => void): void {
    if (this.#failure !== null) return;
    what(this.observer);
    this.#isDirty = true;
    this.#writing ??= this.#write();
  }

  /** Resolves when all that was told so far is written; throws what the observer threw. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #write(): Promise<void> {
    // What belongs together is told in one go.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#takeDirty()) await this.observer.write();
    } catch (error) {
      this.#failure = { error };
      this.#failed.reject(error);
    }
    this.#writing = null;
  }

  #takeDirty(): boolean {
    const wasDirty = this.#isDirty;
    this.#isDirty = false;
    return wasDirty;
  }

  #warn(stage: string, warning: JobWarning): void {
    if (this.#kept >= (this.options.maxWarnings ?? 200)) return;
    this.#kept++;
    this.tell((observer) => observer.warning(stage, warning));
  }

  #note(stage: string, message: string, context: ErrorContext): void {
    if (this.#notes >= (this.options.maxNotes ?? 500)) return;
    this.#notes++;
    this.tell((observer) => observer.note(stage, message, context));
  }
}
