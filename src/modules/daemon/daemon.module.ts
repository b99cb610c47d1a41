import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { ScannerModule } from '../scanner/index.js';
import { SitesModule } from '../sites/index.js';
import { DaemonController } from './daemon.controller.js';
import { DaemonService } from './daemon.service.js';

@Module({
  imports: [BackupModulesModule, BackupsModule, JobsModule, ScannerModule, SitesModule],
  controllers: [DaemonController],
  providers: [DaemonService],
})
export class DaemonModule {}
