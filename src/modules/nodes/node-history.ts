import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import type { NodeLoad } from '../../common/node-facts.js';
import type { Heartbeat } from '../node-protocol/index.js';
import { NodesService } from './nodes.service.js';

const STEP_SECONDS = 300;
const MOST_POINTS = 500;

/** How busy a node was over one step. */
export interface HistoryPoint {
  /** Begin of the step. */
  at: string;
  /** Heartbeats in it; few of them = the node was away for a part of it. */
  heartbeats: number;
  load1: number;
  memoryFreeBytes: number;
  diskFreeShare: number | null;
  sentBytes: number;
  receivedBytes: number;
  runs: number;
}

/** How busy nodes were, over the last 30 days. */
@Injectable()
export class NodeHistory {
  private readonly logger = new Logger('nodes');

  constructor(
    private readonly orm: MikroORM,
    private readonly nodes: NodesService,
  ) {}

  /** In steps of whole five minutes, so that there are at most 500; steps without a heartbeat are left out. Error: NODE_NOT_FOUND. */
  async read(id: string, from: Date, to: Date): Promise<{ stepSeconds: number; items: HistoryPoint[] }> {
    await this.nodes.get(id);
    const seconds = (to.getTime() - from.getTime()) / 1000;
    const stepSeconds = STEP_SECONDS * Math.max(1, Math.ceil(seconds / STEP_SECONDS / MOST_POINTS));
    // Steps begin with `from`: no point is of a time before it, and there are not more of them.
    const rows = await this.orm.em.fork().execute<(Omit<HistoryPoint, 'at'> & { at: string })[]>(
      `select date_bin(make_interval(secs => ?), at, ?::timestamptz) as at, sum(heartbeats)::int as heartbeats,
          sum(load1 * heartbeats) / sum(heartbeats) as load1, sum(memory_free_bytes * heartbeats) / sum(heartbeats) as "memoryFreeBytes",
          min(disk_free_share) as "diskFreeShare", sum(sent_bytes) as "sentBytes", sum(received_bytes) as "receivedBytes",
          sum(runs * heartbeats) / sum(heartbeats) as runs
        from node_sample where node_id = ? and at >= ?::timestamptz and at < ?::timestamptz group by 1 order by 1`,
      [stepSeconds, from.toISOString(), id, from.toISOString(), to.toISOString()],
    );
    return { stepSeconds, items: rows.map((row) => Object.assign(row, { at: new Date(row.at).toISOString() })) };
  }

  /** Removes what is older than 30 days, and requests and tokens of yesterday. Several masters may do so at once. */
  @Cron('0 31 3 * * *', { name: 'node history', waitForCompletion: true })
  async prune(): Promise<void> {
    try {
      const em = this.orm.em.fork();
      await em.execute(`delete from node_sample where at < now() - interval '30 days'`);
      await em.execute(`delete from node_join where expires_at < now() - interval '1 day'`);
      await em.execute(
        `delete from node_token where expires_at < now() - interval '1 day' or used_at < now() - interval '1 day'`,
      );
    } catch (error) {
      this.logger.warn(`Old records of nodes could not be removed: ${String(error)}`);
    }
  }
}

/** Adds a heartbeat to its five minutes, within the caller's transaction. `load`: of the heartbeat before. */
export async function addSample(
  em: EntityManager,
  before: { id: string; load: NodeLoad | null },
  { load, runs }: Heartbeat,
): Promise<void> {
  const network = (what: 'sentBytes' | 'receivedBytes'): number => {
    // Counted from the start of the host: a smaller number means that it was started anew, and nobody knows how much went before.
    const last = before.load?.network[what];
    return last === undefined || last > load.network[what] ? 0 : load.network[what] - last;
  };
  const shares = load.disks.flatMap(({ freeBytes, totalBytes }) => (totalBytes > 0 ? [freeBytes / totalBytes] : []));
  await em.execute(
    `insert into node_sample as s (node_id, at, heartbeats, load1, memory_free_bytes, disk_free_share, sent_bytes, received_bytes, runs)
      values (?, date_bin('5 minutes', now(), timestamptz 'epoch'), 1, ?, ?, ?, ?, ?, ?)
      on conflict (node_id, at) do update set heartbeats = s.heartbeats + 1,
        load1 = s.load1 + (excluded.load1 - s.load1) / (s.heartbeats + 1),
        memory_free_bytes = s.memory_free_bytes + (excluded.memory_free_bytes - s.memory_free_bytes) / (s.heartbeats + 1),
        disk_free_share = least(s.disk_free_share, excluded.disk_free_share),
        sent_bytes = s.sent_bytes + excluded.sent_bytes, received_bytes = s.received_bytes + excluded.received_bytes,
        runs = s.runs + (excluded.runs - s.runs) / (s.heartbeats + 1)`,
    [
      before.id,
      load.load1,
      load.memoryFreeBytes,
      shares.length === 0 ? null : Math.min(...shares),
      network('sentBytes'),
      network('receivedBytes'),
      runs.length,
    ],
  );
}
