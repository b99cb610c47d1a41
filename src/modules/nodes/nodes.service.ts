import { type EntityManager, LockMode, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { NodeLimits } from '../../common/node-facts.js';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { Node, type NodeHealth, NodeJoin } from './node.entity.js';
import { nodeNameTaken, nodeNotFound, nodeWithoutKey } from './nodes.errors.js';
import { OpenRequests } from './open-requests.js';

/** What a node has to do. */
export interface NodeWork {
  sites: number;
  waiting: number;
  running: number;
}

/** A node with what it has to do. */
export interface NodeView {
  node: Node;
  work: NodeWork;
}

export interface NodeSite {
  id: string;
  name: string;
  path: string;
  paused: boolean;
}

export interface NodeJob {
  id: string;
  kind: string;
  siteName: string;
  startedAt: string | null;
}

const NO_WORK: NodeWork = { sites: 0, waiting: 0, running: 0 };
/** A page of a node shows no more of them. */
const SHOWN = 200;

/** The nodes, as admins see and change them. */
@Injectable()
export class NodesService {
  constructor(
    private readonly orm: MikroORM,
    private readonly open: OpenRequests,
  ) {}

  /** By name. */
  async list({ limit, offset, health }: PageQueryDto & { health?: NodeHealth | undefined }): Promise<Page<NodeView>> {
    const where = health === undefined ? {} : { health };
    const em = this.orm.em.fork();
    const [nodes, total] = await em.findAndCount(Node, where, { limit, offset, orderBy: { name: 'asc' } });
    const work = await workOf(
      em,
      nodes.map(({ id }) => id),
    );
    return { items: nodes.map((node) => ({ node, work: work.get(node.id) ?? NO_WORK })), total, limit, offset };
  }

  /** Error: NODE_NOT_FOUND. */
  async get(id: string): Promise<Node> {
    const node = await this.orm.em.fork().findOne(Node, { id });
    if (node === null) throw nodeNotFound(id);
    return node;
  }

  /** Error: NODE_NOT_FOUND. */
  async view(id: string): Promise<NodeView> {
    const node = await this.get(id);
    return { node, work: (await workOf(this.orm.em.fork(), [id])).get(id) ?? NO_WORK };
  }

  /** Its sites by name and its running jobs, the first 200 of each. */
  async contents(id: string): Promise<{ sites: NodeSite[]; jobs: NodeJob[] }> {
    const em = this.orm.em.fork();
    const sites = await em.execute<NodeSite[]>(
      'select id, name, path, paused from site where node_id = ? order by name, id limit ?',
      [id, SHOWN],
    );
    const jobs = await em.execute<{ id: string; kind: string; site_name: string; started_at: string | null }[]>(
      `select id, kind, site_name, started_at from job where node_id = ? and status = 'running' order by started_at, id limit ?`,
      [id, SHOWN],
    );
    return {
      sites,
      jobs: jobs.map((job) => ({
        id: job.id,
        kind: job.kind,
        siteName: job.site_name,
        startedAt: job.started_at === null ? null : new Date(job.started_at).toISOString(),
      })),
    };
  }

  /** Errors: NODE_NOT_FOUND, NODE_NAME_TAKEN. */
  async rename(id: string, name: string): Promise<void> {
    try {
      await this.change(id, () => ({ name }));
    } catch (error) {
      throw error instanceof UniqueConstraintViolationException ? nodeNameTaken(name) : error;
    }
  }

  /** The master's limits; null = only the node's own. Known to the node with its next heartbeat. Error: NODE_NOT_FOUND. */
  async limit(id: string, limits: NodeLimits | null): Promise<void> {
    await this.change(id, () => ({ limits }));
  }

  /** The node is refused, and what it is doing at the master is cut off, until it is unblocked. Idempotent. Error: NODE_NOT_FOUND. */
  async block(id: string): Promise<void> {
    await this.change(id, () => ({ blocked: true }), 'cut off');
  }

  /** Idempotent. Error: NODE_NOT_FOUND. */
  async unblock(id: string): Promise<void> {
    await this.change(id, () => ({ blocked: false }));
  }

  /** The node is told with its next heartbeat to fetch another key. Idempotent. Errors: NODE_NOT_FOUND, NODE_WITHOUT_KEY. */
  async rotate(id: string): Promise<void> {
    await this.change(id, (node) => {
      if ((node.keyHash ?? null) === null) throw nodeWithoutKey(node.name);
      return { rotateKey: true };
    });
  }

  /** The node's key is worth nothing from now on, and it can't fetch another one: it must join again. Idempotent. Error: NODE_NOT_FOUND. */
  async revoke(id: string): Promise<void> {
    const none = { keyHash: null, keyHint: null, nextKeyHash: null, rotateKey: false, keyUsed: true };
    await this.change(id, () => none, 'cut off');
  }

  private async change(id: string, change: (node: Node) => Partial<Node>, andThen?: 'cut off'): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      const node = await em.findOne(Node, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (node === null) throw nodeNotFound(id);
      Object.assign(node, change(node));
      await em.flush();
      if (node.keyUsed && node.keyHash === null) await em.nativeDelete(NodeJoin, { nodeId: id });
      if (andThen === 'cut off') await this.open.cutOff(id, em);
    });
  }
}

async function workOf(em: EntityManager, ids: readonly string[]): Promise<Map<string, NodeWork>> {
  const rows = await em.execute<({ id: string } & NodeWork)[]>(
    `select n.id, (select count(*) from site s where s.node_id = n.id)::int as sites,
        (select count(*) from job j where j.node_id = n.id and j.status = 'pending')::int as waiting,
        (select count(*) from job j where j.node_id = n.id and j.status = 'running')::int as running
      from node n where n.id in (select value::uuid from jsonb_array_elements_text(?::jsonb))`,
    [JSON.stringify(ids)],
  );
  return new Map(rows.map(({ id, ...work }) => [id, work]));
}
