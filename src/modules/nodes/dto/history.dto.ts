import { ApiProperty } from '@nestjs/swagger';
import { IsDateString, IsOptional } from 'class-validator';
import type { HistoryPoint } from '../node-history.js';

/** Which part of the history; the last day when nothing is given. */
export class NodeHistoryQueryDto {
  /** @example '2030-01-01T00:00:00Z' */
  @IsOptional()
  @IsDateString()
  from?: string;

  /** @example '2030-01-02T00:00:00Z' */
  @IsOptional()
  @IsDateString()
  to?: string;
}

/** How busy a node was over one step. */
export class HistoryPointDto implements HistoryPoint {
  /** Begin of the step. */
  at!: string;
  /** Heartbeats in it, one every 15 seconds; fewer = the node was away for a part of it. */
  heartbeats!: number;
  /** Mean of the load average. */
  load1!: number;
  /** Mean. */
  memoryFreeBytes!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'The least free share of any disk, from 0 to 1.' })
  diskFreeShare!: number | null;
  /** Bytes that the host sent in this step. */
  sentBytes!: number;
  receivedBytes!: number;
  /** Mean number of runs on it. */
  runs!: number;
}

export class NodeHistoryDto {
  /** Length of a step: five minutes, or a multiple that makes at most 500 of them. */
  stepSeconds!: number;
  @ApiProperty({ type: [HistoryPointDto], description: 'Steps in which the node was heard of.' })
  items!: HistoryPointDto[];
}
