import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BackupModuleRegistry } from './backup-module.registry.js';

/** The kinds of sites there are. Free of HTTP: nodes have it too. */
@Module({ imports: [DiscoveryModule], providers: [BackupModuleRegistry], exports: [BackupModuleRegistry] })
export class BackupModulesModule {}
