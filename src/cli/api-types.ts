/** The API's answers as the command line uses them; openapi.json is the contract. */
export interface Page<T> {
  items: T[];
  total: number;
  limit: number;
  offset: number;
}

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

export interface SiteDto {
  id: string;
  name: string;
  url: string | null;
  path: string;
  module: string;
  settings: Record<string, unknown>;
  excludes: string[];
  overrides: Record<string, string>;
  paused: boolean;
  retention: RetentionPolicyDto | null;
  /** Null: the default storage providers. */
  destinations: { mode: 'all' | 'failover'; providers: { id: string; weight: number }[] } | null;
  createdAt: string;
  lastBackup: { id: string; createdAt: string; status: string } | null;
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
  kind: string;
  status: JobStatus;
  priority: number;
  attempt: number;
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
  providerName: string;
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

export interface SecretKeysDto {
  keyId: string;
  keyIds: string[];
  given: boolean;
}

export interface RotationDto {
  keyId: string;
  previousKeyId: string;
  made: boolean;
  resealed: number;
  unreadable: { table: string; id: string; message: string }[];
}

export interface StorageDto {
  id: string;
  name: string;
  kind: string;
}

export interface CatalogueTaskDto {
  id: string;
  kind: 'backup' | 'rebuild' | 'recover';
  status: 'running' | 'completed' | 'failed';
  progress: Record<string, number>;
  report: Record<string, unknown> | null;
  error: { code: string; message: string; hint: string | null } | null;
}

export interface CatalogueDto {
  empty: boolean;
  sites: number;
  backups: number;
  lastBackupAt: string | null;
  task: CatalogueTaskDto | null;
}

/** The report of a rebuild. */
export interface RebuildReportDto {
  providerId: string;
  sites: { entered: number; known: number; conflict: number; refused: number };
  backups: { adopted: number; known: number; damaged: number; incomplete: number; later: number };
  missing: number;
  findings: { key: string; code: string; message: string }[];
  moreFindings: number;
}

/** The report of a catalogue backup. */
export interface CatalogueBackupReportDto {
  key: string;
  keyId: string;
  size: number;
  rows: Record<string, number>;
  stored: string[];
  failed: { provider: string; code: string; message: string }[];
}

/** The report of a recovery. */
export interface RecoveryReportDto {
  key: string;
  createdAt: string;
  keyId: string;
  rows: Record<string, number>;
  providers: {
    id: string;
    name: string;
    rebuilt: RebuildReportDto | null;
    error: { code: string; message: string } | null;
  }[];
  unreadableSecrets: number;
}

export interface ShelvedCatalogueDto {
  key: string;
  size: number;
  instance: string;
  host: string | null;
  createdAt: string | null;
  keyId: string | null;
  canOpen: boolean;
}

export interface DoctorDto {
  ok: boolean;
  checks: { name: string; status: 'ok' | 'warning' | 'failed'; message: string; hint?: string | null }[];
}

export interface MirrorDto {
  configured: boolean;
  enabled: boolean | null;
  accountId: string | null;
  databaseId: string | null;
  baseUrl: string | null;
  serverId: string | null;
  status: {
    lastSuccessAt: string | null;
    behindSince: string | null;
    rowsWaiting: number | null;
    rowsSent: number;
    rowsDeleted: number;
    auditedAt: string | null;
    lastError: { code: string; message: string; hint: string | null; at: string } | null;
  } | null;
}

export interface MirrorTestDto {
  ok: boolean;
  servers: string[];
  durationMs: number;
}

export interface MirrorSyncDto {
  sent: number;
  deleted: number;
  tooLarge: number;
  durationMs: number;
}

export interface MirrorRestoreDto {
  serverId: string;
  rows: { table: string; rows: number }[];
  notes: string[];
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

/** One event of a job, as streamed. */
export interface JobEvent {
  id: string | null;
  type: string;
  data: Record<string, unknown>;
}

export const isFinal = (job: JobDto): boolean =>
  job.status === 'completed' || job.status === 'failed' || job.status === 'cancelled';

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
