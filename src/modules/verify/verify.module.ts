import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { VerifyJobHandler } from './verify-job.handler.js';
import { VerifyController } from './verify.controller.js';
import { VerifyService } from './verify.service.js';

@Module({
  imports: [BackupsModule, JobsModule, NodeTasksModule, SitesModule, StorageModule],
  controllers: [VerifyController],
  providers: [VerifyJobHandler, VerifyService],
  exports: [VerifyService],
})
export class VerifyModule {}
