// The names are the original system's interface.
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { NoNul } from '../../../common/http/index.js';

/** Where to look for sites. */
export class DaemonScanQueryDto {
  /**
   * The configured folders when absent.
   * @example '/var/www'
   */
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  base_path?: string;
}

/** A site that a scan has found. */
export class DaemonFoundSiteDto {
  @ApiProperty({ example: '/var/www/example.com' })
  site_path!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Example shop' })
  site_name!: string | null;
  @ApiProperty({ type: String, nullable: true })
  site_url!: string | null;
  @ApiProperty({ example: 'wordpress' })
  module!: string;
  @ApiProperty({ description: 'False for a candidate that is no install.' })
  is_valid!: boolean;
  reason!: string;
}

export class DaemonProblemDto {
  path!: string;
  message!: string;
}

export class DaemonScanDto {
  success!: boolean;
  @ApiProperty({ type: [DaemonFoundSiteDto] })
  sites!: DaemonFoundSiteDto[];
  count!: number;
  @ApiProperty({ type: [DaemonProblemDto] })
  problems!: DaemonProblemDto[];
}

/** A folder to look at. */
export class DaemonVerifySiteDto {
  /** @example '/var/www/example.com' */
  @IsString()
  @Length(1, 4096)
  @NoNul()
  path!: string;
}

export class DaemonVerifiedSiteDto {
  success!: boolean;
  path!: string;
  @ApiProperty({ description: 'Whether there is a site that can be backed up.' })
  valid!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'Why not.' })
  reason!: string | null;
  @ApiProperty({ type: String, nullable: true })
  site_name!: string | null;
  @ApiProperty({ type: String, nullable: true })
  site_url!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Safe facts: version, database name, …' })
  details!: Record<string, unknown>;
}

/** Which site to back up. An unknown one is registered. */
export class DaemonStartDto {
  /** Any text the caller knows the site by, or backupd's own id. */
  @IsString()
  @Length(1, 200)
  @NoNul()
  site_id!: string;

  /** @example '/var/www/example.com' */
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  @NoNul()
  site_path?: string;

  /** @example 'Example shop' */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @NoNul()
  site_name?: string;
}

export class DaemonStopDto {
  @IsString()
  @Length(1, 200)
  @NoNul()
  site_id!: string;
}

export class DaemonStartedDto {
  success!: boolean;
  @ApiProperty({ example: 'running' })
  status!: string;
  job_id!: string;
  @ApiProperty({ description: 'As given.' })
  site_id!: string;
}

export class DaemonStoppedDto {
  success!: boolean;
  @ApiProperty({ example: 'cancelled', description: '`stopping` while the running stage ends.' })
  status!: string;
  job_id!: string;
  site_id!: string;
}

export class DaemonResetDto {
  success!: boolean;
  @ApiProperty({ example: 'idle' })
  status!: string;
  site_id!: string;
}

export class DaemonStageDto {
  @ApiProperty({ enum: ['pending', 'running', 'completed', 'failed', 'skipped'] })
  status!: string;
  @ApiProperty({ type: String, nullable: true })
  message!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: Record<string, unknown>;
  @ApiProperty({ type: Number, nullable: true })
  duration_seconds!: number | null;
}

export class DaemonErrorDto {
  code!: string;
  message!: string;
  @ApiProperty({ type: String, nullable: true })
  hint!: string | null;
}

export class DaemonWarningDto {
  code!: string;
  message!: string;
}

/** How the site's newest backup job stands. */
export class DaemonStatusDto {
  success!: boolean;
  site_id!: string;
  @ApiProperty({ type: String, nullable: true })
  job_id!: string | null;
  @ApiProperty({ enum: ['idle', 'pending', 'running', 'completed', 'failed', 'cancelled'] })
  status!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The running stage, or the one it ended in.' })
  stage!: string | null;
  @ApiProperty({ description: 'Of the whole job, 0 to 100.' })
  progress!: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/DaemonStageDto' },
    description: 'By name, in order.',
  })
  stages!: Record<string, DaemonStageDto>;
  @ApiProperty({ type: DaemonErrorDto, nullable: true })
  error!: DaemonErrorDto | null;
  @ApiProperty({ type: [DaemonWarningDto] })
  warnings!: DaemonWarningDto[];
  @ApiProperty({ type: String, nullable: true })
  started_at!: string | null;
  @ApiProperty({ type: String, nullable: true })
  finished_at!: string | null;
}
