import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Job, JobStatus } from './job.entity.js';
import { jobLost } from './jobs.errors.js';

/** The runs that nodes have taken. */
@Injectable()
export class NodeRuns {
  constructor(private readonly orm: MikroORM) {}

  /** The job of this run, which this node holds. Error: JOB_LOST for any other, also for one that there never was. */
  async held(nodeId: string, runId: string): Promise<Job> {
    const where = { deliveryId: runId, nodeId, runnerId: nodeId, status: JobStatus.Running };
    const job = await this.orm.em.fork().findOne(Job, where);
    if (job === null) throw jobLost(runId);
    return job;
  }
}
