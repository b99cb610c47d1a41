import { defineEntity, p } from '@mikro-orm/core';
import type { NodeFacts, NodeLimits, NodeLoad } from '../../common/node-facts.js';

/** How long ago a node was heard of: within two heartbeats, less than the time after which its jobs are given back, longer. */
export const NodeHealth = { New: 'new', Online: 'online', Stale: 'stale', Offline: 'offline' } as const;
export type NodeHealth = (typeof NodeHealth)[keyof typeof NodeHealth];

/** A host that runs backupd in node mode. Its key is kept as a hash only. */
export const NodeSchema = defineEntity({
  name: 'Node',
  tableName: 'node',
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    hostname: p.text(),
    version: p.text().nullable(),
    /** SHA-256 of its key, hex; null = revoked. */
    keyHash: p.text().nullable().unique(),
    /** First characters, so that a person can tell keys apart. */
    keyHint: p.text().nullable(),
    keyIssuedAt: p.datetime(3).nullable(),
    /** A key that is to take the place of this one: the first request with it does that. */
    nextKeyHash: p.text().nullable().unique(),
    /** An admin wants the node to have another key: the node is told with its next heartbeat, and fetches it. */
    rotateKey: p.boolean().default(false),
    /** The key was used: its request can't collect another one. */
    keyUsed: p.boolean().default(false),
    /** Refused until it is unblocked; keeps its key. */
    blocked: p.boolean().default(false),
    /** The master's limits for it. */
    limits: p.json<NodeLimits>().nullable(),
    facts: p.json<NodeFacts>().nullable(),
    load: p.json<NodeLoad>().nullable(),
    /** As last announced by an event. */
    health: p.enum(() => NodeHealth).default(NodeHealth.New),
    healthSince: p.datetime(3),
    /** The process that was heard of last. */
    bootId: p.text().nullable(),
    lastSeenAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
});
export class Node extends NodeSchema.class {}
NodeSchema.setClass(Node);

/** A one-time token with which a host becomes a node. */
export const NodeTokenSchema = defineEntity({
  name: 'NodeToken',
  tableName: 'node_token',
  properties: {
    id: p.uuid().primary(),
    /** SHA-256, hex. */
    hash: p.text().unique(),
    hint: p.text(),
    /** The node's name, when it was fixed. */
    name: p.text().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    usedAt: p.datetime(3).nullable(),
    usedBy: p.uuid().nullable(),
  },
});
export class NodeToken extends NodeTokenSchema.class {}
NodeTokenSchema.setClass(NodeToken);

export const JoinStatus = { Waiting: 'waiting', Approved: 'approved', Refused: 'refused' } as const;
export type JoinStatus = (typeof JoinStatus)[keyof typeof JoinStatus];

/** A host that asks to become a node. */
export const NodeJoinSchema = defineEntity({
  name: 'NodeJoin',
  tableName: 'node_join',
  indexes: [{ properties: ['status', 'expiresAt'] }],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    hostname: p.text(),
    version: p.text(),
    /** What an admin types; null when a token approved it. */
    code: p.text().nullable().unique(),
    /** SHA-256 of the node's own secret, hex. */
    secretHash: p.text(),
    status: p.enum(() => JoinStatus),
    nodeId: p.uuid().nullable(),
    /** Where the request came from. */
    address: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
});
export class NodeJoin extends NodeJoinSchema.class {}
NodeJoinSchema.setClass(NodeJoin);

/** How busy a node was over five minutes; kept for 30 days. */
export const NodeSampleSchema = defineEntity({
  name: 'NodeSample',
  tableName: 'node_sample',
  indexes: [{ properties: ['at'] }],
  properties: {
    nodeId: p.uuid().primary(),
    /** Begin of the five minutes. */
    at: p.datetime(3).primary(),
    /** Heartbeats in it. */
    heartbeats: p.integer(),
    /** Means of the heartbeats; of disks the least free share of any. */
    load1: p.double(),
    memoryFreeBytes: p.double(),
    diskFreeShare: p.double().nullable(),
    /** Bytes that went over the network since the first heartbeat of these five minutes, or the last one before. */
    sentBytes: p.double(),
    receivedBytes: p.double(),
    /** Mean number of runs that the node had. */
    runs: p.double(),
  },
});
export class NodeSample extends NodeSampleSchema.class {}
NodeSampleSchema.setClass(NodeSample);

export { NodeTask, NodeTaskSchema, TaskStatus } from '../node-tasks/node-task.entity.js';
