import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { version as ownVersion } from '../../common/version.js';
import { lockInTransaction } from '../../database/index.js';
import { AuditLog } from '../audit/index.js';
import { EventLog } from '../events/index.js';
import { type CollectAnswer, type JoinRequest, type JoinRequestAnswer, versionFault } from '../node-protocol/index.js';
import { JoinLimits } from './join-limits.js';
import { enterNode } from './node-entry.js';
import { joinedEvent } from './node-events.js';
import { hashOf, isSecretOf, newCode, newNodeKey } from './node-secrets.js';
import { NodeTimings } from './node-timings.js';
import { JoinStatus, Node, NodeJoin, NodeToken } from './node.entity.js';
import { nodeTokenInvalid, tooManyRequests } from './nodes.errors.js';

/** Said of a request that there never was, too: whoever does not know the secret learns nothing. */
const NOTHING: CollectAnswer = { status: 'expired' };

/** How a host becomes a node; open to everyone, so it tells nothing and does little. */
@Injectable()
export class JoinService {
  constructor(
    private readonly orm: MikroORM,
    private readonly limits: JoinLimits,
    private readonly timings: NodeTimings,
    private readonly log: EventLog,
    private readonly audit: AuditLog,
  ) {}

  /**
   * A host asks: with a token it is a node from then on, else it waits for an admin. Errors: TOO_MANY_REQUESTS, NODE_TOKEN_INVALID, and
   * those of the version.
   */
  async ask(request: JoinRequest, address: string): Promise<JoinRequestAnswer> {
    const { token } = request;
    if (token === undefined) await this.limits.count('asking', address);
    const fault = versionFault(request.version, ownVersion);
    if (fault !== null) throw fault;
    if (token === undefined) return this.wait(request, address);
    const answer = await this.useToken(request, token, address);
    if (answer !== null) return answer;
    await this.limits.count('failing', address);
    throw nodeTokenInvalid();
  }

  /** Whether the request was decided on, and the key. Error: TOO_MANY_REQUESTS. */
  async collect(id: string, secret: string, address: string): Promise<CollectAnswer> {
    await this.limits.count('collecting', address);
    return this.orm.em.fork().transactional(async (em) => {
      const request = await em.findOne(NodeJoin, { id, expiresAt: { $gt: new Date() } });
      if (request === null || !isSecretOf(secret, request.secretHash)) return NOTHING;
      if (request.status !== JoinStatus.Approved) return { status: request.status };
      const where = { id: request.nodeId ?? '', keyUsed: false };
      const node = await em.findOne(Node, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      // Another host may have taken its place while the row was waited for.
      if (node === null || (await em.count(NodeJoin, { id })) === 0) return NOTHING;
      const key = newNodeKey();
      Object.assign(node, { keyHash: key.hash, keyHint: key.hint, keyIssuedAt: new Date() });
      await em.flush();
      await this.audit.system('nodes.key.collected', { targetId: node.id, details: { name: node.name } }, em);
      return { status: 'approved', nodeId: node.id, name: node.name, key: key.text };
    });
  }

  private async wait(request: JoinRequest, address: string): Promise<JoinRequestAnswer> {
    const { askMs } = this.timings;
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, 'backupd:node-joins', 'exclusive');
      const now = new Date();
      await em.nativeDelete(NodeJoin, { status: JoinStatus.Waiting, expiresAt: { $lte: now } });
      if ((await em.count(NodeJoin, { status: JoinStatus.Waiting })) >= this.limits.waiting)
        throw tooManyRequests('Too many hosts wait for a decision.', 60);
      const join = em.create(NodeJoin, {
        ...this.rowOf(request, address, now),
        code: await freeCode(async (code) => (await em.count(NodeJoin, { code })) > 0),
        status: JoinStatus.Waiting,
        nodeId: null,
        expiresAt: new Date(now.getTime() + askMs),
      });
      await em.persist(join).flush();
      return { requestId: join.id, code: join.code ?? null, expiresInSeconds: askMs / 1000 };
    });
  }

  /** Null when the token is not valid. */
  private async useToken(request: JoinRequest, text: string, address: string): Promise<JoinRequestAnswer | null> {
    const { collectMs } = this.timings;
    return this.orm.em.fork().transactional(async (em) => {
      const now = new Date();
      const where = { hash: hashOf(text), usedAt: null, expiresAt: { $gt: now } };
      const token = await em.findOne(NodeToken, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (token === null) return null;
      const row = this.rowOf(request, address, now);
      const node = await enterNode(em, { ...row, given: token.name ?? null, asked: row.name, ifTaken: 'number' }, now);
      Object.assign(token, { usedAt: now, usedBy: node.id });
      const expiresAt = new Date(now.getTime() + collectMs);
      const join = em.create(NodeJoin, { ...row, code: null, status: JoinStatus.Approved, nodeId: node.id, expiresAt });
      await em.persist(join).flush();
      const details = { name: node.name, host: row.hostname, tokenId: token.id };
      await this.audit.system('nodes.joined', { targetId: node.id, details }, em);
      await this.log.append(em, [joinedEvent(node, 'token')], now);
      return { requestId: join.id, code: null, expiresInSeconds: collectMs / 1000 };
    });
  }

  private rowOf({ name, hostname, version, secret }: JoinRequest, address: string, now: Date): JoinRow {
    return {
      id: newId(),
      name: name ?? hostname.slice(0, 100),
      hostname,
      version,
      secretHash: hashOf(secret),
      address,
      createdAt: now,
    };
  }
}

type JoinRow = Pick<NodeJoin, 'id' | 'name' | 'hostname' | 'version' | 'secretHash' | 'address' | 'createdAt'>;

async function freeCode(isTaken: (code: string) => Promise<boolean>): Promise<string> {
  let code = newCode();
  while (await isTaken(code)) code = newCode();
  return code;
}
