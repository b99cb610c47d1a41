import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { StorageModule } from '../storage/index.js';
import { SiteDestinationsCheck } from './site-destinations-check.js';
import { SiteExtensions } from './site-extensions.js';
import { SiteImporter } from './site-importer.js';
import { SiteInspector } from './site-inspector.js';
import { SiteMapper } from './site.mapper.js';
import { SiteReach } from './site-reach.js';
import { SiteRecovery } from './site-recovery.js';
import { SitesController } from './sites.controller.js';
import { SitesService } from './sites.service.js';

@Module({
  imports: [BackupModulesModule, StorageModule],
  controllers: [SitesController],
  providers: [
    SitesService,
    SiteInspector,
    SiteImporter,
    SiteMapper,
    SiteExtensions,
    SiteDestinationsCheck,
    SiteReach,
    SiteRecovery,
  ],
  exports: [SiteReach, SiteRecovery, SitesService, SiteExtensions],
})
export class SitesModule {}
