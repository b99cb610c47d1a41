import { Module } from '@nestjs/common';
import { AuthModule, SiteAccess } from '../auth/index.js';
import { EventsModule } from '../events/index.js';
import { ProofModule } from '../proof/index.js';
import { QuotaModule } from '../quota/index.js';
import { SettingsModule } from '../settings/index.js';
import { StorageModule } from '../storage/index.js';
import { AlarmBook } from './alarm-book.js';
import { AlarmRules } from './alarm-rules.js';
import { AlarmSettings } from './alarm-settings.js';
import { AlarmWatch } from './alarm-watch.js';
import { AlarmsController } from './alarms.controller.js';
import { alarmNotFound } from './alarms.errors.js';
import { AlarmsService } from './alarms.service.js';
import { DiskLow } from './rules/disk-low.js';
import { ProofOverdue } from './rules/proof-overdue.js';
import { QuotaNear } from './rules/quota-near.js';
import { StorageUnreachable } from './rules/storage-unreachable.js';
import { StatusService } from './status.service.js';
import { StorageReach } from './storage-reach.js';

/** Silence is failure: what is wrong is found and told; see docs/alarms.md. */
@Module({
  imports: [AuthModule, EventsModule, ProofModule, QuotaModule, SettingsModule, StorageModule],
  controllers: [AlarmsController],
  providers: [
    AlarmBook,
    AlarmRules,
    AlarmSettings,
    AlarmWatch,
    AlarmsService,
    DiskLow,
    ProofOverdue,
    QuotaNear,
    StatusService,
    StorageReach,
    StorageUnreachable,
  ],
  exports: [AlarmsService],
})
export class AlarmsModule {
  constructor(access: SiteAccess, alarms: AlarmsService) {
    access.register('alarm', { siteOf: (id) => alarms.siteOf(id), notFound: alarmNotFound });
  }
}
