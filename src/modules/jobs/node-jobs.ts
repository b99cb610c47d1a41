import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import { JobHandlers } from './job-handler.js';
import { JobStore } from './job-store.js';
import { Job, JobStatus } from './job.entity.js';

/** The jobs of a node that goes for good. */
@Injectable()
export class NodeJobs {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly handlers: JobHandlers,
  ) {}

  /**
   * All of its jobs that wait or run fail with the reason. What they left in storages is removed by the masters; what a restore had changed
   * on the host can't be taken back from here. Idempotent; how many there were.
   */
  async fail(nodeId: string, reason: AppError): Promise<number> {
    const where = { nodeId, status: { $in: [JobStatus.Pending, JobStatus.Running] } };
    const active = await this.orm.em.fork().find(Job, where, { fields: ['id', 'kind', 'attempt'] });
    for (const { id, kind, attempt } of active) {
      const litter = attempt > 0 && this.handlers.get(kind).resumable;
      await this.store.end(id, { status: 'failed', error: reason, result: null, litter });
    }
    return active.length;
  }
}
