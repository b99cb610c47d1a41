import { randomBytes, timingSafeEqual } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Role } from '../../common/http/index.js';
import { lockInTransaction } from '../../database/index.js';
import type { PersonRequest } from '../auth/index.js';
import { LoginLimit } from './login-limit.js';
import { LoginService } from './login.service.js';
import type { NewSession } from './sessions.service.js';
import { AuditOfLogins } from './audit-of-logins.js';
import { type NewUser, UsersService } from './users.service.js';
import { setupCodeInvalid, setupDone } from './users.errors.js';

/**
 * The first account. Whoever reaches an empty server must not be able to make it theirs, so that needs a code that only this host tells: it
 * is in the link that the server prints at its start. Another one with each start, and none once there is an admin.
 */
@Injectable()
export class SetupService {
  private readonly code = randomBytes(24).toString('base64url');

  constructor(
    private readonly orm: MikroORM,
    private readonly users: UsersService,
    private readonly logins: LoginService,
    private readonly limit: LoginLimit,
    private readonly audit: AuditOfLogins,
  ) {}

  /** Whether the first account is still to be made. */
  async isNeeded(): Promise<boolean> {
    return !(await this.users.hasAdmin());
  }

  /** The place in the dashboard where the first account is made; null = there is one. */
  async path(): Promise<string | null> {
    return (await this.isNeeded()) ? `/#/setup/${this.code}` : null;
  }

  /** Makes the first admin and signs in. Errors: SETUP_CODE_INVALID, SETUP_DONE, PASSWORD_WEAK, TOO_MANY_FAILED_LOGINS. */
  async run(code: string, given: Omit<NewUser, 'role' | 'restriction'>, request: PersonRequest): Promise<NewSession> {
    const address = this.audit.addressOf(request);
    await this.limit.attempt('the setup', address);
    if (!(await this.isNeeded())) throw setupDone();
    if (!isSame(code, this.code)) throw setupCodeInvalid();
    await this.limit.takeBack('the setup', address);
    const user = await this.orm.em.fork().transactional(async (em) => {
      // Two at the same time: the second one finds the first one's.
      await lockInTransaction(em, 'backupd:setup', 'exclusive');
      if (await this.users.hasAdmin(em)) throw setupDone();
      return this.users.create({ ...given, role: Role.Admin }, em);
    });
    return this.logins.begin(user, request, 'session.setup');
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
