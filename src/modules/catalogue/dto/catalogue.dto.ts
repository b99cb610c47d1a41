import { IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { mustBe } from '../../../common/http/index.js';
import type { CatalogueTask } from '../catalogue-task.js';

/** Where to rebuild the catalogue from. */
export class RebuildCatalogueDto {
  /** The storage provider. */
  @IsUUID()
  providerId!: string;
}

/** Which storage's catalogue backups to list. */
export class CatalogueBackupsQueryDto {
  @IsUUID()
  providerId!: string;
}

/** Which catalogue backup to recover from. */
export class RecoverCatalogueDto {
  /** The storage provider it lies on. */
  @IsUUID()
  providerId!: string;

  /**
   * Its key; the newest one when absent.
   * @example 'catalogue/20260102T031700Z-0199f1d2-7c1a-7e52-a1a0-1d2c3b4a5968.backupd'
   */
  @IsOptional()
  @IsString()
  @Matches(
    /^catalogue\/[0-9A-Za-z-]{1,100}\.backupd$/,
    mustBe('a key as the list of catalogue backups has it: catalogue/….backupd'),
  )
  key?: string;

  /** The secret key of the lost server, as `backupd secrets export` gave it; not needed when this master has it. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  secretKey?: string;
}

/** Why a task failed. */
export class CatalogueTaskErrorDto {
  code!: string;
  message!: string;
  hint!: string | null;
}

/** Something that the catalogue is busy with, or was. */
export class CatalogueTaskDto {
  id!: string;
  kind!: 'backup' | 'rebuild' | 'recover';
  status!: 'running' | 'completed' | 'failed';
  /**
   * Counts that grow while it runs.
   * @example { "sites": 3, "backups": 120 }
   */
  progress!: Record<string, number>;
  /** What came of it: what was adopted, known, damaged, incomplete; where a backup was stored. Null until it has ended well. */
  report!: Record<string, unknown> | null;
  error!: CatalogueTaskErrorDto | null;
  startedAt!: string;
  finishedAt!: string | null;

  static of(task: CatalogueTask): CatalogueTaskDto {
    const { id, kind, status, progress, report, error } = task;
    return {
      id,
      kind,
      status,
      progress: { ...progress },
      report,
      error: error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? null },
      startedAt: task.startedAt.toISOString(),
      finishedAt: task.finishedAt?.toISOString() ?? null,
    };
  }
}

/** The catalogue at a glance. */
export class CatalogueDto {
  /** Neither sites nor backups: a lost server can be recovered into it. */
  empty!: boolean;
  sites!: number;
  backups!: number;
  /** When the catalogue was last backed up; null = never. */
  lastBackupAt!: string | null;
  /** The newest task since the server's start. */
  task!: CatalogueTaskDto | null;
}

/** A catalogue backup in a storage. */
export class ShelvedCatalogueDto {
  key!: string;
  size!: number;
  /** The master that made it. */
  instance!: string;
  /** Its host, by its own words. */
  host!: string | null;
  createdAt!: string | null;
  /** Name of the secret key it is sealed with; null when it is damaged. */
  keyId!: string | null;
  /** Whether this master has that key. */
  canOpen!: boolean;
}

export class ShelvedCataloguesDto {
  /** Newest first. */
  items!: ShelvedCatalogueDto[];
}
