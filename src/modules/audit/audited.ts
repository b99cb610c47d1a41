import { SetMetadata } from '@nestjs/common';

export const AUDIT_ACTION = 'backupd:audit-action';

/**
 * The handler's name in the audit log, `<feature>.<what>`. Handlers that change something are in it without this, by their path and
 * method; one that hands out data of a site needs it.
 */
export const Audited = (action: string): MethodDecorator => SetMetadata(AUDIT_ACTION, action);
