import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { EventsModule } from '../events/index.js';
import { JobsModule } from '../jobs/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { NodeWorkController } from './node-work.controller.js';
import { NodeWorkService } from './node-work.service.js';
import { ReportIntake } from './report-intake.js';
import { WorkWaiters } from './work-waiters.js';

/** What nodes take from the master and tell it of their runs. */
@Module({
  imports: [AuthModule, EventsModule, JobsModule, NodeTasksModule],
  controllers: [NodeWorkController],
  providers: [NodeWorkService, ReportIntake, WorkWaiters],
})
export class NodeWorkModule {}
