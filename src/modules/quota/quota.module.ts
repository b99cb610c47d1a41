import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { RetentionModule } from '../retention/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { QuotaGate } from './quota-gate.js';
import { QuotaLedger } from './quota-ledger.js';
import { QuotasController } from './quotas.controller.js';
import { QuotasService } from './quotas.service.js';
import { UsageService } from './usage.service.js';

/** How much may be stored; see docs/retention.md. */
@Module({
  imports: [NodeTasksModule, BackupsModule, RetentionModule, SitesModule, StorageModule],
  controllers: [QuotasController],
  providers: [QuotaGate, QuotaLedger, QuotasService, UsageService],
  exports: [QuotaLedger, UsageService],
})
export class QuotaModule {}
