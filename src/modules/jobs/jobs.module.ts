import { Module } from '@nestjs/common';
import { AuthModule, SiteAccess } from '../auth/index.js';
import { EventsModule } from '../events/index.js';
import { ResourcesModule } from '../resources/index.js';
import { InstanceId } from './instance-id.js';
import { JobEnding } from './job-ending.js';
import { JobExtensions } from './job-extensions.js';
import { JobFollowUps } from './job-follow-ups.js';
import { JobHandlers } from './job-handler.js';
import { JobLifecycle } from './job-lifecycle.js';
import { JobPruner } from './job-pruner.js';
import { JobQueue } from './job-queue.js';
import { JobRecovery } from './job-recovery.js';
import { JobRetries } from './job-retries.js';
import { KeptWork } from './kept-work.js';
import { RecoveryParts } from './recovery-parts.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { JobTimings } from './job-timings.js';
import { NodeOrders } from './node-orders.js';
import { NodeReconcile } from './node-reconcile.js';
import { NodeReports } from './node-reports.js';
import { NodeRuns } from './node-runs.js';
import { JobWorker } from './job-worker.js';
import { JobsController } from './jobs.controller.js';
import { jobNotFound } from './jobs.errors.js';
import { JobsService } from './jobs.service.js';
import { RunContexts } from './run-context.js';

/** Jobs of every kind. Features add a kind by registering a `JobHandler` with `JobHandlers` at module init. */
@Module({
  imports: [AuthModule, EventsModule, ResourcesModule],
  controllers: [JobsController],
  providers: [
    InstanceId,
    JobExtensions,
    JobFollowUps,
    JobHandlers,
    JobLifecycle,
    JobPruner,
    JobQueue,
    JobRecovery,
    JobStore,
    JobSweeper,
    JobEnding,
    JobRetries,
    JobTimings,
    JobWorker,
    JobsService,
    KeptWork,
    NodeOrders,
    NodeReconcile,
    NodeReports,
    NodeRuns,
    RecoveryParts,
    RunContexts,
  ],
  exports: [
    InstanceId,
    JobExtensions,
    JobHandlers,
    JobQueue,
    JobsService,
    JobTimings,
    NodeReconcile,
    NodeReports,
    NodeRuns,
  ],
})
export class JobsModule {
  constructor(access: SiteAccess, jobs: JobsService) {
    access.register('job', { siteOf: (id) => jobs.siteOf(id), notFound: jobNotFound });
  }
}
