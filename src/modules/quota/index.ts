export { QuotaModule } from './quota.module.js';
export { UsageService } from './usage.service.js';
export { QuotaLedger } from './quota-ledger.js';
