import type { StorageDriver } from '../../engine/ports/index.js';
import type { Report } from './report.js';

export const ReconcileAction = { Adopt: 'adopt', Mark: 'mark', Delete: 'delete' } as const;
export type ReconcileAction = (typeof ReconcileAction)[keyof typeof ReconcileAction];

/** What a reconciliation may do. */
export interface ReconcileOptions {
  /** Empty = a dry run. */
  actions: readonly ReconcileAction[];
  /** Orphans younger than this are never deleted. Days. */
  graceDays: number;
  /** Objects count as missing also when most of what is known is not listed. */
  force: boolean;
}

/** What the steps of one run share. */
export interface ReconcileRun extends ReconcileOptions {
  providerId: string;
  driver: StorageDriver;
  report: Report;
  signal: AbortSignal;
}
