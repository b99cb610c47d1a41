import { Module } from '@nestjs/common';
import { AuthModule, SiteAccess } from '../auth/index.js';
import { backupNotFound } from './backups.errors.js';
import { BackupModulesModule } from '../backup-modules/index.js';
import { JobsModule } from '../jobs/index.js';
import { ResourcesModule } from '../resources/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { BackupAdopter } from './backup-adopter.js';
import { BackupCopies } from './backup-copies.js';
import { BackupJobHandler, BackupJobParts } from './backup-job.handler.js';
import { BackupExtensions } from './backup-extensions.js';
import { BackupPins } from './backup-pins.js';
import { BackupReader } from './backup-reader.js';
import { BackupRemover } from './backup-remover.js';
import { BackupsController } from './backups.controller.js';
import { BackupsService } from './backups.service.js';
import { BundleReferences } from './bundle-references.js';
import { Catalogue } from './catalogue.js';
import { CatalogueDesk } from './catalogue-desk.js';
import { Leftovers } from './leftovers.js';
import { ObjectLedger } from './object-ledger.js';
import { ObjectOwners } from './object-owners.js';
import { OwnFolders } from './own-folders.js';
import { SiteBackupsController } from './site-backups.controller.js';
import { StorageMaintenance } from './storage-maintenance.js';
import { WantedCopies } from './wanted-copies.js';

/** Making backups, and the catalogue of what was made. */
@Module({
  imports: [AuthModule, NodeTasksModule, BackupModulesModule, JobsModule, ResourcesModule, SitesModule, StorageModule],
  controllers: [BackupsController, SiteBackupsController],
  providers: [
    BackupAdopter,
    BackupExtensions,
    BackupCopies,
    BackupJobHandler,
    BackupJobParts,
    BackupPins,
    BackupReader,
    BackupRemover,
    BackupsService,
    BundleReferences,
    Catalogue,
    Leftovers,
    ObjectLedger,
    ObjectOwners,
    OwnFolders,
    CatalogueDesk,
    StorageMaintenance,
    WantedCopies,
  ],
  exports: [
    BackupAdopter,
    BackupExtensions,
    BackupReader,
    BackupRemover,
    BundleReferences,
    BackupsService,
    Catalogue,
    Leftovers,
    ObjectLedger,
    ObjectOwners,
    OwnFolders,
    WantedCopies,
  ],
})
export class BackupsModule {
  constructor(access: SiteAccess, catalogue: Catalogue) {
    access.register('backup', { siteOf: (id) => catalogue.siteOf(id), notFound: backupNotFound });
  }
}
