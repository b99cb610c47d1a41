import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { type Alarm, AlarmKind, Severity } from '../alarm.entity.js';

/** Something that is, or was, not as it must be. */
export class AlarmDto {
  id!: string;
  @ApiProperty({ enum: AlarmKind })
  kind!: AlarmKind;
  @ApiProperty({ description: 'What it is about within its kind: the id of a site, storage or channel, or a path.' })
  subject!: string;
  @ApiProperty({ enum: Severity })
  severity!: Severity;
  @ApiProperty({ type: String, nullable: true })
  siteId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  providerId!: string | null;
  @ApiProperty({ description: 'What is wrong, as a sentence.' })
  message!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What to do.' })
  hint!: string | null;
  @ApiProperty({ description: 'The figures behind it; which ones depends on the kind.' })
  context!: Record<string, unknown>;
  raisedAt!: string;
  @ApiProperty({ description: 'When it was last found to be so.' })
  lastSeenAt!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null while it is open.' })
  clearedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'When somebody had seen it: no more reminders.' })
  acknowledgedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Name of the token.' })
  acknowledgedBy!: string | null;
}

/** Alarms: the open ones first. */
export class AlarmPageDto extends PageDto {
  @ApiProperty({ type: [AlarmDto] })
  items!: AlarmDto[];
}

/** Which alarms. */
export class AlarmQueryDto extends PageQueryDto {
  /** Only the open ones, or only the cleared ones. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  open?: boolean;

  @ApiProperty({ enum: AlarmKind, required: false })
  @IsOptional()
  @IsIn(Object.values(AlarmKind))
  kind?: AlarmKind;

  @ApiProperty({ enum: Severity, required: false })
  @IsOptional()
  @IsIn(Object.values(Severity))
  severity?: Severity;

  @IsOptional()
  @IsUUID()
  siteId?: string;
}

/** From when on something is wrong. */
export class AlarmSettingsDto {
  /**
   * So many minutes after a slot of its schedule a site must have a good backup. Null: half the time until the next slot, at least an hour
   * and at most a day.
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  @ApiProperty({ type: Number, nullable: true, example: null })
  graceMinutes!: number | null;

  /** A backup with so many percent fewer bytes than the one before is an alarm; 0 = never. Sites may have their own limit. */
  @IsInt()
  @Min(0)
  @Max(100)
  @ApiProperty({ example: 50 })
  sizePercent!: number;

  /** The same of files. */
  @IsInt()
  @Min(0)
  @Max(100)
  @ApiProperty({ example: 50 })
  filesPercent!: number;

  /** The same of rows in all tables. */
  @IsInt()
  @Min(0)
  @Max(100)
  @ApiProperty({ example: 50 })
  rowsPercent!: number;

  /** A quota is nearly used up from so many percent on. */
  @IsInt()
  @Min(1)
  @Max(100)
  @ApiProperty({ example: 80 })
  quotaPercent!: number;

  /** A disk is low with less than so many percent free; 0 = only when the largest bundles would not fit. */
  @IsInt()
  @Min(0)
  @Max(100)
  @ApiProperty({ example: 10 })
  diskPercent!: number;
}

/** The alarm as the API shows it. */
export function toAlarmDto(this: void, alarm: Alarm): AlarmDto {
  return {
    id: alarm.id,
    kind: alarm.kind,
    subject: alarm.subject,
    severity: alarm.severity,
    siteId: alarm.siteId ?? null,
    providerId: alarm.providerId ?? null,
    message: alarm.message,
    hint: alarm.hint ?? null,
    context: alarm.context,
    raisedAt: alarm.raisedAt.toISOString(),
    lastSeenAt: alarm.lastSeenAt.toISOString(),
    clearedAt: alarm.clearedAt?.toISOString() ?? null,
    acknowledgedAt: alarm.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: alarm.acknowledgedBy ?? null,
  };
}
