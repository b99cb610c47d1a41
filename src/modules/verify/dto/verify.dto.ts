import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

const LEVELS = ['quick', 'full'] as const;

/** How thoroughly a backup is checked. */
export class VerifyDto {
  /** `quick`: everything is there with its size. `full`: every byte is read back and compared. */
  @IsOptional()
  @IsIn(LEVELS)
  @ApiProperty({ enum: LEVELS, required: false, default: 'full' })
  level: (typeof LEVELS)[number] = 'full';
}
