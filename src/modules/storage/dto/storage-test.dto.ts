import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsString, Length } from 'class-validator';

/** Settings to try. */
export class TestStorageDto {
  /**
   * The driver.
   * @example 's3'
   */
  @IsString()
  @Length(1, 50)
  kind!: string;

  /** Settings of the driver, with the secret ones. */
  @IsObject()
  settings!: Record<string, unknown>;
}

/** Why a step failed. */
export class StorageTestErrorDto {
  /** @example 'STORAGE_DENIED' */
  code!: string;
  message!: string;
  hint!: string | null;
  /**
   * The permission that is missing, where that is the cause.
   * @example 's3:DeleteObject'
   */
  permission!: string | null;
}

/** One thing that was tried. */
export class StorageTestStepDto {
  /** `write`, `read`, `range`, `list`, `delete`; for S3 also `multipart upload`, `unfinished uploads` and, with its setting, `object lock`. */
  name!: string;
  /** Skipped: what it needs had failed. */
  @ApiProperty({ enum: ['ok', 'failed', 'skipped'] })
  status!: 'ok' | 'failed' | 'skipped';
  durationMs!: number;
  error!: StorageTestErrorDto | null;
}

/** What a storage can do and what not. */
export class StorageTestDto {
  /** Whether every step is. */
  ok!: boolean;
  durationMs!: number;
  steps!: StorageTestStepDto[];
}
