import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { isId } from '../../common/ids.js';
import { EventLog } from '../events/index.js';
import { enterNode } from './node-entry.js';
import { joinedEvent } from './node-events.js';
import { codeOf } from './node-secrets.js';
import { NodeTimings } from './node-timings.js';
import { JoinStatus, type Node, NodeJoin } from './node.entity.js';
import { joinRequestNotFound } from './nodes.errors.js';

/** What admins do with the hosts that wait. A request is named by its id or by its code. */
@Injectable()
export class JoinApproval {
  constructor(
    private readonly orm: MikroORM,
    private readonly timings: NodeTimings,
    private readonly log: EventLog,
  ) {}

  /** Those that wait, the oldest first. */
  async list({ limit, offset }: PageQueryDto): Promise<Page<NodeJoin>> {
    const where = { status: JoinStatus.Waiting, expiresAt: { $gt: new Date() } };
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(NodeJoin, where, { limit, offset, orderBy: { createdAt: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** The host is a node from now on, and fetches its key itself. Errors: JOIN_REQUEST_NOT_FOUND, NODE_NAME_TAKEN. */
  async approve(request: string, name: string | null): Promise<Node> {
    return this.decide(request, async (join, em, now) => {
      const { hostname, version } = join;
      const host = { given: name, asked: join.name, hostname, version, ifTaken: 'refuse' } as const;
      const node = await enterNode(em, host, now);
      const expiresAt = new Date(now.getTime() + this.timings.collectMs);
      Object.assign(join, { status: JoinStatus.Approved, nodeId: node.id, expiresAt, code: null });
      await em.flush();
      await this.log.append(em, [joinedEvent(node, 'admin')], now);
      return node;
    });
  }

  /** The host is told so. Error: JOIN_REQUEST_NOT_FOUND. */
  async refuse(request: string): Promise<NodeJoin> {
    return this.decide(request, async (join, em) => {
      Object.assign(join, { status: JoinStatus.Refused, code: null });
      await em.flush();
      return join;
    });
  }

  private async decide<T>(
    request: string,
    decision: (join: NodeJoin, em: EntityManager, now: Date) => Promise<T>,
  ): Promise<T> {
    const code = codeOf(request);
    if (code === null && !isId(request)) throw joinRequestNotFound(request);
    return this.orm.em.fork().transactional(async (em) => {
      const now = new Date();
      const which = code === null ? { id: request } : { code };
      const where = { ...which, status: JoinStatus.Waiting, expiresAt: { $gt: now } };
      const join = await em.findOne(NodeJoin, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (join === null) throw joinRequestNotFound(request);
      return decision(join, em, now);
    });
  }
}
