export { QuotaModule } from './quota.module.js';
export { UsageService } from './usage.service.js';
