import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { ResourcesModule } from '../resources/index.js';
import { StorageModule } from '../storage/index.js';
import { CopyRepairer } from './copy-repairer.js';
import { ObjectCopier } from './object-copier.js';
import { RepairController } from './repair.controller.js';
import { RepairJobHandler } from './repair-job.handler.js';
import { RepairNeeds } from './repair-needs.js';
import { RepairScheduler } from './repair-scheduler.js';
import { RepairService } from './repair.service.js';

/** Copies that went missing or were damaged are made whole from others. */
@Module({
  imports: [BackupsModule, JobsModule, ResourcesModule, StorageModule],
  controllers: [RepairController],
  providers: [CopyRepairer, ObjectCopier, RepairJobHandler, RepairNeeds, RepairScheduler, RepairService],
})
export class RepairModule {}
