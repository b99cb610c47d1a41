import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { EventsModule } from '../events/index.js';
import { JobsModule } from '../jobs/index.js';
import { SitesModule } from '../sites/index.js';
import { HeartbeatJobs } from './heartbeat-jobs.js';
import { HeartbeatService } from './heartbeat.service.js';
import { JoinApprovalController } from './join-approval.controller.js';
import { JoinApproval } from './join-approval.js';
import { JoinController } from './join.controller.js';
import { JoinLimits } from './join-limits.js';
import { JoinService } from './join.service.js';
import { NodeController } from './node.controller.js';
import { NodeHistory } from './node-history.js';
import { NodeKeys } from './node-keys.js';
import { NodeRemover } from './node-remover.js';
import { NodeTimings } from './node-timings.js';
import { NodeTokensController } from './node-tokens.controller.js';
import { NodeTokens } from './node-tokens.js';
import { NodeWatch } from './node-watch.js';
import { NodesController } from './nodes.controller.js';
import { NodesService } from './nodes.service.js';
import { OpenRequests } from './open-requests.js';

/** The hosts that run backupd in node mode: how they come in, and whether they are there; see docs/nodes.md. */
@Module({
  imports: [AuthModule, EventsModule, JobsModule, SitesModule],
  controllers: [JoinController, NodeController, NodesController, JoinApprovalController, NodeTokensController],
  providers: [
    HeartbeatJobs,
    HeartbeatService,
    JoinApproval,
    JoinLimits,
    JoinService,
    NodeHistory,
    NodeKeys,
    NodeRemover,
    NodeTimings,
    NodeTokens,
    NodeWatch,
    NodesService,
    OpenRequests,
  ],
  exports: [NodesService, NodeTimings],
})
export class NodesModule {}
