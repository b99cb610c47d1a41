import { defineEntity, p } from '@mikro-orm/core';

export const ReconciliationStatus = { Running: 'running', Completed: 'completed', Failed: 'failed' } as const;
export type ReconciliationStatus = (typeof ReconciliationStatus)[keyof typeof ReconciliationStatus];

/** One difference between a provider's listing and the catalogue, and what was done about it. */
export interface StoredFinding {
  /** `orphan` stored but unknown; `missing` known but not stored; `size` of another size; `foreign` not of backupd. */
  kind: 'orphan' | 'missing' | 'size' | 'foreign';
  key: string;
  expectedBytes: number | null;
  storedBytes: number | null;
  /** `none` in a dry run. */
  action: 'none' | 'adopted' | 'marked' | 'deleted' | 'waiting' | 'failed';
  note: string | null;
}

/** One comparison of a provider with the catalogue: its report, which is kept. */
export const ReconciliationSchema = defineEntity({
  name: 'Reconciliation',
  tableName: 'reconciliation',
  indexes: [{ properties: ['providerId', 'startedAt'] }, { properties: ['startedAt'] }],
  properties: {
    id: p.uuid().primary(),
    providerId: p.uuid(),
    status: p.enum(() => ReconciliationStatus),
    /** What was allowed: `adopt`, `mark`, `delete`; empty = a dry run. */
    actions: p.json<string[]>(),
    /** Objects and differences by kind, bytes. */
    counts: p.json<Record<string, number>>(),
    /** The first of the differences. */
    findings: p.json<StoredFinding[]>(),
    error: p.json<{ code: string; message: string; hint: string | null }>().nullable(),
    startedAt: p.datetime(3),
    finishedAt: p.datetime(3).nullable(),
  },
});

export class Reconciliation extends ReconciliationSchema.class {}
ReconciliationSchema.setClass(Reconciliation);
