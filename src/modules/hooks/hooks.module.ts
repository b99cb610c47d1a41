import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { EventsModule } from '../events/index.js';
import { JobsModule } from '../jobs/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { SitesModule } from '../sites/index.js';
import { HookRunner } from './hook-runner.js';
import { HooksController } from './hooks.controller.js';
import { HooksService } from './hooks.service.js';
import { JobHooks } from './job-hooks.js';
import { StageNames } from './stage-names.js';

/** What an administrator has done at the moments of a job: a program as the site's owner, or a request. */
@Module({
  imports: [NodeTasksModule, BackupModulesModule, EventsModule, JobsModule, SitesModule],
  controllers: [HooksController],
  providers: [HookRunner, HooksService, JobHooks, StageNames],
})
export class HooksModule {}
