import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { NodeFacts, NodeLimits, NodeLoad } from '../../../common/node-facts.js';
import type { HeldRun, Heartbeat, HeartbeatAnswer, RotateAnswer } from '../../node-protocol/index.js';
import { IsPlainText } from './rules.js';

const MOST = Number.MAX_SAFE_INTEGER;
const MOST_UNITS = 1000;
const MOST_MBPS = 1_000_000;
const MOST_PATH = 4096;

/** Units of each resource that may be used at a time. */
export class NodeLimitsDto implements NodeLimits {
  /** Disk-heavy stages at a time. */
  @IsInt()
  @Min(1)
  @Max(MOST_UNITS)
  io!: number;

  /** Uploads at a time. */
  @IsInt()
  @Min(1)
  @Max(MOST_UNITS)
  network!: number;

  /** Compression and hashing threads. */
  @IsInt()
  @Min(1)
  @Max(MOST_UNITS)
  cpu!: number;

  /** Upload budget in megabits a second; 0 = unlimited. */
  @IsNumber()
  @Min(0)
  @Max(MOST_MBPS)
  bandwidthMbps!: number;
}

export class NodeFactsDto implements NodeFacts {
  @IsPlainText(255)
  hostname!: string;

  /** @example 'linux x64' */
  @IsPlainText(100)
  platform!: string;

  @IsInt()
  @Min(1)
  @Max(100_000)
  cpus!: number;

  @IsInt()
  @Min(0)
  @Max(MOST)
  memoryBytes!: number;

  /** Folders that are scanned when a scan names none. */
  @IsArray()
  @ArrayMaxSize(100)
  @IsPlainText(MOST_PATH, { each: true })
  scanRoots!: string[];

  /** Backup modules it has. */
  @IsArray()
  @ArrayMaxSize(100)
  @IsPlainText(100, { each: true })
  modules!: string[];

  /** The node's own limits; the master's apply where they are lower. */
  @IsObject()
  @ValidateNested()
  @Type(() => NodeLimitsDto)
  limits!: NodeLimitsDto;
}

export class NodeDiskDto {
  @IsPlainText(MOST_PATH)
  path!: string;

  @IsInt()
  @Min(0)
  @Max(MOST)
  freeBytes!: number;

  @IsInt()
  @Min(0)
  @Max(MOST)
  totalBytes!: number;
}

/** Bytes of all interfaces but loopback since the host was started. */
export class NodeNetworkDto {
  @IsInt()
  @Min(0)
  @Max(MOST)
  sentBytes!: number;

  @IsInt()
  @Min(0)
  @Max(MOST)
  receivedBytes!: number;
}

export class NodeLoadDto implements NodeLoad {
  /** Load average of the last minute. */
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  load1!: number;

  @IsInt()
  @Min(0)
  @Max(MOST)
  memoryFreeBytes!: number;

  /** Of the agent itself. */
  @IsInt()
  @Min(0)
  @Max(MOST)
  rssBytes!: number;

  @ApiProperty({ type: [NodeDiskDto] })
  @IsArray()
  @ArrayMaxSize(64)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => NodeDiskDto)
  disks!: NodeDiskDto[];

  @IsObject()
  @ValidateNested()
  @Type(() => NodeNetworkDto)
  network!: NodeNetworkDto;

  /** Upload budget used within the last second, bytes. */
  @IsNumber()
  @Min(0)
  @Max(MOST)
  uploadBytesPerSecond!: number;
}

export class HeldRunDto implements HeldRun {
  @IsUUID()
  jobId!: string;

  @IsUUID()
  runId!: string;
}

export class HeartbeatDto implements Heartbeat {
  /** The first one of this process: what it does not hold it has lost. */
  @IsBoolean()
  isFirst!: boolean;

  @IsObject()
  @ValidateNested()
  @Type(() => NodeFactsDto)
  facts!: NodeFactsDto;

  @IsObject()
  @ValidateNested()
  @Type(() => NodeLoadDto)
  load!: NodeLoadDto;

  /** Runs that the node works on, or whose reports it has not delivered yet. */
  @ApiProperty({ type: [HeldRunDto] })
  @IsArray()
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => HeldRunDto)
  runs!: HeldRunDto[];

  /** Jobs with a work folder on the node. */
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsUUID(undefined, { each: true })
  workOf!: string[];

  /** Ended jobs whose litter the node has taken back since. */
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsUUID(undefined, { each: true })
  cleared!: string[];
}

export class HeartbeatAnswerDto implements HeartbeatAnswer {
  nodeId!: string;
  name!: string;
  /** Runs that a person wants stopped. */
  cancel!: string[];
  /** Runs that are no longer the node's. */
  lost!: string[];
  /** Jobs whose work folders may go. */
  drop!: string[];
  @ApiProperty({ type: NodeLimitsDto, nullable: true, description: "The master's limits; null = only the node's own." })
  limits!: NodeLimitsDto | null;
  /** When the next one is expected. */
  everySeconds!: number;
  /** The node is to fetch another key. */
  rotateKey?: boolean;
}

export class RotateAnswerDto implements RotateAnswer {
  /** Takes the place of the present one once it is used. */
  key!: string;
}
