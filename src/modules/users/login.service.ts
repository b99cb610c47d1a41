import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import type { PersonRequest } from '../auth/index.js';
import { AuditOfLogins } from './audit-of-logins.js';
import { LoginLimit } from './login-limit.js';
import { Passwords } from './passwords.js';
import { SecondFactor } from './second-factor.js';
import { type NewSession, SessionsService } from './sessions.service.js';
import { findUser } from './find-user.js';
import { User } from './user.entity.js';
import { loginInvalid, secondFactorInvalid, secondFactorNeeded } from './users.errors.js';

/** What a person signs in with. */
export interface Credentials {
  /** Or the e-mail address. */
  name: string;
  password: string;
  /** Of the second factor, or a recovery code. */
  code?: string | undefined;
}

/** Signs people in. */
@Injectable()
export class LoginService {
  constructor(
    private readonly orm: MikroORM,
    private readonly passwords: Passwords,
    private readonly factor: SecondFactor,
    private readonly sessions: SessionsService,
    private readonly limit: LoginLimit,
    private readonly audit: AuditOfLogins,
  ) {}

  /**
   * Begins a session. Whoever does not know the password learns nothing: neither whether there is such a user nor whether there is a
   * second factor. Errors: LOGIN_INVALID, SECOND_FACTOR_NEEDED, SECOND_FACTOR_INVALID, TOO_MANY_FAILED_LOGINS.
   */
  async login(given: Credentials, request: PersonRequest): Promise<NewSession> {
    try {
      return await this.tryLogin(given, request);
    } catch (error) {
      await this.audit.refused(request, error);
      throw error;
    }
  }

  private async tryLogin({ name, password, code }: Credentials, request: PersonRequest): Promise<NewSession> {
    const address = this.audit.addressOf(request);
    const em = this.orm.em.fork();
    const found = await findUser(em, name);
    // One account by whichever of its names.
    const who = found?.name ?? name;
    await this.limit.attempt(who, address);
    const isRight = await this.passwords.matches(password, found?.passwordHash ?? null);
    if (found === null || !isRight || found.disabled) throw loginInvalid();
    if ((found.sealedTotp ?? null) !== null) {
      if (code === undefined || code.trim() === '') {
        // The first half of signing in, not a guess; but it does not wipe out earlier ones.
        await this.limit.takeBack(who, address);
        throw secondFactorNeeded();
      }
      if (!(await this.useCode(found.id, code))) throw secondFactorInvalid();
    }
    await this.limit.succeeded(who, address);
    return this.begin(found, request, 'session.login');
  }

  /** Begins a session for whom something else than a password has let in. */
  async begin(user: User, request: PersonRequest, action: string): Promise<NewSession> {
    const em = this.orm.em.fork();
    const session = await this.sessions.begin(em, user, request);
    await em.nativeUpdate(User, { id: user.id }, { lastSeenAt: systemClock.now() });
    await this.audit.signedIn(user, request, action, session.id);
    return session;
  }

  /** Two at the same time with one code: one of them is let in. */
  private useCode(userId: string, code: string): Promise<boolean> {
    return this.orm.em.fork().transactional(async (em) => {
      const user = await em.findOneOrFail(User, { id: userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      return this.factor.use(user, code, systemClock.now());
    });
  }
}
