import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsLabel, IsTimeOfDay, IsZone, MayBeAbsent, PageDto } from '../../../common/http/index.js';
import { SEVERITIES, type NewsSeverity } from '../news/news.js';
import { EVENT_PATTERN } from '../rules/rule-match.js';

const EVENTS = {
  message:
    'each event must be one of: *, job.* job.started job.completed job.partial job.failed job.cancelled (each also with :backup, :restore, :verify or :repair), alarm.* alarm.raised alarm.cleared alarm:<kind>, site.* site.found site.moved site.vanished, schedule.missed',
};

/** Times in which news is kept back; it is sent as one message at their end. */
export class QuietHoursDto {
  /** @example '22:00' */
  @IsTimeOfDay()
  from!: string;

  /**
   * Before `from`: on the next day. The same as `from`: the whole day.
   * @example '07:00'
   */
  @IsTimeOfDay()
  until!: string;

  /** Weekdays on which they begin, 1 = Monday; all when absent. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(7, { each: true })
  days?: number[];

  /** IANA name. @example 'Europe/Berlin' */
  @IsZone()
  timeZone!: string;

  /** Whether critical news comes all the same. */
  @IsBoolean()
  exceptCritical: boolean = true;
}

/** News is collected and sent as one message. */
export class DigestDto {
  @ApiProperty({ enum: ['hour', 'day'] })
  @IsIn(['hour', 'day'])
  every!: 'hour' | 'day';

  /**
   * With `day`: when. 08:00 when absent.
   * @example '08:00'
   */
  @MayBeAbsent()
  @IsTimeOfDay()
  at?: string;

  /** Zone of `at`, IANA name; UTC when absent. */
  @MayBeAbsent()
  @IsZone()
  timeZone?: string;
}

/** A rule to add. */
export class CreateRuleDto {
  /** @example 'failures to the team' */
  @IsString()
  @Length(1, 100)
  name!: string;

  /**
   * What is told: `job.failed`, `job.partial`, `job.completed:backup`, `alarm.*`, `alarm:backup.overdue`, `site.*`, `schedule.missed`, `*`, …
   * @example ['job.failed', 'alarm.*']
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Matches(EVENT_PATTERN, { each: true, ...EVENTS })
  events!: string[];

  /** Where it goes. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsUUID('all', { each: true })
  channelIds!: string[];

  /** What matters less is not told. Dead-man switches get their pings all the same. */
  @ApiProperty({ enum: SEVERITIES, required: false })
  @MayBeAbsent()
  @IsIn(SEVERITIES)
  minSeverity?: NewsSeverity;

  /** Only of these sites (or those with one of `labels`); null = of all. What is about no site is told by rules without both only. */
  @ApiProperty({ type: [String], nullable: true, required: false })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsUUID('all', { each: true })
  siteIds?: string[] | null;

  /** Only of sites with one of these labels (or of `siteIds`); null = of all. */
  @ApiProperty({ type: [String], nullable: true, required: false })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsLabel({ each: true })
  labels?: string[] | null;

  /** Null = none. */
  @ApiProperty({ type: QuietHoursDto, nullable: true, required: false })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuietHoursDto)
  quietHours?: QuietHoursDto | null;

  /** Null = at once: as soon as for half a minute nothing more came, after five minutes at the latest. */
  @ApiProperty({ type: DigestDto, nullable: true, required: false })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DigestDto)
  digest?: DigestDto | null;

  /** Whether it is told when what was told is over. Yes when absent. */
  @MayBeAbsent()
  @IsBoolean()
  recovered?: boolean;

  /** An alarm that nobody acknowledges is told again after so many hours; null = never. */
  @ApiProperty({ type: Number, nullable: true, required: false })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(720)
  remindHours?: number | null;

  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

/** What to change of a rule; absent fields stay. */
export class UpdateRuleDto extends PartialType(CreateRuleDto, { skipNullProperties: false }) {}

/** What of the news goes where. */
export class RuleDto {
  id!: string;
  name!: string;
  events!: string[];
  @ApiProperty({ enum: SEVERITIES })
  minSeverity!: NewsSeverity;
  @ApiProperty({ type: [String], nullable: true })
  siteIds!: string[] | null;
  @ApiProperty({ type: [String], nullable: true })
  labels!: string[] | null;
  channelIds!: string[];
  @ApiProperty({ type: QuietHoursDto, nullable: true })
  quietHours!: QuietHoursDto | null;
  @ApiProperty({ type: DigestDto, nullable: true })
  digest!: DigestDto | null;
  recovered!: boolean;
  remindHours!: number | null;
  enabled!: boolean;
  createdAt!: string;
  updatedAt!: string;
}

export class RulePageDto extends PageDto {
  items!: RuleDto[];
}
