import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { ScannerController } from './scanner.controller.js';
import { ScannerService } from './scanner.service.js';

@Module({
  imports: [BackupModulesModule],
  controllers: [ScannerController],
  providers: [ScannerService],
  exports: [ScannerService],
})
export class ScannerModule {}
