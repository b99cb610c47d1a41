import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { SettingsModule } from '../settings/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { RetentionDecisions } from './retention-decisions.js';
import { RetentionPolicies } from './retention-policies.js';
import { RetentionPruner } from './retention-pruner.js';
import { RetentionRunner } from './retention-runner.js';
import { RetentionSchedule } from './retention-schedule.js';
import { RetentionController } from './retention.controller.js';
import { RetentionService } from './retention.service.js';
import { SiteRetentionController } from './site-retention.controller.js';

/** Which backups are kept; see docs/retention.md. */
@Module({
  imports: [BackupsModule, JobsModule, SettingsModule, SitesModule, StorageModule],
  controllers: [RetentionController, SiteRetentionController],
  providers: [
    RetentionDecisions,
    RetentionPolicies,
    RetentionPruner,
    RetentionRunner,
    RetentionSchedule,
    RetentionService,
  ],
  exports: [RetentionPruner, RetentionSchedule],
})
export class RetentionModule {}
