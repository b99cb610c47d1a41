import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { NodePrincipal } from '../../common/http/index.js';
import { version as ownVersion } from '../../common/version.js';
import { AuditLog } from '../audit/index.js';
import { NodeAccess, type NodeRequest } from '../auth/index.js';
import { NODE_BOOT_HEADER, NODE_VERSION_HEADER, versionFault } from '../node-protocol/index.js';
import { hashOf, hintOf, looksLikeKey, newNodeKey } from './node-secrets.js';
import { Node } from './node.entity.js';
import { nodeBlocked, nodeWithoutKey } from './nodes.errors.js';
import { OpenRequests } from './open-requests.js';

const MAX_HEADER = 100;

type KeyRow = Pick<Node, 'id' | 'name' | 'blocked' | 'keyUsed'> & { keyHash: string | null };

/** The keys of nodes: who has one comes in, and how one takes the place of another. */
@Injectable()
export class NodeKeys implements OnModuleInit {
  constructor(
    private readonly orm: MikroORM,
    private readonly access: NodeAccess,
    private readonly open: OpenRequests,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.access.register((key, request) => this.authenticate(key, request));
  }

  /**
   * Who has the key; null = nobody (any more). Writes only when a key is used for the first time. Errors: NODE_BLOCKED, NODE_TOO_OLD,
   * NODE_TOO_NEW, NODE_VERSION_UNKNOWN.
   */
  async authenticate(key: string, request: NodeRequest): Promise<NodePrincipal | null> {
    if (!looksLikeKey(key)) return null;
    const since = performance.now();
    const hash = hashOf(key);
    // Looked up by hash: a comparison in constant time is not needed, as the hash can't be steered.
    // Each request of each node begins with it: without the ORM it takes a third of the time.
    const [node] = await this.orm.em.fork().execute<KeyRow[]>(
      `select id, name, blocked, key_hash as "keyHash", key_used as "keyUsed" from node
          where key_hash = ? or next_key_hash = ?`,
      [hash, hash],
    );
    if (node === undefined) return null;
    if (node.blocked) throw nodeBlocked(node.name);
    const version = headerOf(request, NODE_VERSION_HEADER);
    const fault = versionFault(version, ownVersion);
    if (fault !== null) throw fault;
    if (!(await this.isTaken(node, hash, hintOf(key))) || !this.open.enter(node.id, request.res, since)) return null;
    return { nodeId: node.id, nodeName: node.name, bootId: headerOf(request, NODE_BOOT_HEADER), version };
  }

  /** A key that takes the place of the present one once it is used; the present one works until then. Error: NODE_WITHOUT_KEY. */
  async rotate({ nodeId, nodeName }: Pick<NodePrincipal, 'nodeId' | 'nodeName'>): Promise<string> {
    const { text, hash } = newNodeKey();
    const where = { id: nodeId, keyHash: { $ne: null } };
    if ((await this.orm.em.fork().nativeUpdate(Node, where, { nextKeyHash: hash })) === 0)
      throw nodeWithoutKey(nodeName);
    return text;
  }

  /** Marks a key that is used for the first time. False when another one has taken its place meanwhile. */
  private async isTaken({ id, name, keyHash, keyUsed }: KeyRow, hash: string, keyHint: string): Promise<boolean> {
    if (keyHash === hash && keyUsed) return true;
    const em = this.orm.em.fork();
    if (keyHash === hash) return (await em.nativeUpdate(Node, { id, keyHash: hash }, { keyUsed: true })) > 0;
    return em.transactional(async (inner) => {
      const key = { keyHash: hash, keyHint, keyIssuedAt: new Date(), keyUsed: true };
      const taken = { ...key, nextKeyHash: null, rotateKey: false };
      // Another request with the new key may have been faster.
      if ((await inner.nativeUpdate(Node, { id, nextKeyHash: hash }, taken)) === 0)
        return (await inner.count(Node, { id, keyHash: hash })) > 0;
      await this.audit.system('nodes.key.rotated', { targetId: id, details: { name } }, inner);
      return true;
    });
  }
}

function headerOf(request: NodeRequest, name: string): string {
  return String(request.headers[name] ?? '').slice(0, MAX_HEADER);
}
