import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { RetentionPolicyDto } from './retention-policy.dto.js';

/** A storage provider that a site's backups go to. */
export class DestinationDto {
  @IsUUID()
  id!: string;

  /** With `failover`: how large a share of the sites prefers this provider. 1 when absent; 0 = only when the others fail. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  weight?: number;
}

/** Where the backups of a site go. */
export class SiteDestinationsDto {
  /** `all`: a copy on each of the providers; `failover`: one copy, on the first that takes it. */
  @IsIn(['all', 'failover'])
  @ApiProperty({ enum: ['all', 'failover'] })
  mode!: 'all' | 'failover';

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => DestinationDto)
  @ApiProperty({ type: [DestinationDto] })
  providers!: DestinationDto[];
}

/** A folder to register as a site. */
export class CreateSiteDto {
  /**
   * Absolute path of the site's folder on this host.
   * @example '/var/www/example.com'
   */
  @IsString()
  @Length(1, 4096)
  path!: string;

  /**
   * Taken from the site itself when absent.
   * @example 'Example shop'
   */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /**
   * Backup module; see `GET /modules`. `wordpress` when absent.
   * @example 'wordpress'
   */
  @IsOptional()
  @IsString()
  @Length(1, 50)
  module?: string;

  /** Settings of the module. */
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  /**
   * What to leave out, each from the site's root on.
   * @example ['/wp-content/cache']
   */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @MaxLength(4096, { each: true })
  excludes?: string[];

  /**
   * Values to use in place of what the site's configuration says. Those named like secrets are sealed.
   * @example { "DB_HOST": "127.0.0.1" }
   */
  @IsOptional()
  @IsObject()
  overrides?: Record<string, string>;

  /**
   * Where its backups go; null = the default storages. With `all`, after a storage was added the next backup is a full one, stored on
   * each of them; earlier backups are not copied (`POST /backups/{id}/copies` does).
   */
  @IsOptional()
  @ValidateNested()
  @Type(() => SiteDestinationsDto)
  @ApiProperty({ type: SiteDestinationsDto, nullable: true, required: false })
  destinations?: SiteDestinationsDto | null;
}

/** What to change; absent fields stay. */
export class UpdateSiteDto {
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** The whole of the module's settings. */
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  /** The whole exclude list. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @MaxLength(4096, { each: true })
  excludes?: string[];

  /** The whole of the overrides; `***` leaves a secret as it is. */
  @IsOptional()
  @IsObject()
  overrides?: Record<string, string>;

  /**
   * Where its backups go; null = the default storages. With `all`, after a storage was added the next backup is a full one, stored on
   * each of them; earlier backups are not copied (`POST /backups/{id}/copies` does).
   */
  @IsOptional()
  @ValidateNested()
  @Type(() => SiteDestinationsDto)
  @ApiProperty({ type: SiteDestinationsDto, nullable: true, required: false })
  destinations?: SiteDestinationsDto | null;

  /** The site's own retention policy; null = the default one. Only an admin may change it. */
  @ApiPropertyOptional({ type: RetentionPolicyDto, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RetentionPolicyDto)
  retention?: RetentionPolicyDto | null;
}

/** Which sites to register. With neither paths nor roots, the configured folders are scanned. */
export class ImportSitesDto {
  /**
   * Folders, each of which is a site.
   * @example ['/var/www/example.com']
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  paths?: string[];

  /**
   * Folders to scan.
   * @example ['/var/www']
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  roots?: string[];
}

export class SiteQueryDto extends PageQueryDto {
  /** Part of name, path or URL. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;

  /** Only the paused ones, or only the others. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  paused?: boolean;
}

/** What the module found out about a site on disk. */
export class SiteDescriptionDto {
  name!: string;
  url!: string | null;
  path!: string;
  /**
   * Version, database name and host, layout, …
   * @example { "version": "6.8.2", "multisite": false }
   */
  facts!: Record<string, unknown>;
  /** What could not be found out, and where it stands. */
  unknown!: string[];
  warnings!: string[];
}

export class LastBackupDto {
  id!: string;
  createdAt!: string;
  /** `completed`, or `partial` when it has warnings. */
  status!: string;
}

/** A registered site. */
export class SiteDto {
  id!: string;
  /** @example 'Example shop' */
  name!: string;
  /** @example 'https://example.com' */
  url!: string | null;
  /** @example '/var/www/example.com' */
  path!: string;
  /** @example 'wordpress' */
  module!: string;
  /** The host it is on; null = the master's own. */
  nodeId!: string | null;
  settings!: Record<string, unknown>;
  excludes!: string[];
  /** Secrets are shown as `***`. */
  overrides!: Record<string, string>;
  paused!: boolean;
  @ApiProperty({ type: SiteDestinationsDto, nullable: true, description: 'Null = the default storages.' })
  destinations!: SiteDestinationsDto | null;
  /** Its own retention policy; null = the default one. */
  @ApiProperty({ type: RetentionPolicyDto, nullable: true })
  retention!: RetentionPolicyDto | null;
  createdAt!: string;
  updatedAt!: string;
  lastBackup!: LastBackupDto | null;
  description!: SiteDescriptionDto | null;
}

export class SitePageDto extends PageDto {
  items!: SiteDto[];
}

export class SkippedSiteDto {
  path!: string;
  reason!: string;
}

export class ImportResultDto {
  created!: SiteDto[];
  /** Registered before. */
  existing!: SiteDto[];
  skipped!: SkippedSiteDto[];
}
