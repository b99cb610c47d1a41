/** The API's answers about storages, what is kept there, and how it is proven. */
import type { Page } from './api-types.js';

export interface RetentionPolicyDto {
  keepLast?: number;
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
  yearly?: number;
  keepWithin?: string;
  timeZone?: string;
}

export interface RetentionDto {
  policy: RetentionPolicyDto | null;
  graceHours: number;
  suggested: RetentionPolicyDto;
  deletes: boolean;
  note: string;
}

export interface RetentionVerdictDto {
  backupId: string;
  createdAt: string;
  action: 'keep' | 'expire';
  reasons: string[];
  expiresAt: string | null;
  freedBytes: number;
}

export interface RetentionPreviewDto extends Page<RetentionVerdictDto> {
  policy: RetentionPolicyDto | null;
  source: string;
  note: string;
  graceHours: number;
  kept: number;
  expired: number;
  freedBytes: number;
  freed: { providerId: string; providerName: string | null; bytes: number; objects: number }[];
}

export interface QuotaDto {
  scope: string;
  subjectId: string | null;
  name: string | null;
  bytes: number;
  over: string;
  updatedAt: string;
}

export interface UsageDto {
  subjectId: string | null;
  name: string | null;
  bytes: number;
  objects: number;
  reservedBytes: number;
  quotaBytes: number | null;
  over: string | null;
  percent: number | null;
  near: boolean;
}

export interface RetentionRunDto {
  expired: number;
  takenBack: number;
  removed: number;
  waiting: number;
}

export interface ReconciliationDto {
  id: string;
  status: 'running' | 'completed' | 'failed';
  actions: string[];
  counts: Record<string, number>;
  findings: {
    kind: string;
    key: string;
    expectedBytes: number | null;
    storedBytes: number | null;
    action: string;
    note: string | null;
  }[];
  error: { code: string; message: string; hint: string | null } | null;
}

export interface ProviderProofDto {
  providerName: string;
  objects: number;
  bytes: number;
  damaged: number;
  missing: number;
  overdue: number;
  oldestProofAt: string | null;
  shareReadInTime: number;
  guaranteed: boolean | null;
  needsBytesPerDay: number;
  running: boolean;
  last: {
    startedAt: string;
    objects: number;
    bytes: number;
    damaged: number;
    missing: number;
    unreadable: number;
    error: { code: string; message: string } | null;
  } | null;
}

export interface ProofDto {
  everyDays: number;
  budgetBytes: number | null;
  budgetMinutes: number | null;
  providers: ProviderProofDto[];
}

export interface StorageDto {
  id: string;
  name: string;
  kind: string;
  settings: Record<string, unknown>;
  isDefault: boolean;
  enabled: boolean;
  createdAt: string;
  space: { freeBytes: number; totalBytes: number } | null;
}

export interface StorageKindDto {
  kind: string;
  title: string;
  settingsSchema: {
    required?: string[];
    properties?: Record<string, { type?: string; title?: string; description?: string }>;
  };
  secretSettings: string[];
}

export interface StorageTestDto {
  ok: boolean;
  durationMs: number;
  steps: {
    name: string;
    status: 'ok' | 'failed' | 'skipped';
    durationMs: number;
    error: { code: string; message: string; hint: string | null; permission: string | null } | null;
  }[];
}
