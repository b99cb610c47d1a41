import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { EventsModule } from '../events/index.js';
import { JobsModule } from '../jobs/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { ReconcileModule } from '../reconcile/index.js';
import { RetentionModule } from '../retention/index.js';
import { ScannerModule } from '../scanner/index.js';
import { SettingsModule } from '../settings/index.js';
import { SitesModule } from '../sites/index.js';
import { VerifyModule } from '../verify/index.js';
import { DiscoveredSites } from './discovered-sites.js';
import { InstallationTasks } from './installation-tasks.js';
import { JobStarter } from './job-starter.js';
import { ScheduleBooks } from './schedule-books.js';
import { ScheduleLedger } from './schedule-ledger.js';
import { ScheduleSync } from './schedule-sync.js';
import { ScheduleTick } from './schedule-tick.js';
import { ScheduleViews } from './schedule-views.js';
import { SchedulesController } from './schedules.controller.js';
import { SchedulesService } from './schedules.service.js';
import { SeenSites } from './seen-sites.js';
import { SiteSchedulesController } from './site-schedules.controller.js';
import { SiteWatch } from './site-watch.js';
import { WatchDisk } from './watch-disk.js';
import { SlotRunner } from './slot-runner.js';

/** When what happens by itself; see docs/schedules.md. */
@Module({
  imports: [
    BackupsModule,
    EventsModule,
    JobsModule,
    NodeTasksModule,
    ReconcileModule,
    RetentionModule,
    ScannerModule,
    SettingsModule,
    SitesModule,
    VerifyModule,
  ],
  controllers: [SchedulesController, SiteSchedulesController],
  providers: [
    DiscoveredSites,
    InstallationTasks,
    JobStarter,
    ScheduleBooks,
    ScheduleLedger,
    ScheduleSync,
    ScheduleTick,
    ScheduleViews,
    SeenSites,
    WatchDisk,
    SchedulesService,
    SiteWatch,
    SlotRunner,
  ],
  exports: [ScheduleTick],
})
export class SchedulesModule {}
