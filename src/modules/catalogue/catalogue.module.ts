import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { ReconcileModule } from '../reconcile/index.js';
import { ResourcesModule } from '../resources/index.js';
import { SettingsModule } from '../settings/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { CatalogueBackup, CatalogueBackupParts } from './catalogue-backup.js';
import { CatalogueFolder } from './catalogue-folder.js';
import { CatalogueRebuild } from './catalogue-rebuild.js';
import { CatalogueRecovery, RecoveryParts } from './catalogue-recovery.js';
import { CatalogueSchedule } from './catalogue-schedule.js';
import { CatalogueShelf } from './catalogue-shelf.js';
import { CatalogueTasks } from './catalogue-tasks.js';
import { CatalogueController } from './catalogue.controller.js';
import { CatalogueService } from './catalogue.service.js';

/** The catalogue as a whole: its own backup, and how it comes back from a storage. */
@Module({
  imports: [BackupsModule, JobsModule, ReconcileModule, ResourcesModule, SettingsModule, SitesModule, StorageModule],
  controllers: [CatalogueController],
  providers: [
    CatalogueBackup,
    CatalogueBackupParts,
    CatalogueFolder,
    CatalogueRebuild,
    CatalogueRecovery,
    CatalogueSchedule,
    CatalogueService,
    CatalogueShelf,
    CatalogueTasks,
    RecoveryParts,
  ],
  exports: [CatalogueTasks],
})
export class CatalogueModule {}
