/** The API's answers as the command line uses them; openapi.json is the contract. */
import type { JobAttempt } from './api-types-jobs.js';
import type { RetentionPolicyDto } from './api-types-storage.js';

export type * from './api-types-catalogue.js';
export type * from './api-types-jobs.js';
export type * from './api-types-storage.js';

export interface Page<T> {
  items: T[];
  total: number;
  limit: number;
  offset: number;
}

export interface SiteDto {
  id: string;
  name: string;
  url: string | null;
  path: string;
  module: string;
  /** Null: the master's own host. */
  nodeId: string | null;
  nodeName: string | null;
  settings: Record<string, unknown>;
  excludes: string[];
  overrides: Record<string, string>;
  labels: string[];
  timeZone: string | null;
  paused: boolean;
  retention: RetentionPolicyDto | null;
  /** Null: the default storage providers. */
  destinations: { mode: 'all' | 'failover'; providers: { id: string; weight: number }[] } | null;
  /** Its own limits for alarms; null = as everywhere. */
  alarms: { sizePercent?: number; filesPercent?: number; rowsPercent?: number } | null;
  createdAt: string;
  /** When its schedule backs it up next. */
  nextRun: string | null;
  lastBackup: { id: string; createdAt: string; status: string; provenAt: string | null } | null;
}

export type JobStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface JobStage {
  name: string;
  status: 'pending' | 'running' | 'completed' | 'failed' | 'skipped';
  message: string | null;
  details: Record<string, unknown> | null;
  durationSeconds: number | null;
}

export interface JobProgress {
  stage: string | null;
  bytesDone: number;
  bytesTotal: number | null;
  itemsDone: number | null;
  itemsTotal: number | null;
  percent: number | null;
  bytesPerSecond: number | null;
  current: string | null;
}

export interface JobWarningDto {
  code: string;
  message: string;
}

export interface JobDto {
  id: string;
  siteId: string;
  siteName: string;
  /** Null: the master's own host. */
  nodeId: string | null;
  kind: string;
  status: JobStatus;
  priority: number;
  attempt: number;
  attempts: JobAttempt[];
  retryAt: string | null;
  keptUntil: string | null;
  keptBytes: number | null;
  stages: JobStage[];
  progress: JobProgress | null;
  warnings: JobWarningDto[];
  warningCount: number;
  error: { code: string; message: string; hint?: string | null; context?: Record<string, unknown> } | null;
  backupId: string | null;
  request: Record<string, unknown>;
  result: Record<string, unknown> | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface BackupCopyDto {
  providerId: string;
  /** Null: the storage is gone. */
  providerName: string | null;
  state: string;
  verifiedAt: string | null;
}

export interface BackupDto {
  id: string;
  siteId: string;
  siteName: string;
  jobId: string | null;
  createdAt: string;
  parentBackupId: string | null;
  fileCount: number;
  sourceBytes: number;
  databaseBytes: number;
  rowCount: number | null;
  storedBytes: number;
  bundles: number;
  warnings: number | JobWarningDto[];
  bundleKey: string;
  pinned: boolean;
  pinNote: string | null;
  expiresAt: string | null;
  copies: BackupCopyDto[];
}

export interface RestorePreviewDto {
  targetPath: string;
  files: { create: number; replace: number; unchanged: number; delete: number; bytes: number; sample: string[] } | null;
  database: {
    name: string;
    host: string;
    replace: string[];
    create: string[];
    drop: string[];
    createDatabase: boolean;
  } | null;
  bytesNeeded: number;
  bytesFree: number;
  warnings: string[];
}

export interface DiscoveredSiteDto {
  path: string;
  module: string;
  isInstall: boolean;
  reason: string;
  description: {
    name: string;
    url: string | null;
    facts: Record<string, unknown>;
    unknown: string[];
    warnings: string[];
  } | null;
}

/** One line of a streamed scan. */
export type ScanLine =
  | ({ type: 'found'; site?: DiscoveredSiteDto } & Partial<DiscoveredSiteDto>)
  | { type: 'problem'; path: string; message: string }
  | { type: 'progress'; folders: number }
  | { type: 'done'; folders?: number };

export interface TokenDto {
  id: string;
  name: string;
  role: string;
  hint?: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  /** Only in the answer to its creation. */
  token?: string;
}

export interface DoctorDto {
  ok: boolean;
  checks: { name: string; status: 'ok' | 'warning' | 'failed'; message: string; hint?: string | null }[];
}

/** One event of a job, as streamed. */
export interface JobEvent {
  id: string | null;
  type: string;
  data: Record<string, unknown>;
}

export const isFinal = (job: JobDto): boolean =>
  job.status === 'completed' || job.status === 'failed' || job.status === 'cancelled';
