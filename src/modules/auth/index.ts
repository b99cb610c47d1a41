export type { AuthenticatedRequest } from './access.guard.js';
export { AuthModule } from './auth.module.js';
export { Authentication } from './authentication.js';
export { FirstToken } from './first-token.js';
export { TokenService } from './token.service.js';
export { requireRole } from './require-role.js';
export { NodeAccess, type NodeRequest } from './node-access.js';
export { PersonAccess, type PersonAuthenticator, type PersonRequest } from './person-access.js';
export { requireAllSites, SiteAccess } from './site-access.js';
