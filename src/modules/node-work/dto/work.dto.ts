import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';

/** How much a node can take, and how long it waits. */
export class WorkRequestDto {
  @ApiProperty({ description: 'Jobs that it can run besides those it runs.', example: 2 })
  @IsInt()
  @Min(0)
  @Max(1000)
  jobs!: number;

  @ApiProperty({ description: 'Tasks that it can do besides those it does.', example: 4 })
  @IsInt()
  @Min(0)
  @Max(1000)
  tasks!: number;

  @ApiProperty({ description: 'Seconds to wait for work.', example: 50 })
  @IsInt()
  @Min(0)
  @Max(60)
  waitSeconds!: number;
}
