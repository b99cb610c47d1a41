import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { SettingsModule } from '../settings/index.js';
import { StorageModule } from '../storage/index.js';
import { KnownObjects } from './known-objects.js';
import { Marker } from './marker.js';
import { OrphanAdopter } from './orphan-adopter.js';
import { OrphanRemover } from './orphan-remover.js';
import { ReconcileSchedule } from './reconcile-schedule.js';
import { ReconcileController } from './reconcile.controller.js';
import { ReconcileService } from './reconcile.service.js';
import { Reconciler } from './reconciler.js';

/** Comparing what storages list with what the catalogue knows. */
@Module({
  imports: [BackupsModule, JobsModule, SettingsModule, StorageModule],
  controllers: [ReconcileController],
  providers: [KnownObjects, Marker, OrphanAdopter, OrphanRemover, Reconciler, ReconcileSchedule, ReconcileService],
  exports: [ReconcileSchedule, ReconcileService],
})
export class ReconcileModule {}
