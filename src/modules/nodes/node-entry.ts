import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { newId } from '../../common/ids.js';
import { lockInTransaction } from '../../database/index.js';
import { Node, NodeHealth, NodeJoin } from './node.entity.js';
import { nodeNameTaken } from './nodes.errors.js';

/** A host that becomes a node. */
export interface EnteringHost {
  /** The name that an admin gave; null = the one that the host asks for. */
  given: string | null;
  asked: string;
  hostname: string;
  version: string;
  /** What is done where the asked name is taken: a number is added, or the error. */
  ifTaken: 'number' | 'refuse';
}

/**
 * Enters the node without a key, within the caller's transaction. A given name that a node without a key has puts the host in its place,
 * with its sites: only an admin may say so, as sites have passwords. Error: NODE_NAME_TAKEN.
 */
export async function enterNode(em: EntityManager, host: EnteringHost, now: Date): Promise<Node> {
  await lockInTransaction(em, 'backupd:nodes', 'exclusive');
  const name = host.given ?? host.asked;
  // Nor does it get a key meanwhile.
  const known = await em.findOne(Node, { name }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (known !== null && host.given !== null && (known.keyHash ?? null) === null) return replace(em, known, host);
  if (known !== null && (host.given !== null || host.ifTaken === 'refuse')) throw nodeNameTaken(name);
  const node = em.create(Node, {
    id: newId(),
    name: known === null ? name : await freeName(em, name),
    hostname: host.hostname,
    version: host.version,
    keyHash: null,
    keyHint: null,
    keyIssuedAt: null,
    nextKeyHash: null,
    limits: null,
    facts: null,
    load: null,
    health: NodeHealth.New,
    healthSince: now,
    bootId: null,
    lastSeenAt: null,
    createdAt: now,
  });
  await em.persist(node).flush();
  return node;
}

async function replace(em: EntityManager, node: Node, { hostname, version }: EnteringHost): Promise<Node> {
  // Whoever was approved for it before gets no key any more.
  await em.nativeDelete(NodeJoin, { nodeId: node.id });
  Object.assign(node, { hostname, version, keyUsed: false, blocked: false });
  await em.flush();
  return node;
}

async function freeName(em: EntityManager, name: string): Promise<string> {
  const taken = new Set((await em.find(Node, {}, { fields: ['name'] })).map((node) => node.name));
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
