import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
  IsDefined,
} from 'class-validator';
import { IsLabel, IsZone, MayBeAbsent, mustBe, PageQueryDto } from '../../../common/http/index.js';
import { MAX_LABELS } from '../../../common/labels.js';
import { MissedPolicy, ScheduleKind, ScheduleScope } from '../schedule.entity.js';
import { BlackoutDto, RhythmDto } from './rhythm.dto.js';

const KINDS = Object.values(ScheduleKind);
const SCOPES = Object.values(ScheduleScope);
const POLICIES = Object.values(MissedPolicy);
const LEVELS = ['quick', 'full'] as const;

/** What the kind needs besides. */
export class ScheduleOptionsDto {
  /** `backup`: compared with nothing, everything is stored again. */
  @MayBeAbsent()
  @IsBoolean()
  full?: boolean;

  /** `backup`: every file is read, also where nothing looks changed. */
  @MayBeAbsent()
  @IsBoolean()
  reread?: boolean;

  /** `verify`: how thoroughly; `full` when absent. */
  @MayBeAbsent()
  @IsIn(LEVELS)
  @ApiPropertyOptional({ enum: LEVELS })
  level?: (typeof LEVELS)[number];

  /** `scan`: where to look, absolute paths; the configured folders when absent. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(/^\/[^\0]*$/, { each: true, ...mustBe('an absolute path') })
  @MaxLength(4096, { each: true })
  roots?: string[];

  /** `scan`: register what is found, so that the schedules for all (or its labels) hold for it. */
  @MayBeAbsent()
  @IsBoolean()
  enrol?: boolean;

  /** `scan`: labels of what is registered. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_LABELS)
  @IsLabel({ each: true })
  labels?: string[];

  /** `scan`: change the path of a registered site that has moved. */
  @MayBeAbsent()
  @IsBoolean()
  followMoves?: boolean;
}

/** What a person sets of a schedule. */
export class ScheduleInputDto {
  /** Made from kind and scope when it was never given. */
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** IANA name; null = each site's own, else the installation's. */
  @IsOptional()
  @IsZone()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'Europe/Berlin' })
  timeZone?: string | null;

  /** Each site's runs are late by up to so many seconds, always the same for a site, and never beyond the next slot. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(604_800)
  jitterSeconds?: number;

  /** When nothing is started: a slot that falls in there waits until the end. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => BlackoutDto)
  blackouts?: BlackoutDto[];

  /** After a downtime: one run for all slots that passed, or none. `run-once` when never given. */
  @MayBeAbsent()
  @IsIn(POLICIES)
  @ApiPropertyOptional({ enum: POLICIES })
  missed?: MissedPolicy;

  /** So many jobs of this schedule at a time on one host; null = no limit of its own. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  @ApiProperty({ type: Number, nullable: true, required: false })
  maxPerNode?: number | null;

  /** Replaced as a whole. */
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => ScheduleOptionsDto)
  options?: ScheduleOptionsDto;

  /** A paused schedule starts nothing; for the sites it is for it is off, also where one of a wider scope exists. */
  @MayBeAbsent()
  @IsBoolean()
  paused?: boolean;
}

/** A new schedule. */
export class CreateScheduleDto extends ScheduleInputDto {
  @IsIn(KINDS)
  @ApiProperty({ enum: KINDS })
  kind!: ScheduleKind;

  /** Of two of the same kind the closest counts: site, label (the first by the alphabet), node, all. */
  @IsIn(SCOPES)
  @ApiProperty({ enum: SCOPES })
  scope!: ScheduleScope;

  /** Site id, label, or id of a node; null for `all`, and for the master's own host. */
  @IsOptional()
  @IsString()
  @Length(1, 50)
  @ApiProperty({ type: String, nullable: true, required: false })
  scopeValue?: string | null;

  @IsDefined()
  @ValidateNested()
  @Type(() => RhythmDto)
  rhythm!: RhythmDto;
}

/** What to change; absent fields stay. Kind and scope are what they are. */
export class UpdateScheduleDto extends ScheduleInputDto {
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => RhythmDto)
  rhythm?: RhythmDto;
}

/** A schedule to try. */
export class PreviewScheduleDto extends PickType(ScheduleInputDto, ['timeZone', 'jitterSeconds', 'blackouts']) {
  @IsDefined()
  @ValidateNested()
  @Type(() => RhythmDto)
  rhythm!: RhythmDto;

  /** Whose jitter and time zone; without it the slots themselves are shown. */
  @MayBeAbsent()
  @IsUUID()
  siteId?: string;
}

export class ScheduleQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(KINDS)
  @ApiPropertyOptional({ enum: KINDS })
  kind?: ScheduleKind;
}

/** Settings of all schedules. */
export class ScheduleSettingsDto {
  /** IANA name: the zone of schedules and sites that have none of their own. At first that of the host. */
  @IsZone()
  @ApiProperty({ example: 'Europe/Berlin' })
  timeZone!: string;
}
