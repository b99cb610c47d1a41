export { AuditModule } from './audit.module.js';
export { AuditLog } from './audit-log.js';
export { Audited } from './audited.js';
export { RequestAudit } from './request-audit.js';
