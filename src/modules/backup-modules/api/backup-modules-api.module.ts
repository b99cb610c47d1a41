import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules.module.js';
import { BackupModulesController } from './backup-modules.controller.js';

@Module({ imports: [BackupModulesModule], controllers: [BackupModulesController] })
export class BackupModulesApiModule {}
