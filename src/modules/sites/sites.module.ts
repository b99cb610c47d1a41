import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { SiteExtensions } from './site-extensions.js';
import { SiteImporter } from './site-importer.js';
import { SiteInspector } from './site-inspector.js';
import { SiteMapper } from './site.mapper.js';
import { SiteRecovery } from './site-recovery.js';
import { SitesController } from './sites.controller.js';
import { SitesService } from './sites.service.js';

@Module({
  imports: [BackupModulesModule],
  controllers: [SitesController],
  providers: [SitesService, SiteInspector, SiteImporter, SiteMapper, SiteExtensions, SiteRecovery],
  exports: [SiteRecovery, SitesService, SiteExtensions],
})
export class SitesModule {}
