import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  Max,
  ValidateIf,
} from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { type Reconciliation, ReconciliationStatus, type StoredFinding } from '../reconciliation.entity.js';
import { ReconcileAction } from '../run.js';

const KINDS = ['orphan', 'missing', 'size', 'foreign'] as const;
const ACTIONS = ['none', 'adopted', 'marked', 'deleted', 'waiting', 'failed'] as const;

/** What a reconciliation may do. */
export class StartReconciliationDto {
  /** `adopt`, `mark`, `delete`. None: a dry run, which only reports. Any of them needs the role admin. */
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(Object.values(ReconcileAction), { each: true })
  @ApiProperty({ enum: ReconcileAction, isArray: true, required: false, default: [] })
  actions: ReconcileAction[] = [];

  /** Orphans younger than this many days are not deleted. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(3650)
  graceDays: number = 7;

  /** Believe the storage also when it does not list most of what the catalogue knows. */
  @IsOptional()
  @IsBoolean()
  force: boolean = false;
}

/** Which reports to list. */
export class ReconciliationQueryDto extends PageQueryDto {
  /** Only of this storage provider. */
  @IsOptional()
  @IsUUID()
  providerId?: string;
}

/** One difference between storage and catalogue. */
export class FindingDto {
  /** `orphan` stored, but unknown; `missing` known, but not stored; `size` of another size; `foreign` not of backupd. */
  @ApiProperty({ enum: KINDS })
  kind!: StoredFinding['kind'];
  key!: string;
  @ApiProperty({ type: Number, nullable: true })
  expectedBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  storedBytes!: number | null;
  /** What was done about it; `waiting`: a later run may do it. */
  @ApiProperty({ enum: ACTIONS })
  action!: StoredFinding['action'];
  /** Why it waits, or what failed. */
  @ApiProperty({ type: String, nullable: true })
  note!: string | null;
}

/** Why a reconciliation failed. */
export class ReconciliationErrorDto {
  code!: string;
  message!: string;
  @ApiProperty({ type: String, nullable: true })
  hint!: string | null;
}

/** The report of a reconciliation, without its findings. */
export class ReconciliationSummaryDto {
  id!: string;
  providerId!: string;
  @ApiProperty({ enum: ReconciliationStatus })
  status!: ReconciliationStatus;
  @ApiProperty({ enum: ReconcileAction, isArray: true, description: 'Empty: a dry run.' })
  actions!: string[];
  /** Exact numbers of objects: listed, known, differences by kind, what was done about them; and bytes. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { listed: 120, known: 118, orphan: 2 },
  })
  counts!: Record<string, number>;
  @ApiProperty({ type: ReconciliationErrorDto, nullable: true })
  error!: ReconciliationErrorDto | null;
  startedAt!: string;
  @ApiProperty({ type: String, nullable: true })
  finishedAt!: string | null;

  static of(this: void, row: Reconciliation): ReconciliationSummaryDto {
    return {
      id: row.id,
      providerId: row.providerId,
      status: row.status,
      actions: row.actions,
      counts: row.counts,
      error: row.error ?? null,
      startedAt: row.startedAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
    };
  }
}

/** The report of a reconciliation. */
export class ReconciliationDto extends ReconciliationSummaryDto {
  /** The first 1,000 differences, of foreign objects the first 100; `counts` is of all. */
  @ApiProperty({ type: [FindingDto] })
  findings!: FindingDto[];

  static override of(this: void, row: Reconciliation): ReconciliationDto {
    return Object.assign(ReconciliationSummaryDto.of(row), { findings: row.findings });
  }
}

export class ReconciliationPageDto extends PageDto {
  @ApiProperty({ type: [ReconciliationSummaryDto] })
  items!: ReconciliationSummaryDto[];
}

/** When every storage is reconciled by itself, marking what is missing. */
export class ReconcileScheduleDto {
  /** Five fields, UTC; null: never. */
  @ValidateIf((_, value) => value !== null)
  @IsString()
  @MaxLength(100)
  @ApiProperty({ type: String, nullable: true, example: '17 3 * * 0' })
  cron!: string | null;
}
