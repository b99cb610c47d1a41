import type { AppError, ErrorContext } from '../../common/errors/index.js';
import type { JobWarning, StageResult } from '../ports/index.js';
import type { ProgressReport } from './progress-meter.js';

/** A warning and the stage that gave it. */
export interface StageWarning {
  stage: string;
  warning: JobWarning;
}

/** A finished stage with how many warnings it gave (also those not kept). */
export interface StageRecord extends StageResult {
  warnings: number;
}

/**
 * Who is told what happens in a run, in order, one call at a time. What it throws at the edges of a stage fails the run;
 * a lost progress report or note does not.
 */
export interface RunObserver {
  /** Stages of an earlier attempt that need not run again; all later ones start anew. */
  resumed(kept: readonly string[]): Promise<void>;
  stageStarted(stage: string): Promise<void>;
  stageEnded(stage: string, record: StageRecord, error: AppError | null): Promise<void>;
  progress(report: ProgressReport): Promise<void>;
  /** Warnings to keep, in order. Beyond the limit they are only counted (in the stage's record). */
  warnings(warnings: readonly StageWarning[]): Promise<void>;
  note(stage: string, message: string, context: ErrorContext): Promise<void>;
}
