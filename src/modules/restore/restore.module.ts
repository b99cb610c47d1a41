import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { ResourcesModule } from '../resources/index.js';
import { SitesModule } from '../sites/index.js';
import { RestoreContexts } from './restore-contexts.js';
import { RestoreJobHandler } from './restore-job.handler.js';
import { RestoreController } from './restore.controller.js';
import { RestoreParts, RestoreService } from './restore.service.js';

@Module({
  imports: [BackupModulesModule, BackupsModule, JobsModule, ResourcesModule, SitesModule],
  controllers: [RestoreController],
  providers: [RestoreContexts, RestoreJobHandler, RestoreParts, RestoreService],
})
export class RestoreModule {}
