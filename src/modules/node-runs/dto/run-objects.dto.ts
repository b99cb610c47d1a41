import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { mustBe } from '../../../common/http/index.js';
import type {
  AbortRequest,
  CompleteRequest,
  PartsRequest,
  ReadRequest,
  StatRequest,
  UploadRequest,
} from '../../node-protocol/index.js';
import { IsAmount, IsSha256, MAX_KEY_LENGTH, MAX_KEYS } from './run-questions.dto.js';

/** Of one object; S3 takes no more. */
const MAX_PARTS = 10_000;
const MAX_UPLOAD_ID = 2048;

export class StatRequestDto implements StatRequest {
  @IsUUID()
  providerId!: string;
  @IsArray()
  @ArrayMaxSize(MAX_KEYS)
  @IsString({ each: true })
  @MaxLength(MAX_KEY_LENGTH, { each: true })
  keys!: string[];
}

export class ReadRequestDto implements ReadRequest {
  @IsUUID()
  providerId!: string;
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  key!: string;
}

export class UploadRequestDto extends ReadRequestDto implements UploadRequest {
  @IsAmount(1)
  size!: number;
  @IsSha256()
  sha256!: string;
}

export class AbortRequestDto extends ReadRequestDto implements AbortRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_UPLOAD_ID)
  uploadId!: string;
}

/** A part to be sent straight to the storage. */
export class WantedPartDto {
  @IsInt()
  @Min(1)
  @Max(MAX_PARTS)
  number!: number;
  @IsAmount(1)
  length!: number;
  @Matches(/^[A-Za-z0-9+/]{22}==$/, mustBe('an MD5 in base64'))
  md5!: string;
}

export class PartsRequestDto extends AbortRequestDto implements PartsRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_KEYS)
  @ArrayUnique(({ number }: WantedPartDto) => number)
  @ValidateNested({ each: true })
  @Type(() => WantedPartDto)
  parts!: WantedPartDto[];
}

/** A part that goes through the master. */
export class PutPartQueryDto extends AbortRequestDto {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  number!: number;
}

export class SentPartDto {
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  number!: number;
  @IsString()
  @MaxLength(256)
  etag!: string;
}

export class CompleteRequestDto extends UploadRequestDto implements CompleteRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_UPLOAD_ID)
  uploadId!: string;
  @IsArray()
  @ArrayMaxSize(MAX_PARTS)
  @ArrayUnique(({ number }: SentPartDto) => number)
  @ValidateNested({ each: true })
  @Type(() => SentPartDto)
  parts!: SentPartDto[];
}
