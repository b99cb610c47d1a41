import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { JobQueue } from '../../../src/modules/jobs/job-queue.js';
import type { Job } from '../../../src/modules/jobs/index.js';

/** A delivery that can be handed out. */
export interface Waiting {
  id: string;
  jobId: string;
}

/**
 * The queue's promise without pg-boss: deliveries are rows, made and settled in the caller's transaction. Who gets them, when,
 * how often and in which order is the scenario's to choose.
 */
export class SimQueue extends JobQueue {
  /** Handed out and not known to be lost. */
  readonly handedOut = new Set<string>();
  /** A planted bug. */
  neverSettles = false;

  constructor(private readonly database: MikroORM) {
    super(database);
  }

  override async deliver(em: EntityManager, job: Job, delaySeconds = 0): Promise<boolean> {
    const from = new Date(Date.now() + delaySeconds * 1000).toISOString();
    const rows = await em.execute<unknown[]>(
      `insert into sim_delivery (id, job_id, site_id, start_after) values (?, ?, ?, ?) on conflict do nothing returning id`,
      [job.deliveryId, job.id, job.siteId, from],
    );
    return rows.length > 0;
  }

  override async settle(em: EntityManager, deliveryId: string): Promise<void> {
    if (this.neverSettles) return;
    await em.execute('delete from sim_delivery where id = ?', [deliveryId]);
  }

  override async waiting(deliveryIds: readonly string[]): Promise<Set<string>> {
    const live = await this.live(deliveryIds);
    return new Set([...live].filter((id) => !this.handedOut.has(id)));
  }

  override async live(deliveryIds: readonly string[]): Promise<Set<string>> {
    if (deliveryIds.length === 0) return new Set();
    const sql = 'select id from sim_delivery where id = any(?::uuid[])';
    const rows = await this.database.em.fork().execute<{ id: string }[]>(sql, [`{${deliveryIds.join(',')}}`]);
    return new Set(rows.map(({ id }) => id));
  }
}
