import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
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
  MaxLength,
  Min,
} from 'class-validator';
import { IsLabel, MayBeAbsent, mustBe, NoNul, PageDto } from '../../../common/http/index.js';
import { HookFailure } from '../hook.entity.js';

const JOBS = ['backup', 'restore', 'verify', 'repair'] as const;
const METHODS = ['GET', 'POST', 'PUT'] as const;
const MOMENT = /^((before|after):[a-z][a-z0-9_]{0,40}|success|failure|partial)$/;

/** A hook to be made. It is either a command or a request. */
export class CreateHookDto {
  /** @example 'flush the cache' */
  @IsString()
  @NoNul()
  @Length(1, 100)
  name!: string;

  /** Only for this site. Neither this nor a label: for every site. */
  @IsOptional()
  @IsUUID()
  siteId?: string | null;

  /** Only for sites with this label. */
  @IsOptional()
  @IsLabel()
  label?: string | null;

  /** Kinds of jobs. Default: backups. */
  @ApiPropertyOptional({ enum: JOBS, isArray: true, default: ['backup'] })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(JOBS, { each: true })
  jobs?: (typeof JOBS)[number][];

  /** `before:<stage>`, `after:<stage>`, or after the run: `success`, `partial` (completed with warnings), `failure` (failed or cancelled). */
  @ApiProperty({ example: 'before:backup_db' })
  @Matches(MOMENT, mustBe('before:<stage>, after:<stage>, success, partial or failure'))
  moment!: string;

  /** Of several at one moment the smaller goes first. Default 0. */
  @MayBeAbsent()
  @IsInt()
  @Min(-1000)
  @Max(1000)
  position?: number;

  /** A program and its arguments, run as the owner of the site and never as root. No shell sees it; whoever wants one names it. */
  @ApiPropertyOptional({ example: ['wp', 'cache', 'flush'] })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(4000, { each: true })
  @Matches(/^[^\0]*$/, { each: true, message: 'command must not contain the character NUL' })
  command?: string[];

  /** Where a request goes. Kept sealed; only its beginning is ever shown. */
  @ApiPropertyOptional({ example: 'https://hooks.example.com/backupd' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(2000)
  @Matches(/^https?:\/\/[^\s\0]+$/i, mustBe('a URL that starts with https:// or http://'))
  url?: string;

  /** `POST` and `PUT` carry the facts as JSON. Default `POST`. */
  @ApiPropertyOptional({ enum: METHODS })
  @MayBeAbsent()
  @IsIn(METHODS)
  method?: (typeof METHODS)[number];

  /** Headers of the request. Kept sealed, never shown. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  @MayBeAbsent()
  @IsObject()
  headers?: Record<string, string>;

  /** The hook is ended after so many seconds, with all it started. Default 60, at most 1200. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(1200)
  timeLimitSeconds?: number;

  /**
   * What a failure does: `ignore`, `warn` (the job completes with a warning), `fail` (the job fails), `retry` (two more tries, then as
   * `fail`). After the run nothing can fail any more: there `fail` is refused, and `retry` ends as `warn`. Default `warn`.
   */
  @ApiPropertyOptional({ enum: HookFailure })
  @MayBeAbsent()
  @IsIn(Object.values(HookFailure))
  onFailure?: HookFailure;

  /** Default true. */
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

/** What is to be changed; what is left out stays. */
export class UpdateHookDto extends PartialType(CreateHookDto, { skipNullProperties: false }) {}

/** A hook. */
export class HookDto {
  id!: string;
  name!: string;
  @ApiProperty({ type: String, nullable: true })
  siteId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  label!: string | null;
  @ApiProperty({ enum: JOBS, isArray: true })
  jobs!: string[];
  moment!: string;
  position!: number;
  /** Null = a request. */
  @ApiProperty({ type: [String], nullable: true })
  command!: string[] | null;
  @ApiProperty({ type: String, nullable: true, example: 'POST' })
  method!: string | null;
  /** The beginning of the URL: scheme and host. */
  @ApiProperty({ type: String, nullable: true, example: 'https://hooks.example.com' })
  origin!: string | null;
  /** Names of the headers. */
  headerNames!: string[];
  timeLimitSeconds!: number;
  @ApiProperty({ enum: HookFailure })
  onFailure!: HookFailure;
  enabled!: boolean;
  createdAt!: string;
  updatedAt!: string;
}

export class HookPageDto extends PageDto {
  @ApiProperty({ type: [HookDto] })
  items!: HookDto[];
}

/** What a trial run is made with. */
export class TestHookDto {
  /** The site to run it for. May be left out for a hook of one site. */
  @IsOptional()
  @IsUUID()
  siteId?: string;
}

/** How a trial run went. */
export class HookTestDto {
  ok!: boolean;
  /** @example 'exit code 0' */
  end!: string;
  /** The end of what it said (4 KiB). */
  output!: string;
  seconds!: number;
  tries!: number;
}
