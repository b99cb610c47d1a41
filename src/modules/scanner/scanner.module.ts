import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { DiskScan } from './disk/index.js';
import { ScannerController } from './scanner.controller.js';
import { ScannerService } from './scanner.service.js';

@Module({
  imports: [BackupModulesModule, NodeTasksModule],
  controllers: [ScannerController],
  providers: [DiskScan, ScannerService],
  exports: [ScannerService],
})
export class ScannerModule {}
