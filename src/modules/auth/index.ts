export { type AuthenticatedRequest, requireRole } from './access.guard.js';
export { AuthModule } from './auth.module.js';
export { FirstToken } from './first-token.js';
export { TokenService } from './token.service.js';
