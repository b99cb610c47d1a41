import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent, mustBe } from '../../../common/http/index.js';
import type { ErrorContext, ErrorKind } from '../../../common/errors/index.js';
import { ERROR_KINDS } from '../sent-error.js';

/** An error of the node. */
export class PlainErrorDto {
  @Matches(/^[A-Z][A-Z0-9_]{0,99}$/, mustBe('a code in capitals'))
  code!: string;

  @IsIn(ERROR_KINDS)
  @ApiProperty({ enum: ERROR_KINDS })
  kind!: ErrorKind;

  @IsString()
  @Length(0, 10_000)
  message!: string;

  @MayBeAbsent()
  @IsString()
  @MaxLength(10_000)
  hint?: string;

  @IsIn(['never', 'later', 'maybe'])
  @ApiProperty({ enum: ['never', 'later', 'maybe'] })
  retry!: 'never' | 'later' | 'maybe';

  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: true })
  context!: ErrorContext;
}

/** A part of the answer to a task. */
export class TaskAnswerDto {
  /** From 1, without gaps; one that comes again is ignored. */
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  seq!: number;

  /** Given to whoever waits, at once. */
  @IsArray()
  @ArrayMaxSize(500)
  @IsObject({ each: true })
  parts!: Record<string, unknown>[];

  /** The last one, with the result or the error. */
  @IsBoolean()
  isLast!: boolean;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true })
  result?: Record<string, unknown> | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PlainErrorDto)
  @ApiPropertyOptional({ type: PlainErrorDto, nullable: true })
  error?: PlainErrorDto | null;
}

/** What the master expects next. */
export class TaskAnswerTakenDto {
  next!: number;
}
