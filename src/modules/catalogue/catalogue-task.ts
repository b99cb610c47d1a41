import type { AppError } from '../../common/errors/index.js';

export type CatalogueTaskKind = 'backup' | 'rebuild' | 'recover';

/** Something that the catalogue is busy with, or was. */
export interface CatalogueTask {
  id: string;
  kind: CatalogueTaskKind;
  status: 'running' | 'completed' | 'failed';
  /** Counts that grow while it runs. */
  progress: Record<string, number>;
  /** What came of it; null until it has ended well. */
  report: Record<string, unknown> | null;
  error: AppError | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** What a task's work gets. */
export interface TaskContext {
  readonly signal: AbortSignal;
  /** Adds to a count of the progress. */
  readonly count: (name: string, by?: number) => void;
}
