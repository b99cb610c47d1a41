import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { NodePrincipal } from '../../common/http/index.js';
import type { NodeLimits, NodeLoad } from '../../common/node-facts.js';
import { EventLog } from '../events/index.js';
import type { Heartbeat, HeartbeatAnswer } from '../node-protocol/index.js';
import { HeartbeatJobs } from './heartbeat-jobs.js';
import { healthEvent } from './node-events.js';
import { addSample } from './node-history.js';
import { NodeTimings } from './node-timings.js';
import { NodeHealth } from './node.entity.js';
import { nodeNotFound } from './nodes.errors.js';

interface Row {
  name: string;
  limits: NodeLimits | null;
  rotate_key: boolean;
  /** As it was before this heartbeat. */
  health: NodeHealth;
  last_seen_at: string | null;
  load: NodeLoad | null;
  /** Now, by the clock of the database. */
  now: string;
}

/** Takes heartbeats in. When one came says the database's clock: those of the nodes do not matter. */
@Injectable()
export class HeartbeatService {
  constructor(
    private readonly orm: MikroORM,
    private readonly log: EventLog,
    private readonly jobs: HeartbeatJobs,
    private readonly timings: NodeTimings,
  ) {}

  /** Idempotent but for the history. */
  async take({ nodeId, bootId, version }: NodePrincipal, heartbeat: Heartbeat): Promise<HeartbeatAnswer> {
    const row = await this.orm.em.fork().transactional(async (em) => {
      const known = await store(em, nodeId, heartbeat, { bootId, version });
      await addSample(em, { id: nodeId, load: known.load }, heartbeat);
      if (known.health !== NodeHealth.Online) {
        const since = new Date(known.now);
        const lastSeenAt = known.last_seen_at === null ? null : new Date(known.last_seen_at);
        const node = { id: nodeId, name: known.name };
        const event = healthEvent(node, 'online', { before: known.health, since, lastSeenAt });
        await this.log.append(em, [event], new Date());
      }
      return known;
    });
    return {
      nodeId,
      name: row.name,
      ...(await this.jobs.reconcile(nodeId, heartbeat)),
      limits: row.limits,
      everySeconds: this.timings.heartbeatSeconds,
      ...(row.rotate_key ? { rotateKey: true } : {}),
    };
  }
}

/** The row as it was before. The lock keeps heartbeats and the watch in order. */
async function store(
  em: EntityManager,
  id: string,
  { facts, load }: Heartbeat,
  { bootId, version }: Pick<NodePrincipal, 'bootId' | 'version'>,
): Promise<Row> {
  const [row] = await em.execute<Row[]>(
    `with old as (select id, health, last_seen_at, load from node where id = ? for update),
      fresh as (
        update node n set hostname = ?, version = ?, boot_id = ?, facts = ?::jsonb, load = ?::jsonb, last_seen_at = clock_timestamp(),
            health = 'online', health_since = case when old.health = 'online' then n.health_since else clock_timestamp() end
          from old where n.id = old.id
          returning n.name, n.limits, n.rotate_key, n.last_seen_at as now)
      select fresh.*, old.health, old.last_seen_at, old.load from old, fresh`,
    [id, facts.hostname, version, bootId, JSON.stringify(facts), JSON.stringify(load)],
  );
  if (row === undefined) throw nodeNotFound(id);
  return row;
}
