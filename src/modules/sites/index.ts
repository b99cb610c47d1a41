export { type LastBackup, type SiteExtension, SiteExtensions } from './site-extensions.js';
export { RetentionPolicyDto } from './dto/retention-policy.dto.js';
export type { Site, SiteAlarms, SiteRetention } from './site.entity.js';
export { SitesModule } from './sites.module.js';
export { SitesService, type NewSite, type SiteChanges, type SiteQuery } from './sites.service.js';
export { SiteReach } from './site-reach.js';
export { foundAlarms, foundRetention } from './found-policies.js';
export { type EnteredSite, type FoundSite, SiteRecovery } from './site-recovery.js';
