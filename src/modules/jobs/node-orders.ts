import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { JobOrder } from '../node-protocol/index.js';
import { JobExtensions } from './job-extensions.js';
import { RecoveryParts } from './recovery-parts.js';
import type { Job } from './job.entity.js';

/** Makes what a node gets to run a job. */
@Injectable()
export class NodeOrders {
  constructor(
    private readonly parts: RecoveryParts,
    private readonly extensions: JobExtensions,
  ) {}

  /** The order for the present run of the job. Errors: those of `JobHandler.prepare` that the master can tell already. */
  async of(job: Job): Promise<JobOrder> {
    const { handlers, contexts, timings } = this.parts;
    const handler = handlers.get(job.kind);
    if (handler.order === undefined) throw notForNodes(job);
    const { stallMs, deafMs, keepMs } = timings;
    return {
      jobId: job.id,
      runId: job.deliveryId,
      attempt: job.attempt,
      siteName: job.siteName,
      module: job.module,
      backupId: job.backupId,
      startedAt: (job.startedAt ?? job.createdAt).toISOString(),
      stages: job.stages,
      warnings: job.warnings,
      mayRetry: handler.resumable && job.failures + 1 < timings.attempts,
      patience: { stallMs, deafMs: { ...deafMs }, keepMs: handler.keepsWork === true ? keepMs : 0 },
      hooks: await this.extensions.moments(job),
      plan: await handler.order(job, contexts.secretsOf(job)),
    };
  }
}

function notForNodes(job: Job): AppError {
  return new AppError({
    code: 'JOB_KIND_UNKNOWN',
    kind: 'internal',
    message: `A node can't run jobs of the kind "${job.kind}".`,
    retry: 'never',
  });
}
