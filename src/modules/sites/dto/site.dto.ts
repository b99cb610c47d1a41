import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent, PageDto, PageQueryDto } from '../../../common/http/index.js';
import { RetentionPolicyDto } from './retention-policy.dto.js';

/** A storage provider that a site's backups go to. */
export class DestinationDto {
  @IsUUID()
  id!: string;

  /** With `failover`: how large a share of the sites prefers this provider. 1 when absent; 0 = only when the others fail. */
  @MayBeAbsent()
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

/** From which fall on, in percent of the backup before, a backup raises an alarm; 0 = never, absent = as everywhere. */
export class SiteAlarmsDto {
  /** Of the bytes of files and database together. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(100)
  sizePercent?: number;

  /** Of the number of files. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(100)
  filesPercent?: number;

  /** Of the rows in all tables. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(100)
  rowsPercent?: number;
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

  /** Only those with this label. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  label?: string;

  /** Only those on this node; `self` = on the master's own host. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'self' ? null : value))
  @IsUUID()
  @ApiProperty({ type: String, required: false })
  nodeId?: string | null;
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
  /** When a copy of it was last read back whole: the proof that it can be restored; null = not yet. */
  provenAt!: string | null;
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
  @ApiProperty({ type: String, nullable: true })
  nodeId!: string | null;
  /** That node's name; null for the master's own host, and for a node that is gone. */
  @ApiProperty({ type: String, nullable: true })
  nodeName!: string | null;
  settings!: Record<string, unknown>;
  excludes!: string[];
  /** Secrets are shown as `***`. */
  overrides!: Record<string, string>;
  labels!: string[];
  /** Null = the installation's. */
  @ApiProperty({ type: String, nullable: true })
  timeZone!: string | null;
  paused!: boolean;
  @ApiProperty({ type: SiteDestinationsDto, nullable: true, description: 'Null = the default storages.' })
  destinations!: SiteDestinationsDto | null;
  /** Its own retention policy; null = the default one. */
  @ApiProperty({ type: RetentionPolicyDto, nullable: true })
  retention!: RetentionPolicyDto | null;
  /** Its own limits for alarms; null = the installation's. */
  @ApiProperty({ type: SiteAlarmsDto, nullable: true })
  alarms!: SiteAlarmsDto | null;
  createdAt!: string;
  updatedAt!: string;
  lastBackup!: LastBackupDto | null;
  /** When its schedule backs it up next; null = it has none, or is paused. */
  @ApiProperty({ type: String, nullable: true })
  nextRun!: string | null;
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
