import type { AppError, ErrorContext } from '../../common/errors/index.js';
import type { JobWarning, StageResult } from '../ports/index.js';
import type { ProgressReport } from './progress-meter.js';

/** A finished stage with how many warnings it gave (also those not kept). */
export interface StageRecord extends StageResult {
  warnings: number;
}

/**
 * Who is told what happens in a run, in order. Being told costs nothing; `write` brings all that was told since to where it is
 * kept, so that what happens at the same time is written at once.
 */
export interface RunObserver {
  /** Stages of an earlier attempt that need not run again; all others start anew. */
  resumed(kept: readonly string[]): void;
  stageStarted(stage: string): void;
  stageEnded(stage: string, record: StageRecord, error: AppError | null): void;
  progress(report: ProgressReport): void;
  /** A warning to keep. Beyond the limit they are only counted (in the stage's record). */
  warning(stage: string, warning: JobWarning): void;
  note(stage: string, message: string, context: ErrorContext): void;
  /**
   * Writes what was told and not written yet; called again only when it has settled. What it throws ends the run, so it throws
   * only when something is lost that a person must know, or the job is another's by now.
   */
  write(): Promise<void>;
}
