import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PlainErrorDto } from '../../../common/http/index.js';
import type { RunEventType, StoredStage } from '../../../engine/runner/index.js';
import type { ReportedEnd } from '../../node-protocol/index.js';

const STATUSES = ['pending', 'running', 'completed', 'failed', 'skipped'] as const;
const EVENTS: readonly RunEventType[] = [
  'stage.started',
  'stage.progress',
  'stage.completed',
  'stage.failed',
  'stage.skipped',
  'job.warning',
  'job.note',
];
const OUTCOMES = ['completed', 'failed', 'postponed', 'cancelled', 'interrupted', 'stuck'] as const;
const TEXT = 20_000;
/** As the column holds it. */
const MOST_COUNTED = 2_147_483_647;
const isGiven = (_: unknown, value: unknown): boolean => value !== null;

/** A stage as the run left it. */
export class ReportedStageDto {
  @IsString() @MaxLength(200) name!: string;
  @IsIn(STATUSES) status!: StoredStage['status'];
  @ValidateIf(isGiven) @IsString() @MaxLength(TEXT) message!: string | null;
  @IsObject() details!: Record<string, unknown>;
  @ValidateIf(isGiven) @IsNumber() durationSeconds!: number | null;
  @IsInt() @Min(0) @Max(MOST_COUNTED) warnings!: number;
}

/** A warning that the run gave. */
export class ReportedWarningDto {
  @IsString() @MaxLength(200) stage!: string;
  @IsString() @MaxLength(100) code!: string;
  @IsString() @MaxLength(TEXT) message!: string;
  @IsObject() context!: Record<string, unknown>;
}

/** Where the running stage is. */
export class ReportedProgressDto {
  @IsString() @MaxLength(200) stage!: string;
  @IsNumber() @Min(0) bytesDone!: number;
  @ValidateIf(isGiven) @IsNumber() bytesTotal!: number | null;
  @ValidateIf(isGiven) @IsNumber() itemsDone!: number | null;
  @ValidateIf(isGiven) @IsNumber() itemsTotal!: number | null;
  @ValidateIf(isGiven) @IsNumber() percent!: number | null;
  @ValidateIf(isGiven) @IsNumber() bytesPerSecond!: number | null;
  @ValidateIf(isGiven) @IsString() @MaxLength(TEXT) current!: string | null;
}

/** What changes of the job; what is left out stays. */
export class ReportedFactsDto {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ReportedStageDto)
  stages?: ReportedStageDto[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => ReportedWarningDto)
  warnings?: ReportedWarningDto[];
  @IsOptional() @IsInt() @Min(0) @Max(MOST_COUNTED) warningCount?: number;
  @IsOptional() @ValidateNested() @Type(() => ReportedProgressDto) progress?: ReportedProgressDto | null;
}

/** An event of a stage or of the job. */
export class ReportedEventDto {
  @IsIn(EVENTS) type!: RunEventType;
  @IsObject() data!: Record<string, unknown>;
}

/** How a run ended. */
export class ReportedEndDto implements ReportedEnd {
  @IsIn(OUTCOMES) outcome!: ReportedEnd['outcome'];
  @ValidateIf(isGiven) @IsString() @MaxLength(200) stage!: string | null;
  @ValidateIf(isGiven) @ValidateNested() @Type(() => PlainErrorDto) error!: PlainErrorDto | null;
  @ValidateIf(isGiven) @IsObject() result!: Record<string, unknown> | null;
  @ValidateIf(isGiven) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) keptBytes!: number | null;
  @IsBoolean() cutOff!: boolean;
}

/** One thing that a run tells. */
export class ReportDto {
  @IsInt() @Min(1) seq!: number;
  @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) ageMs!: number;
  @IsOptional() @ValidateNested() @Type(() => ReportedFactsDto) facts?: ReportedFactsDto;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ReportedEventDto)
  events?: ReportedEventDto[];
  @IsOptional() @ValidateNested() @Type(() => ReportedEndDto) end?: ReportedEndDto;
}

export class ReportsDto {
  @ApiProperty({
    type: [Object],
    description: 'In order, without gaps. Those that were taken in before are passed over.',
  })
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ReportDto)
  reports!: ReportDto[];
}

export class ReportsAnswerDto {
  @ApiProperty({ description: 'The number that is expected next.', example: 7 })
  next!: number;
}
