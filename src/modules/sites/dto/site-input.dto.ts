import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsLabel, IsZone, MayBeAbsent, NoNul } from '../../../common/http/index.js';
import { MAX_LABELS } from '../../../common/labels.js';
import { RetentionPolicyDto } from './retention-policy.dto.js';
import { SiteAlarmsDto, SiteDestinationsDto } from './site.dto.js';

/** What a person sets of a site. Each that is given replaces the whole value. */
export class SiteInputDto {
  /**
   * Taken from the site itself when it was never given.
   * @example 'Example shop'
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** Settings of the module. */
  @MayBeAbsent()
  @IsObject()
  settings?: Record<string, unknown>;

  /**
   * What to leave out, each from the site's root on.
   * @example ['/wp-content/cache']
   */
  @MayBeAbsent()
  @IsArray()
  @IsString({ each: true })
  @MaxLength(4096, { each: true })
  excludes?: string[];

  /**
   * Values to use in place of what the site's configuration says. Those named like secrets are sealed; `***` leaves one as it is.
   * @example { "DB_HOST": "127.0.0.1" }
   */
  @MayBeAbsent()
  @IsObject()
  overrides?: Record<string, string>;

  /**
   * Words by which schedules, hooks and notifications choose sites.
   * @example ['shop', 'customer-a']
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_LABELS)
  @IsLabel({ each: true })
  labels?: string[];

  /** IANA name, e.g. `Europe/Berlin`; null = the installation's. */
  @IsOptional()
  @IsZone()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'Europe/Berlin' })
  timeZone?: string | null;

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

/** A folder to register as a site. */
export class CreateSiteDto extends SiteInputDto {
  /**
   * Absolute path of the site's folder on its host.
   * @example '/var/www/example.com'
   */
  @IsString()
  @Length(1, 4096)
  path!: string;

  /** The node it is on; null or absent = the master's own host. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ type: String, nullable: true, required: false })
  nodeId?: string | null;

  /**
   * Backup module; see `GET /modules`. `wordpress` when absent.
   * @example 'wordpress'
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, 50)
  module?: string;
}

/** What to change; absent fields stay. */
export class UpdateSiteDto extends SiteInputDto {
  /**
   * Where the site has moved to on its host: an absolute path, at which its module must find it.
   * @example '/srv/www/example.com'
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, 4096)
  path?: string;

  /** The site's own limits for alarms; null = the installation's. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SiteAlarmsDto)
  @ApiProperty({ type: SiteAlarmsDto, nullable: true, required: false })
  alarms?: SiteAlarmsDto | null;

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
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  paths?: string[];

  /**
   * Folders to scan.
   * @example ['/var/www']
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  roots?: string[];

  /** The node to look on; null or absent = the master's own host. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ type: String, nullable: true, required: false })
  nodeId?: string | null;
}

/** Where a site goes. */
export class MoveSiteDto {
  /** The node that it is on from now on; null = the master's own host. */
  @ValidateIf((_, value) => value !== null)
  @IsUUID()
  @ApiProperty({ type: String, nullable: true })
  nodeId!: string | null;

  /**
   * Absolute path of its folder there.
   * @example '/var/www/example.com'
   */
  @IsString()
  @Length(1, 4096)
  @NoNul()
  path!: string;

  /** Also when the site is not there yet, or its host does not answer: nothing is looked at, and backups fail until it is there. */
  @MayBeAbsent()
  @IsBoolean()
  force?: boolean;
}
