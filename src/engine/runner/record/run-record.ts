import type { ProgressReport } from '../progress-meter.js';

/** One stage of a job as the row keeps it. */
export interface StoredStage {
  name: string;
  status: 'pending' | 'running' | 'completed' | 'failed' | 'skipped';
  message: string | null;
  details: Record<string, unknown>;
  durationSeconds: number | null;
  /** All warnings of this stage, also those that were not kept. */
  warnings: number;
}

/** A kept warning and the stage it came from. */
export interface StoredWarning {
  stage: string;
  code: string;
  message: string;
  context: Record<string, unknown>;
}

/** Where the running stage is. */
export type StoredProgress = ProgressReport;

/** Why a job failed; safe to show. */
export interface StoredError {
  code: string;
  message: string;
  hint: string | null;
  context: Record<string, unknown>;
}

/** What a run changes of its job; what is left out stays. */
export interface RunFacts {
  stages?: readonly StoredStage[];
  warnings?: readonly StoredWarning[];
  warningCount?: number;
  progress?: StoredProgress | null;
}

/** What can happen to a running job. */
export type RunEventType =
  | 'stage.started'
  | 'stage.progress'
  | 'stage.completed'
  | 'stage.failed'
  | 'stage.skipped'
  | 'job.warning'
  | 'job.note';

/** One thing that happened. Data is safe to show. */
export interface RunEvent {
  type: RunEventType;
  data: Record<string, unknown>;
}

/** Keeps what a run does: the job's row and the event log, or a file until they can be reached. */
export interface RecordKeeper {
  /** All or nothing. An AppError (JOB_LOST: the job is another run's by now) ends the run; anything else is tried again. */
  record(facts: RunFacts, events: readonly RunEvent[]): Promise<void>;
}
