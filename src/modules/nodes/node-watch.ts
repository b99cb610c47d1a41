import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { EventLog } from '../events/index.js';
import { HeartbeatJobs } from './heartbeat-jobs.js';
import { healthEvent } from './node-events.js';
import { NodeTimings } from './node-timings.js';

interface Silent {
  id: string;
  name: string;
  before: string;
  health: 'stale' | 'offline';
  last_seen_at: string;
}

/**
 * Notices nodes that are not heard of any more. By the clock of the database alone; every master looks, and one of them enters a change. A
 * node is silent only for as long as somebody could have heard it: not before this master was started, nor while it stood still.
 */
@Injectable()
export class NodeWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('nodes');
  /** Since when this master hears, by the clock of the database. */
  private hearsSince: string | null = null;
  private lastRound = performance.now();

  constructor(
    private readonly orm: MikroORM,
    private readonly log: EventLog,
    private readonly jobs: HeartbeatJobs,
    private readonly timings: NodeTimings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listenAnew();
  }

  @Cron('*/10 * * * * *', { name: 'nodes', waitForCompletion: true })
  async tick(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.logger.warn(`The nodes could not be looked after: ${String(error)}`);
    }
  }

  /** One look at all nodes; jobs of those that are offline are given back. */
  async round(): Promise<void> {
    // A round that fails does not count: without the database no heartbeat is taken either.
    if (performance.now() - this.lastRound > this.timings.stoodStillMs) await this.listenAnew();
    const silent = await this.silent();
    this.lastRound = performance.now();
    for (const node of silent) await this.enter(node);
    const gone = await this.gone();
    if (gone.length > 0) await this.jobs.giveBack(gone);
  }

  /** Those that have been away for so long that their jobs are given back. */
  private async gone(): Promise<string[]> {
    const rows = await this.orm.em.fork().execute<{ id: string }[]>(
      `select id from node where health = 'offline'
          and extract(epoch from clock_timestamp() - greatest(last_seen_at, ?::timestamptz)) * 1000 > ?`,
      [this.hearsSince, this.timings.giveBackMs],
    );
    return rows.map(({ id }) => id);
  }

  private async listenAnew(): Promise<void> {
    const [row] = await this.orm.em.fork().execute<{ now: string }[]>('select clock_timestamp()::text as now');
    this.hearsSince = row?.now ?? null;
  }

  /** Those whose health is worse than it was. Only a heartbeat makes it better. */
  private async silent(): Promise<Silent[]> {
    const { staleMs, offlineMs } = this.timings;
    return this.orm.em.fork().execute<Silent[]>(
      `select n.id, n.name, n.health as before, n.last_seen_at::text as last_seen_at, case when n.silent > ? then 'offline' else 'stale' end as health
        from (select *, extract(epoch from clock_timestamp() - greatest(last_seen_at, ?::timestamptz)) * 1000 as silent
          from node where last_seen_at is not null and health <> 'offline') n
        where n.silent > ? or (n.silent > ? and n.health = 'online')`,
      [offlineMs, this.hearsSince, offlineMs, staleMs],
    );
  }

  private async enter({ id, name, before, health, last_seen_at: lastSeenAt }: Silent): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      // Another master was faster, or the node is heard of again.
      const changed = await em.execute<{ since: string }[]>(
        `update node set health = ?, health_since = clock_timestamp()
          where id = ? and health = ? and last_seen_at = ?::timestamptz returning health_since as since`,
        [health, id, before, lastSeenAt],
      );
      const [row] = changed;
      if (row === undefined) return;
      const times = { before, since: new Date(row.since), lastSeenAt: new Date(lastSeenAt) };
      await this.log.append(em, [healthEvent({ id, name }, health, times)], new Date());
    });
  }
}
