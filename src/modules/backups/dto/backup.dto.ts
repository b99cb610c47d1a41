import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { CopyState } from '../backup.entity.js';
import type { CataloguedBackup } from '../catalogue.js';

/** Where a backup lies. */
export class CopyDto {
  providerId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null when the provider is gone.', example: 'local' })
  providerName!: string | null;
  @ApiProperty({ enum: CopyState })
  state!: CopyState;
  @ApiProperty({ type: String, nullable: true, description: 'When every byte of it was last read back and right.' })
  verifiedAt!: string | null;
}

/** A backup. */
export class BackupDto {
  id!: string;
  siteId!: string;
  siteName!: string;
  jobId!: string;
  @ApiProperty({ description: 'When the site was read.' })
  createdAt!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The backup it was compared with; null for a full one.' })
  parentBackupId!: string | null;
  fileCount!: number;
  @ApiProperty({ description: 'Files and database as they are on the host, in bytes.' })
  sourceBytes!: number;
  databaseBytes!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Rows in all tables; null without a database, or where nobody counted.',
  })
  rowCount!: number | null;
  @ApiProperty({ description: 'What this backup added to the storage, in bytes.' })
  storedBytes!: number;
  @ApiProperty({ description: 'How many bundles its content lies in, its own and those of earlier backups.' })
  bundles!: number;
  @ApiProperty({ description: 'How many warnings the backup ended with; above 0 it is partial.' })
  warnings!: number;
  @ApiProperty({ description: 'Key of the bundle in the storages.' })
  bundleKey!: string;
  bundleSha256!: string;
  @ApiProperty({ description: 'Never deleted by retention or a quota, and not by hand either until it is unpinned.' })
  pinned!: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'before the relaunch' })
  pinNote!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Retention has let it go: it is deleted after this time unless it is kept (`POST /backups/{id}/keep`).',
  })
  expiresAt!: string | null;
  @ApiProperty({ type: [CopyDto] })
  copies!: CopyDto[];

  /** The backup as the API shows it. */
  static of(
    this: void,
    { backup, copies, bundles }: CataloguedBackup,
    providers: ReadonlyMap<string, string>,
  ): BackupDto {
    return {
      id: backup.id,
      siteId: backup.siteId,
      siteName: backup.siteName,
      jobId: backup.jobId,
      createdAt: backup.startedAt.toISOString(),
      parentBackupId: backup.parentBackupId ?? null,
      fileCount: backup.fileCount,
      sourceBytes: backup.sourceBytes,
      databaseBytes: backup.databaseBytes,
      rowCount: backup.rowCount ?? null,
      storedBytes: backup.storedBytes,
      bundles,
      warnings: backup.warningCount,
      bundleKey: backup.bundleKey,
      bundleSha256: backup.bundleSha256,
      pinned: backup.pinned,
      pinNote: backup.pinNote ?? null,
      expiresAt: backup.expiresAt?.toISOString() ?? null,
      copies: copies.map((copy) => ({
        providerId: copy.providerId,
        providerName: providers.get(copy.providerId) ?? null,
        state: copy.state,
        verifiedAt: copy.verifiedAt?.toISOString() ?? null,
      })),
    };
  }
}

/** A page of backups, newest first. */
export class BackupPageDto extends PageDto {
  @ApiProperty({ type: [BackupDto] })
  items!: BackupDto[];
}

/** Filter of the list of backups. */
export class BackupQueryDto extends PageQueryDto {
  @IsOptional()
  @IsUUID()
  siteId?: string;
}

/** What to change of a backup; absent fields stay. */
export class UpdateBackupDto {
  /** Pin it (it is kept for ever) or unpin it (retention decides again). */
  @IsOptional()
  @IsBoolean()
  pinned?: boolean;

  /**
   * Why it is pinned; it goes when the backup is unpinned.
   * @example 'before the relaunch'
   */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  pinNote?: string | null;
}

/** How a backup is started. */
export class StartBackupDto {
  /** Higher goes first. */
  @IsOptional()
  @IsInt()
  @Min(-100)
  @Max(100)
  priority?: number;

  /** Store everything anew, compared with nothing. */
  @IsOptional()
  @IsBoolean()
  full?: boolean;

  /** Read every file, also what looks unchanged; content that is stored already is not stored again. */
  @IsOptional()
  @IsBoolean()
  reread?: boolean;
}

/** A path in a backup: text, or base64 of its bytes where it is not UTF-8. */
export class BackupPathDto {
  /**
   * As in the backup: files of the site begin with `files/`.
   * @example 'files/wp-content'
   */
  @IsOptional()
  @IsString()
  @MaxLength(16_384)
  path?: string;

  /** In place of `path`, where that is not UTF-8. */
  @IsOptional()
  @IsString()
  @MaxLength(32_768)
  pathBase64?: string;
}

/** Which part of a folder. */
export class FolderQueryDto extends BackupPathDto {
  /** `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  cursor?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 200;
}

/** One name in a folder of a backup. */
export class FolderItemDto {
  @ApiProperty({ description: 'For showing.', example: 'wp-config.php' })
  name!: string;
  @ApiProperty({ required: false, description: 'To ask for next.', example: 'files/wp-config.php' })
  path?: string;
  @ApiProperty({ required: false, description: 'In place of `path`, where that is not UTF-8.' })
  pathBase64?: string;
  @ApiProperty({ enum: ['file', 'dir', 'symlink', 'hardlink', 'fifo'] })
  type!: 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo';
  @ApiProperty({ description: 'Of a folder: the sum of all files below.' })
  size!: number;
  @ApiProperty({ description: 'Files below a folder.' })
  files!: number;
  @ApiProperty({ required: false, example: 420 })
  mode?: number;
  @ApiProperty({ required: false })
  uid?: number;
  @ApiProperty({ required: false })
  gid?: number;
  @ApiProperty({ required: false })
  user?: string;
  @ApiProperty({ required: false })
  group?: string;
  @ApiProperty({ required: false, description: 'Nanoseconds since 1970, as text.' })
  mtime?: string;
  @ApiProperty({ required: false })
  target?: string;
  @ApiProperty({ required: false, description: 'It changed while it was read.' })
  changed?: true;
}

/** A part of a folder of a backup. */
export class FolderListingDto {
  @ApiProperty({ type: [FolderItemDto] })
  items!: FolderItemDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Give it back to get more; null at the end.' })
  nextCursor!: string | null;
}

/** How a backup is deleted. */
export class DeleteBackupDto {
  /** Delete it even if it is the site's newest good one. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  force: boolean = false;
}
