import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { ClientAddresses } from '../../common/http/index.js';
import { AuditLog, RequestAudit } from '../audit/index.js';
import type { PersonRequest } from '../auth/index.js';
import type { User } from './user.entity.js';

/** What of signing in is in the audit log. */
@Injectable()
export class AuditOfLogins {
  constructor(
    private readonly log: AuditLog,
    private readonly requests: RequestAudit,
    private readonly addresses: ClientAddresses,
  ) {}

  addressOf(request: PersonRequest): string {
    return this.addresses.of(request);
  }

  async signedIn(user: User, request: PersonRequest, action: string, sessionId: string): Promise<void> {
    await this.log.act({
      principal: { kind: 'user', id: user.id, name: user.name, role: user.role, sites: null, sessionId },
      address: this.addressOf(request),
      userAgent: request.headers['user-agent'],
      action,
      targetId: null,
      status: 200,
      error: null,
      details: {},
    });
  }

  async refused(request: PersonRequest, error: unknown): Promise<void> {
    if (error instanceof AppError) await this.requests.notLetIn(request, 'session.login', error);
  }
}
