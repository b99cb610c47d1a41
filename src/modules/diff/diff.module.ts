import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { BackupModulesModule } from '../backup-modules/index.js';
import { BackupsModule } from '../backups/index.js';
import { DiffController } from './diff.controller.js';
import { DiffService } from './diff.service.js';
import { TableDiffService } from './table-diff.service.js';

/** What changed between two backups. */
@Module({
  imports: [AuthModule, BackupModulesModule, BackupsModule],
  controllers: [DiffController],
  providers: [DiffService, TableDiffService],
})
export class DiffModule {}
