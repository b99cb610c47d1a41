import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min, Validate, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import { parseDuration } from '../../../common/durations.js';
import { IsZone, MayBeAbsent } from '../../../common/http/index.js';

const MOST = 100_000;

@ValidatorConstraint({ name: 'duration' })
class IsDuration implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && parseDuration(value) !== null;
  }
  defaultMessage(): string {
    return '$property must be a duration like P30D, P1Y6M, 30d or 12h';
  }
}

/**
 * Which backups are kept: one stays when any of the rules wants it. Counts of 0 are no rule; without any rule everything is kept.
 * See docs/retention.md.
 */
export class RetentionPolicyDto {
  /** The newest so many. */
  @ApiPropertyOptional({ example: 7 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  keepLast?: number;

  /** The newest of each of the last so many hours that have a backup. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  hourly?: number;

  /** The same by days. */
  @ApiPropertyOptional({ example: 14 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  daily?: number;

  /** The same by ISO weeks. */
  @ApiPropertyOptional({ example: 8 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  weekly?: number;

  /** The same by months. */
  @ApiPropertyOptional({ example: 12 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  monthly?: number;

  /** The same by years. */
  @ApiPropertyOptional({ example: 3 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST)
  yearly?: number;

  /** All that are not older than the newest good one by more than this. */
  @ApiPropertyOptional({ example: 'P30D' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  @Validate(IsDuration)
  keepWithin?: string;

  /** In which days, weeks, … begin and end: an IANA name; UTC when absent. */
  @ApiPropertyOptional({ example: 'Europe/Berlin' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  @IsZone()
  timeZone?: string;
}
