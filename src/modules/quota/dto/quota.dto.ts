import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { OverQuota, QuotaScope } from '../quota.entity.js';

/** A quota to set. */
export class SetQuotaDto {
  /** The most bytes that may be stored; 0 = nothing. */
  @ApiProperty({ example: 50_000_000_000 })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  bytes!: number;

  /** When a backup would go over: it fails, or backups that retention lets go are deleted first, at once. `fail` when absent. */
  @ApiPropertyOptional({ enum: OverQuota })
  @IsOptional()
  @IsIn(Object.values(OverQuota))
  over: OverQuota = OverQuota.Fail;
}

/** A quota. */
export class QuotaDto {
  @ApiProperty({ enum: QuotaScope })
  scope!: QuotaScope;
  @ApiProperty({ type: String, nullable: true, description: "Site, node or provider; null is the master's own host." })
  subjectId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Null when the subject is gone or has no name.' })
  name!: string | null;
  bytes!: number;
  @ApiProperty({ enum: OverQuota })
  over!: OverQuota;
  updatedAt!: string;
}

export class QuotaPageDto extends PageDto {
  @ApiProperty({ type: [QuotaDto] })
  items!: QuotaDto[];
}

/** Usage of what. */
export class UsageQueryDto extends PageQueryDto {
  @ApiProperty({ enum: QuotaScope })
  @IsEnum(QuotaScope)
  scope!: QuotaScope;
}

/** What one site, node or provider has stored. */
export class UsageDto {
  @ApiProperty({ type: String, nullable: true, description: "Site, node or provider; null is the master's own host." })
  subjectId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  name!: string | null;
  @ApiProperty({ description: 'Stored bytes, each copy by itself.' })
  bytes!: number;
  @ApiProperty({ description: 'Bundles and manifests.' })
  objects!: number;
  @ApiProperty({ description: 'What running backups are about to store, in bytes.' })
  reservedBytes!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Null: no limit.' })
  quotaBytes!: number | null;
  @ApiProperty({ enum: OverQuota, nullable: true })
  over!: OverQuota | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Stored and reserved bytes of the quota, in percent.' })
  percent!: number | null;
  @ApiProperty({ description: 'At 80 % of the quota or more.' })
  near!: boolean;
}

/** Usage, the largest first. */
export class UsagePageDto extends PageDto {
  @ApiProperty({ type: [UsageDto] })
  items!: UsageDto[];
}
