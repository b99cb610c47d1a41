import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsObject, IsString, Length, MaxLength } from 'class-validator';
import { ERROR_KINDS, type ErrorContext, type ErrorKind, type PlainError } from '../errors/index.js';
import { MayBeAbsent } from './text-rules.js';

/** An error that a node sends. */
export class PlainErrorDto implements PlainError {
  @IsString()
  @MaxLength(100)
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
