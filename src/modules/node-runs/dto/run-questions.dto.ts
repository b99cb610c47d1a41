import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { mustBe } from '../../../common/http/index.js';
import type {
  AdmitRequest,
  BeginRequest,
  CommitRequest,
  DamagedRequest,
  HooksRequest,
  ParentsRequest,
} from '../../node-protocol/index.js';

/** Which hooks a run wants to be run. */
export class HooksRequestDto implements HooksRequest {
  @ApiProperty({ example: 'before:backup_db' })
  @IsString()
  @MaxLength(200)
  @Matches(/^(before|after):[\w-]+$/, { message: 'moment must be before:<stage> or after:<stage>' })
  moment!: string;
}

export const MAX_KEYS = 1000;
/** No storage has longer ones. */
export const MAX_KEY_LENGTH = 1024;
const MAX_PROVIDERS = 100;
/** As many as a body has room for. */
const MAX_BUNDLES = 5000;
const SHA256 = /^[0-9a-f]{64}$/;

/** The field must be a SHA-256. */
export const IsSha256 = (): PropertyDecorator => Matches(SHA256, mustBe('a SHA-256, 64 digits 0-9 a-f'));

/** A whole number of bytes or things that a number holds exactly. */
export const IsAmount =
  (least = 0): PropertyDecorator =>
  (target, name) => {
    for (const rule of [IsInt(), Min(least), Max(Number.MAX_SAFE_INTEGER)]) rule(target, name);
  };

export class ParentsRequestDto implements ParentsRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PROVIDERS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  providerIds!: string[];
  @IsInt()
  @Min(1)
  @Max(100)
  limit!: number;
}

export class DamagedRequestDto implements DamagedRequest {
  @IsArray()
  @ArrayMaxSize(MAX_KEYS)
  @IsString({ each: true })
  @MaxLength(MAX_KEY_LENGTH, { each: true })
  keys!: string[];
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PROVIDERS)
  @IsUUID(undefined, { each: true })
  providerIds!: string[];
}

export class BeginRequestDto implements BeginRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PROVIDERS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  providerIds!: string[];
  @ApiProperty({ type: String, nullable: true, description: 'The backup that it is compared with.' })
  @IsOptional()
  @IsUUID()
  parentId: string | null = null;
}

export class AdmitRequestDto implements AdmitRequest {
  @IsUUID()
  providerId!: string;
  @ApiProperty({ description: 'Of bundle and manifest together.' })
  @IsAmount(1)
  bytes!: number;
  @ApiProperty({ type: String, nullable: true })
  @IsOptional()
  @IsUUID()
  parentId: string | null = null;
}

/** A bundle that the manifest points into. */
export class CommittedBundleDto {
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  key!: string;
  @IsAmount()
  size!: number;
  @IsSha256()
  sha256!: string;
  @IsBoolean()
  own!: boolean;
}

export class CommittedCopyDto {
  @IsUUID()
  providerId!: string;
  @IsAmount()
  size!: number;
}

export class CommitRequestDto implements CommitRequest {
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  bundleKey!: string;
  @IsAmount(1)
  bundleSize!: number;
  @IsSha256()
  bundleSha256!: string;
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  manifestKey!: string;
  @IsAmount(1)
  manifestSize!: number;
  @IsSha256()
  manifestSha256!: string;
  @ApiProperty({ type: String, nullable: true })
  @IsOptional()
  @IsUUID()
  parentBackupId: string | null = null;
  @IsAmount()
  fileCount!: number;
  @IsAmount()
  sourceBytes!: number;
  @IsAmount()
  databaseBytes!: number;
  @ApiProperty({ type: Number, nullable: true, required: false })
  @IsOptional()
  @IsAmount()
  rowCount: number | null = null;
  @IsAmount()
  storedBytes!: number;
  @ApiProperty({ type: [CommittedBundleDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BUNDLES)
  @ArrayUnique(({ key }: CommittedBundleDto) => key)
  @ValidateNested({ each: true })
  @Type(() => CommittedBundleDto)
  bundles!: CommittedBundleDto[];
  @ApiProperty({ type: [CommittedCopyDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PROVIDERS)
  @ArrayUnique(({ providerId }: CommittedCopyDto) => providerId)
  @ValidateNested({ each: true })
  @Type(() => CommittedCopyDto)
  copies!: CommittedCopyDto[];
  @IsArray()
  @ArrayMaxSize(MAX_PROVIDERS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  missing!: string[];
}
