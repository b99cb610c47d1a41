import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BackupModuleRegistry } from './backup-module.registry.js';
import { BackupModulesController } from './backup-modules.controller.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [BackupModulesController],
  providers: [BackupModuleRegistry],
  exports: [BackupModuleRegistry],
})
export class BackupModulesModule {}
