import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MayBeAbsent, PageDto, PageQueryDto } from '../../../common/http/index.js';
import { NodeHealth } from '../node.entity.js';
import { RemovedSites } from '../node-remover.js';
import type { NodeView } from '../nodes.service.js';
import { NodeFactsDto, NodeLimitsDto, NodeLoadDto } from './heartbeat.dto.js';
import { IsNodeName } from './rules.js';

/** Whether a node may come in: `waiting` = it has not fetched its key yet, `revoked` = its key is worth nothing any more. */
export const NodeAccessState = {
  Waiting: 'waiting',
  Active: 'active',
  Blocked: 'blocked',
  Revoked: 'revoked',
} as const;
export type NodeAccessState = (typeof NodeAccessState)[keyof typeof NodeAccessState];

export class NodeQueryDto extends PageQueryDto {
  /** Only those of this health. */
  @ApiPropertyOptional({ enum: NodeHealth })
  @IsOptional()
  @IsIn(Object.values(NodeHealth))
  health?: NodeHealth;
}

/** A host that runs backupd in node mode. */
export class NodeDto {
  id!: string;
  name!: string;
  hostname!: string;
  @ApiProperty({ type: String, nullable: true })
  version!: string | null;
  @ApiProperty({
    enum: NodeHealth,
    description:
      '`online`: heard of lately; `stale`: some heartbeats were missed; `offline`: not heard of for two minutes, its jobs wait for it; `new`: never heard of.',
  })
  health!: NodeHealth;
  healthSince!: string;
  @ApiProperty({ type: String, nullable: true, description: "By the master's clock." })
  lastSeenAt!: string | null;
  @ApiProperty({
    enum: NodeAccessState,
    description:
      'Whether it may come in: `waiting` = it has not fetched its key yet, `revoked` = its key is worth nothing any more.',
  })
  access!: NodeAccessState;
  @ApiProperty({ type: String, nullable: true, example: 'bkn_x7Qa', description: 'How its key begins.' })
  keyHint!: string | null;
  @ApiProperty({ type: String, nullable: true })
  keyIssuedAt!: string | null;
  @ApiProperty({ description: 'It is to fetch another key, and has not used it yet.' })
  keyRotating!: boolean;
  @ApiProperty({ type: NodeLimitsDto, nullable: true, description: "The master's limits; null = only the node's own." })
  limits!: NodeLimitsDto | null;
  @ApiProperty({ type: NodeFactsDto, nullable: true, description: 'As of the last heartbeat.' })
  facts!: NodeFactsDto | null;
  @ApiProperty({ type: NodeLoadDto, nullable: true, description: 'As of the last heartbeat.' })
  load!: NodeLoadDto | null;
  @ApiProperty({ description: 'Sites on it.' })
  sites!: number;
  @ApiProperty({ description: 'Jobs that wait for it.' })
  waitingJobs!: number;
  runningJobs!: number;
  createdAt!: string;

  static of({ node, work }: NodeView): NodeDto {
    return {
      id: node.id,
      name: node.name,
      hostname: node.hostname,
      version: node.version ?? null,
      health: node.health,
      healthSince: node.healthSince.toISOString(),
      lastSeenAt: iso(node.lastSeenAt),
      access: accessOf(node),
      keyHint: node.keyHint ?? null,
      keyIssuedAt: iso(node.keyIssuedAt),
      keyRotating: node.rotateKey || (node.nextKeyHash ?? null) !== null,
      limits: node.limits ?? null,
      facts: node.facts ?? null,
      load: node.load ?? null,
      sites: work.sites,
      waitingJobs: work.waiting,
      runningJobs: work.running,
      createdAt: node.createdAt.toISOString(),
    };
  }
}

const iso = (time: Date | null | undefined): string | null => time?.toISOString() ?? null;

function accessOf({ blocked, keyHash = null, keyUsed }: NodeView['node']): NodeAccessState {
  if (keyHash === null && keyUsed) return NodeAccessState.Revoked;
  if (blocked) return NodeAccessState.Blocked;
  return keyUsed ? NodeAccessState.Active : NodeAccessState.Waiting;
}

export class NodePageDto extends PageDto {
  @ApiProperty({ type: [NodeDto] })
  items!: NodeDto[];
}

export class NodeSiteDto {
  id!: string;
  name!: string;
  path!: string;
  paused!: boolean;
}

export class NodeJobDto {
  id!: string;
  kind!: string;
  siteName!: string;
  @ApiProperty({ type: String, nullable: true })
  startedAt!: string | null;
}

/** A node with what is on it. */
export class NodeDetailDto extends NodeDto {
  @ApiProperty({ type: [NodeSiteDto], description: 'By name, 200 at most.' })
  siteList!: NodeSiteDto[];
  @ApiProperty({ type: [NodeJobDto], description: 'What runs, 200 at most.' })
  jobList!: NodeJobDto[];
}

export class RenameNodeDto {
  @IsNodeName()
  name!: string;
}

export class RemoveNodeQueryDto {
  /** What becomes of its sites: they stay registered, paused, until they are moved; or they are forgotten. Their backups stay. */
  @ApiPropertyOptional({ enum: RemovedSites })
  @IsOptional()
  @IsIn(Object.values(RemovedSites))
  sites?: RemovedSites;
}

/** What the removal of a node has done. */
export class RemovedNodeDto {
  @ApiProperty({ description: 'Sites that stay registered, paused.' })
  keptSites!: number;
  @ApiProperty({ description: 'Sites that were forgotten; their backups stay.' })
  removedSites!: number;
  @ApiProperty({ description: 'Jobs that waited or ran, and failed with NODE_REMOVED.' })
  failedJobs!: number;
}

/** A host that waits for an admin. */
export class WaitingHostDto {
  id!: string;
  /** @example 'K7PD-3QXN' */
  code!: string;
  /** How it wants to be called. */
  name!: string;
  hostname!: string;
  version!: string;
  /** Where the request came from. */
  address!: string;
  createdAt!: string;
  expiresAt!: string;
}

export class WaitingHostPageDto extends PageDto {
  @ApiProperty({ type: [WaitingHostDto] })
  items!: WaitingHostDto[];
}

export class ApproveDto {
  /** How the node is called; as the host asks when absent. That of a node whose key was revoked puts the host in its place, with its sites. */
  @MayBeAbsent()
  @IsNodeName()
  name?: string;
}

export class RefusedDto {
  id!: string;
  name!: string;
}

export class CreateNodeTokenDto {
  /** How the node is called; as the host asks when absent. That of a node whose key was revoked puts the host in its place, with its sites. */
  @MayBeAbsent()
  @IsNodeName()
  name?: string;

  /** For how long it is valid. */
  @IsInt()
  @Min(1)
  @Max(43_200)
  @Type(() => Number)
  expiresInMinutes: number = 60;
}

/** A one-time token to join with, without its text. */
export class NodeTokenDto {
  id!: string;
  /** @example 'bkj_x7Qa' */
  hint!: string;
  @ApiProperty({ type: String, nullable: true, description: "The node's name, where it is fixed." })
  name!: string | null;
  @ApiProperty({ enum: ['valid', 'used', 'expired'] })
  state!: 'valid' | 'used' | 'expired';
  createdAt!: string;
  expiresAt!: string;
  @ApiProperty({ type: String, nullable: true })
  usedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Id of the node that joined with it.' })
  usedBy!: string | null;
}

/** A new one: the only time that its text is shown. */
export class CreatedNodeTokenDto extends NodeTokenDto {
  token!: string;
}

export class NodeTokenPageDto extends PageDto {
  @ApiProperty({ type: [NodeTokenDto] })
  items!: NodeTokenDto[];
}
