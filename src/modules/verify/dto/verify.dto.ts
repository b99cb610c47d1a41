import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

const LEVELS = ['quick', 'full'] as const;
const HOSTS = ['master', 'node'] as const;

/** How thoroughly a backup is checked. */
export class VerifyDto {
  /** `quick`: everything is there with its size. `full`: every byte is read back and compared. */
  @IsOptional()
  @IsIn(LEVELS)
  @ApiProperty({ enum: LEVELS, required: false, default: 'full' })
  level: (typeof LEVELS)[number] = 'full';

  /** Who reads it: the master, or the node that the site is on, which proves the way that a restore there takes. */
  @IsOptional()
  @IsIn(HOSTS)
  @ApiProperty({ enum: HOSTS, required: false, default: 'master' })
  on: (typeof HOSTS)[number] = 'master';
}
