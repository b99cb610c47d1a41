import { ApiProperty } from '@nestjs/swagger';
import type { RetryAdvice } from '../errors/index.js';

/** A field of the request that is not valid. */
export class FieldFaultDto {
  @ApiProperty({ example: 'path' })
  field!: string;

  @ApiProperty({ example: 'path must be an absolute path' })
  message!: string;
}

/** RFC 9457 problem details: the body of every error, `application/problem+json`. */
export class ProblemDto {
  @ApiProperty({ example: 'urn:backupd:error:SITE_NOT_FOUND' })
  type!: string;

  @ApiProperty({ example: 'Not found' })
  title!: string;

  @ApiProperty({ example: 404 })
  status!: number;

  @ApiProperty({ description: 'What happened, for a person.', example: 'There is no site with this id.' })
  detail!: string;

  @ApiProperty({ description: 'Stable code for programs; docs/errors.md lists all.', example: 'SITE_NOT_FOUND' })
  code!: string;

  @ApiProperty({ required: false, description: 'What a person can do about it.', example: '`GET /sites` lists them.' })
  hint?: string;

  @ApiProperty({
    enum: ['never', 'later', 'maybe'],
    description: 'Whether the same request can succeed: never as it is, later by itself, maybe.',
  })
  retry!: RetryAdvice;

  @ApiProperty({ required: false, type: Object, description: 'Safe facts.' })
  context?: Record<string, unknown>;

  @ApiProperty({ required: false, type: [FieldFaultDto] })
  errors?: FieldFaultDto[];
}
