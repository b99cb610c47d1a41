import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { ResourcesModule } from '../resources/index.js';
import { SitesModule } from '../sites/index.js';
import { RestoreContexts } from './restore-contexts.js';
import { NodePreviews } from './node-previews.js';
import { RestoreHosts } from './restore-hosts.js';
import { RestoreJobHandler } from './restore-job.handler.js';
import { RestoreController } from './restore.controller.js';
import { RestoreParts, RestoreService } from './restore.service.js';

@Module({
  imports: [BackupModulesModule, BackupsModule, JobsModule, NodeTasksModule, ResourcesModule, SitesModule],
  controllers: [RestoreController],
  providers: [NodePreviews, RestoreContexts, RestoreHosts, RestoreJobHandler, RestoreParts, RestoreService],
})
export class RestoreModule {}
