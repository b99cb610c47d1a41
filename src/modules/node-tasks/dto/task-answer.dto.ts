import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { PlainErrorDto } from '../../../common/http/index.js';

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
