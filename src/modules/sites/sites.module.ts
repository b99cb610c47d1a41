import { Module } from '@nestjs/common';
import { AuthModule, SiteAccess } from '../auth/index.js';
import { BackupModulesModule } from '../backup-modules/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { ScannerModule } from '../scanner/index.js';
import { StorageModule } from '../storage/index.js';
import { SiteLook } from './disk/index.js';
import { SiteDestinationsCheck } from './site-destinations-check.js';
import { SiteExtensions } from './site-extensions.js';
import { SiteImporter } from './site-importer.js';
import { SiteInspector } from './site-inspector.js';
import { SiteMapper } from './site.mapper.js';
import { SiteReach } from './site-reach.js';
import { SiteRecovery } from './site-recovery.js';
import { SiteMoveController } from './site-move.controller.js';
import { SiteMover } from './site-mover.js';
import { SitesController } from './sites.controller.js';
import { siteNotFound } from './sites.errors.js';
import { SitesService } from './sites.service.js';

@Module({
  imports: [AuthModule, BackupModulesModule, NodeTasksModule, ScannerModule, StorageModule],
  controllers: [SitesController, SiteMoveController],
  providers: [
    SitesService,
    SiteInspector,
    SiteLook,
    SiteMover,
    SiteImporter,
    SiteMapper,
    SiteExtensions,
    SiteDestinationsCheck,
    SiteReach,
    SiteRecovery,
  ],
  exports: [SiteLook, SiteReach, SiteRecovery, SitesService, SiteExtensions],
})
export class SitesModule {
  constructor(access: SiteAccess) {
    access.register('site', { siteOf: (id) => Promise.resolve(id), notFound: siteNotFound });
  }
}
