import type { PlainError } from '../../common/errors/index.js';
import type { RunEvent, RunFacts } from '../../engine/runner/index.js';

/** How a run ended; see RunEnd. */
export interface ReportedEnd {
  outcome: 'completed' | 'failed' | 'postponed' | 'cancelled' | 'interrupted' | 'stuck';
  /** The stage that failed; null = the preparation. */
  stage: string | null;
  error: PlainError | null;
  result: Record<string, unknown> | null;
  /** Bytes that stay in the work folder for a retry; null = nothing stays. */
  keptBytes: number | null;
  /** The run was cut off by the end of its process. */
  cutOff: boolean;
}

/**
 * One thing that a run tells. Numbered from 1 within the run, kept on disk until the master has it, and applied once and in order.
 * `ageMs`: how long ago it happened, so that no clock but the master's counts.
 */
export interface Report {
  seq: number;
  ageMs: number;
  facts?: RunFacts;
  events?: readonly RunEvent[];
  end?: ReportedEnd;
}

/** `POST /node/runs/:runId/reports`. Those that the master has already are ignored; a gap is refused (REPORT_OUT_OF_ORDER, with `next`). */
export interface ReportsRequest {
  reports: Report[];
}

export interface ReportsAnswer {
  /** The number it expects next. */
  next: number;
}
