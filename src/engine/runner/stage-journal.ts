import type { ErrorContext } from '../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../ports/index.js';
import type { StallWatch } from './stall-watch.js';
import { ProgressMeter, type ProgressReport } from './progress-meter.js';

/** Where a stage's journal hands things on to. */
export interface JournalTarget {
  report(report: ProgressReport): void;
  warn(stage: string, warning: JobWarning): void;
  note(stage: string, message: string, context: ErrorContext): void;
}

/** The journal of one running stage. What comes after its end is ignored but for warnings and notes. */
export class StageJournal implements JobJournal {
  #meter: ProgressMeter | null;
  #warnings = 0;

  constructor(
    readonly stage: string,
    private readonly target: JournalTarget,
    intervalMs?: number,
    private readonly watch?: Pick<StallWatch, 'progress' | 'alive'>,
  ) {
    this.#meter = new ProgressMeter(stage, (report) => target.report(report), intervalMs);
  }

  progress(progress: StageProgress): void {
    this.#meter?.update(progress);
    this.watch?.progress(progress);
  }

  alive(): void {
    this.watch?.alive();
  }

  warn(warning: JobWarning): void {
    this.#warnings++;
    this.target.warn(this.stage, warning);
  }

  note(message: string, context: ErrorContext = {}): void {
    this.target.note(this.stage, message, context);
  }

  /** Ends the stage and gives the number of its warnings. */
  end(): number {
    this.#meter?.end();
    this.#meter = null;
    return this.#warnings;
  }
}
