/** The API's answers about the catalogue as a whole, its mirror and the secret key. */
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
