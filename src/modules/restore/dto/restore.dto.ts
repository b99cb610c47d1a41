import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { mustBe, NoNul } from '../../../common/http/index.js';

const WHAT = ['all', 'files', 'database'] as const;
const EXTRA_FILES = ['delete', 'keep'] as const;

/** Another database to restore into. */
export class TargetDatabaseDto {
  /**
   * As WordPress writes it: `localhost`, `host:port`, `host:/path/of/socket`. The site's own when absent.
   * @example '127.0.0.1:3306'
   */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @NoNul()
  host?: string;

  /** @example 'shop_staging' */
  @IsString()
  @Length(1, 64)
  @NoNul()
  name!: string;

  /** @example 'shop' */
  @IsString()
  @Length(1, 128)
  @NoNul()
  user!: string;

  /** Kept sealed until the job ends; never shown. */
  @IsString()
  @MaxLength(1024)
  password!: string;

  /** Table prefix in the target, when it differs. */
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9_]{1,40}$/, mustBe('up to 40 letters, digits and underscores'))
  prefix?: string;
}

/** An account that may create the database and its user. */
export class AdminDatabaseDto {
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @NoNul()
  host?: string;

  /** @example 'root' */
  @IsString()
  @Length(1, 128)
  @NoNul()
  user!: string;

  /** Kept sealed until the job ends; never shown. */
  @IsString()
  @MaxLength(1024)
  password!: string;
}

/** What to restore, and where to. */
export class RestoreDto {
  @IsOptional()
  @IsIn(WHAT)
  @ApiProperty({ enum: WHAT, required: false, default: 'all' })
  what: (typeof WHAT)[number] = 'all';

  /**
   * Only these, relative to the site's root. Not with `what: database`.
   * @example ['wp-content/uploads/2024']
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @Length(1, 4096, { each: true })
  paths?: string[];

  /**
   * Another folder, absolute; the site's own when absent.
   * @example '/var/www/staging'
   */
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  targetPath?: string;

  /**
   * The host to restore on: id of a node, or `self` = the master's own; the host that the site is on when absent. The site stays registered
   * where it is.
   */
  @IsOptional()
  @ValidateIf(({ nodeId }: RestoreDto) => nodeId !== 'self')
  @IsUUID()
  @ApiProperty({ type: String, required: false, example: 'self' })
  nodeId?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => TargetDatabaseDto)
  targetDatabase?: TargetDatabaseDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => AdminDatabaseDto)
  adminDatabase?: AdminDatabaseDto;

  /** Files that are there and not in the backup: `delete` (the default), or `keep` (the default with `paths`). */
  @IsOptional()
  @IsIn(EXTRA_FILES)
  @ApiProperty({ enum: EXTRA_FILES, required: false })
  extraFiles?: (typeof EXTRA_FILES)[number];

  /**
   * Fetch and write only the files that differ from those on disk; the result is the same. A file that nothing happened to since
   * the backup (same inode, size and times) is not read. Not with `what: database`.
   */
  @IsOptional()
  @IsBoolean()
  delta?: boolean;

  /** Only say what would change. */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** What would happen to the files. */
export class FilesPreviewDto {
  create!: number;
  replace!: number;
  unchanged!: number;
  delete!: number;
  /** To write; with `delta`, those of the files that look different. */
  bytes!: number;
  @ApiProperty({ type: [String], description: 'Some of the paths that would change.' })
  sample!: string[];
}

/** What would happen to the database. */
export class DatabasePreviewDto {
  name!: string;
  host!: string;
  @ApiProperty({ type: [String] })
  replace!: string[];
  @ApiProperty({ type: [String] })
  create!: string[];
  @ApiProperty({ type: [String], description: 'Tables of the site made after the backup; kept in a safety dump.' })
  drop!: string[];
  createDatabase!: boolean;
}

/** What a restore would change. */
export class RestorePreviewDto {
  targetPath!: string;
  @ApiProperty({ type: FilesPreviewDto, nullable: true })
  files!: FilesPreviewDto | null;
  @ApiProperty({ type: DatabasePreviewDto, nullable: true })
  database!: DatabasePreviewDto | null;
  bytesNeeded!: number;
  bytesFree!: number;
  @ApiProperty({ type: [String] })
  warnings!: string[];
}
