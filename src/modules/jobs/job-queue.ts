import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Clock, fromKysely, PgBoss, systemClock } from 'pg-boss';
import { databaseUrlOf } from '../events/index.js';
import type { Job } from './job.entity.js';

const QUEUE = 'site-job';
/** PostgreSQL channel on which the id of a node is announced that has something to do. */
export const NODE_WORK_CHANNEL = 'backupd_node_work';
const DAY_SECONDS = 86_400;

/**
 * When a job whose master died is delivered again: no sign of life for so long, looked for so often. A delivery lives for so long
 * (a day is the longest pg-boss takes) from the last time it was renewed. Tests shorten it, before a start.
 */
export const DELIVERY_TIMINGS = {
  heartbeatSeconds: 60,
  lookEverySeconds: 60,
  expireSeconds: DAY_SECONDS,
  renewEverySeconds: 3600,
};

/** What a delivery carries. */
interface Delivery {
  jobId: string;
}

/**
 * pg-boss: delivers jobs by priority, keeps a heartbeat while one runs, and delivers again when it stops. Holds no truth:
 * the job row has that, and each delivery is made and settled in the transaction that changes the row.
 */
@Injectable()
export class JobQueue implements OnModuleInit {
  private readonly logger = new Logger('queue');
  private readonly boss: PgBoss;
  private readonly timings = { ...DELIVERY_TIMINGS };
  /** Deliveries that are worked on here. */
  private readonly held = new Set<string>();
  private renewing: NodeJS.Timeout | null = null;

  constructor(private readonly orm: MikroORM) {
    this.boss = new PgBoss({
      connectionString: databaseUrlOf(orm),
      application_name: 'backupd-queue',
      schema: 'pgboss',
      max: 4,
      schedule: false,
      useListenNotify: true,
      superviseIntervalSeconds: this.timings.lookEverySeconds,
      monitorIntervalSeconds: this.timings.lookEverySeconds,
      clock: clockWithout(this.timings.expireSeconds * 1000),
    });
    this.boss.on('error', (error) => this.logger.warn(error.message));
    this.boss.on('warning', (warning) => this.logger.debug(warning.message));
  }

  async onModuleInit(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(QUEUE, {
      policy: 'exclusive',
      notify: true,
      heartbeatSeconds: this.timings.heartbeatSeconds,
      expireInSeconds: this.timings.expireSeconds,
      retryLimit: 10,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
      retentionSeconds: 90 * DAY_SECONDS,
      deleteAfterSeconds: DAY_SECONDS,
    });
  }

  /**
   * Puts the job's `deliveryId` into the queue, within the caller's transaction. False when one of the same site is there
   * already. That of a node is in no queue: it takes its jobs from their rows, and is told that there is one.
   */
  async deliver(em: EntityManager, job: Job, delaySeconds = 0): Promise<boolean> {
    const nodeId = job.nodeId ?? null;
    if (nodeId !== null) {
      await em.execute('select pg_notify(?, ?)', [NODE_WORK_CHANNEL, nodeId]);
      return true;
    }
    const id = await this.boss.send(QUEUE, { jobId: job.id } satisfies Delivery, {
      id: job.deliveryId,
      priority: job.priority,
      singletonKey: job.siteId,
      ...(delaySeconds > 0 ? { startAfter: delaySeconds } : {}),
      db: fromKysely(em.getKysely()),
    });
    return id !== null;
  }

  /** Takes the delivery out of the queue, within the caller's transaction, whatever state it is in. Idempotent. */
  async settle(em: EntityManager, deliveryId: string): Promise<void> {
    await this.boss.deleteJob(QUEUE, deliveryId, { db: fromKysely(em.getKysely()) });
  }

  /** Those of the given deliveries that wait in the queue (and are not handed out). */
  async waiting(deliveryIds: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const id of deliveryIds) {
      const [job] = await this.boss.findJobs<Delivery>(QUEUE, { id });
      if (job?.state === 'created' || job?.state === 'retry') found.add(id);
    }
    return found;
  }

  /** Those of the given deliveries that the queue still has: they wait, or are handed out and show signs of life. */
  async live(deliveryIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string }[]>(
        `select id from pgboss.job where name = ? and id = any(?::uuid[]) and state in ('created', 'retry', 'active')`,
        [QUEUE, `{${deliveryIds.join(',')}}`],
      );
    return new Set(rows.map(({ id }) => id));
  }

  /** Begins to take jobs, so many at a time. The handler must not throw for what goes wrong in a job. */
  async work(concurrency: number, handler: (deliveryId: string, jobId: string) => Promise<void>): Promise<void> {
    // New jobs are announced; the polling is for those that wait for their time.
    const options = { localConcurrency: concurrency, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 };
    await this.boss.work<Delivery>(QUEUE, options, async (jobs) => {
      for (const job of jobs) {
        this.held.add(job.id);
        await handler(job.id, job.data.jobId).finally(() => this.held.delete(job.id));
      }
    });
    this.renewing = setInterval(() => void this.renew(), this.timings.renewEverySeconds * 1000).unref();
  }

  /** A job may take days: while its master lives, its delivery does not expire. */
  private async renew(): Promise<void> {
    if (this.held.size === 0) return;
    try {
      await this.orm.em
        .fork()
        .execute(
          `update pgboss.job set started_on = now() where name = ? and id = any(?::uuid[]) and state = 'active'`,
          [QUEUE, `{${[...this.held].join(',')}}`],
        );
    } catch (error) {
      this.logger.warn(`The deliveries of running jobs could not be renewed: ${String(error)}`);
    }
  }

  /** Throws when the queue does not answer. */
  async ask(): Promise<void> {
    if ((await this.boss.getQueue(QUEUE)) === null) throw new Error('the queue is gone');
  }

  /** Takes no more jobs; does not wait for the running ones. */
  async pause(): Promise<void> {
    await this.boss.offWork(QUEUE, { wait: false });
  }

  async stop(): Promise<void> {
    if (this.renewing !== null) clearInterval(this.renewing);
    await this.boss.stop({ graceful: false, close: true });
  }
}

/**
 * The system's clock without timers of exactly this length: pg-boss would give up a handler after the life of a delivery, as if it
 * were dead, and no longer tell that it lives.
 */
function clockWithout(limitMs: number): Clock {
  return { ...systemClock, setTimeout: (work, ms) => (ms === limitMs ? null : systemClock.setTimeout(work, ms)) };
}
