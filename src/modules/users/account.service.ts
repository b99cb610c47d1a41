import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import type { Principal } from '../../common/http/index.js';
import { LoginLimit } from './login-limit.js';
import { Passwords } from './passwords.js';
import { recoveryCodes, SecondFactor } from './second-factor.js';
import { SessionsService } from './sessions.service.js';
import { User } from './user.entity.js';
import { noSecondFactor, notAPerson, passwordWrong, secondFactorInvalid } from './users.errors.js';
import { refusingDoubles } from './users.service.js';

/** What people do with their own account. All of it needs a person, not a token: else NOT_A_USER. */
@Injectable()
export class AccountService {
  constructor(
    private readonly orm: MikroORM,
    private readonly passwords: Passwords,
    private readonly factor: SecondFactor,
    private readonly sessions: SessionsService,
    private readonly limit: LoginLimit,
  ) {}

  get(caller: Principal): Promise<User> {
    return this.orm.em.fork().findOneOrFail(User, { id: idOf(caller) });
  }

  /** Errors: USER_TAKEN. */
  async setEmail(caller: Principal, email: string | null): Promise<void> {
    const id = idOf(caller);
    await refusingDoubles(() => this.orm.em.fork().nativeUpdate(User, { id }, { email }));
  }

  /** Also ends the other sessions. Errors: PASSWORD_WRONG, PASSWORD_WEAK, TOO_MANY_FAILED_LOGINS. */
  async setPassword(caller: Principal, current: string, password: string): Promise<void> {
    const user = await this.confirmed(caller, current);
    const passwordHash = await this.passwords.hash(password, { name: user.name, email: user.email ?? null });
    await this.orm.em.fork().transactional(async (em) => {
      await em.nativeUpdate(User, { id: user.id }, { passwordHash });
      await this.sessions.endAll(em, user.id, { but: caller.sessionId });
    });
  }

  /** A secret for an authenticator app. It counts once a code of it was confirmed; an earlier one counts until then. Error: PASSWORD_WRONG. */
  async beginSecondFactor(caller: Principal, password: string): Promise<{ secret: string; uri: string }> {
    const user = await this.confirmed(caller, password);
    const { sealed, secret, uri } = this.factor.create(user.name);
    await this.orm.em.fork().nativeUpdate(User, { id: user.id }, { sealedTotpPending: sealed });
    return { secret, uri };
  }

  /** From here on signing in needs a code. Gives recovery codes, shown this once. Errors: SECOND_FACTOR_ABSENT, SECOND_FACTOR_INVALID. */
  confirmSecondFactor(caller: Principal, code: string): Promise<string[]> {
    return this.change(caller, (user) => {
      const pending = user.sealedTotpPending ?? null;
      if (pending === null) throw noSecondFactor();
      const step = this.factor.stepOf(code, pending, null, systemClock.now());
      if (step === null) throw secondFactorInvalid();
      const { codes, hashes } = recoveryCodes();
      Object.assign(user, { sealedTotp: pending, sealedTotpPending: null, totpStep: step, recoveryHashes: hashes });
      return codes;
    });
  }

  /** Errors: PASSWORD_WRONG, SECOND_FACTOR_ABSENT, SECOND_FACTOR_INVALID. */
  async removeSecondFactor(caller: Principal, password: string, code: string): Promise<void> {
    await this.confirmed(caller, password);
    await this.limit.attempt(caller.name, 'the account');
    await this.change(caller, (user) => {
      if ((user.sealedTotp ?? null) === null) throw noSecondFactor();
      if (!this.factor.use(user, code, systemClock.now())) throw secondFactorInvalid();
      Object.assign(user, { sealedTotp: null, sealedTotpPending: null, totpStep: null, recoveryHashes: [] });
    });
    await this.limit.succeeded(caller.name, 'the account');
  }

  /** New recovery codes in the place of the earlier ones. Errors: PASSWORD_WRONG, SECOND_FACTOR_ABSENT. */
  async newRecoveryCodes(caller: Principal, password: string): Promise<string[]> {
    await this.confirmed(caller, password);
    return this.change(caller, (user) => {
      if ((user.sealedTotp ?? null) === null) throw noSecondFactor();
      const { codes, hashes } = recoveryCodes();
      user.recoveryHashes = hashes;
      return codes;
    });
  }

  /** The caller's account, if the password is theirs: a session that somebody left open must not be enough. */
  private async confirmed(caller: Principal, password: string): Promise<User> {
    const user = await this.get(caller);
    await this.limit.attempt(user.name, 'the account');
    if (!(await this.passwords.matches(password, user.passwordHash ?? null))) throw passwordWrong();
    await this.limit.succeeded(user.name, 'the account');
    return user;
  }

  private change<T>(caller: Principal, how: (user: User) => T): Promise<T> {
    return this.orm.em
      .fork()
      .transactional(async (em) =>
        how(await em.findOneOrFail(User, { id: idOf(caller) }, { lockMode: LockMode.PESSIMISTIC_WRITE })),
      );
  }
}

function idOf(caller: Principal): string {
  if (caller.kind !== 'user') throw notAPerson();
  return caller.id;
}
