import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { StorageModule } from '../storage/index.js';
import { DoctorController } from './doctor.controller.js';
import { DoctorService } from './doctor.service.js';

@Module({
  imports: [BackupModulesModule, StorageModule],
  controllers: [DoctorController],
  providers: [DoctorService],
})
export class DoctorModule {}
