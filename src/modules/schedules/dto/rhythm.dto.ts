import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsTimeOfDay, MayBeAbsent } from '../../../common/http/index.js';

const EVERY = ['never', 'cron', 'hours', 'day', 'week', 'month'] as const;
const HOURS = [1, 2, 3, 4, 6, 8, 12];

/** When a schedule's slots are, in its time zone; which fields are needed depends on `every`. */
export class RhythmDto {
  /** `never` takes a site out of a schedule of a wider scope. */
  @IsIn(EVERY)
  @ApiProperty({ enum: EVERY, example: 'day' })
  every!: (typeof EVERY)[number];

  /** With `cron`: minute, hour, day of month, month, weekday. */
  @ValidateIf((it: RhythmDto) => it.every === 'cron' || it.expression !== undefined)
  @IsString()
  @MaxLength(200)
  @ApiPropertyOptional({ example: '0 3 * * *' })
  expression?: string;

  /** With `hours`: every so many hours, counted from midnight. */
  @ValidateIf((it: RhythmDto) => it.every === 'hours' || it.hours !== undefined)
  @IsIn(HOURS)
  @ApiPropertyOptional({ enum: HOURS })
  hours?: number;

  /** With `hours`: minutes past the hour; 0 when absent. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(59)
  @ApiPropertyOptional()
  minute?: number;

  /** With `week`: 1 = Monday … 7 = Sunday. With `month`: 1 … 31; a day that a month does not have is its last one. */
  @ValidateIf((it: RhythmDto) => it.every === 'week' || it.every === 'month' || it.days !== undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(31)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(31, { each: true })
  @ApiPropertyOptional({ type: [Number], example: [1, 4] })
  days?: number[];

  /** With `day`, `week` and `month`: the time of day. */
  @ValidateIf(
    (it: RhythmDto) => it.every === 'day' || it.every === 'week' || it.every === 'month' || it.at !== undefined,
  )
  @IsTimeOfDay()
  @ApiPropertyOptional({ example: '02:00' })
  at?: string;
}

/** Nothing is started from `from` until `until`. */
export class BlackoutDto {
  @IsTimeOfDay()
  @ApiProperty({ example: '08:00' })
  from!: string;

  /** Past midnight where it is earlier than `from`. */
  @IsTimeOfDay()
  @ApiProperty({ example: '20:00' })
  until!: string;

  /** Only on these weekdays (of `from`): 1 = Monday … 7 = Sunday. All when absent. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(7, { each: true })
  @ApiPropertyOptional({ type: [Number] })
  days?: number[];
}
