import { Injectable } from '@nestjs/common';
import { ClientAddresses, type Principal } from '../../common/http/index.js';
import { tokenInvalid, tokenMissing } from './auth.errors.js';
import { FailureLimit } from './failure-limit.js';
import { PersonAccess, type PersonRequest } from './person-access.js';
import { TokenService } from './token.service.js';

/** Finds out who makes a request: a program by its token, or a person by the session. */
@Injectable()
export class Authentication {
  constructor(
    private readonly tokens: TokenService,
    private readonly people: PersonAccess,
    private readonly failures: FailureLimit,
    private readonly addresses: ClientAddresses,
  ) {}

  /**
   * By the header `Authorization: Bearer …`, else by the session's cookie. Errors: TOKEN_MISSING, TOKEN_INVALID, TOO_MANY_FAILED_LOGINS, and
   * those of sessions.
   */
  async ofRequest(request: PersonRequest): Promise<Principal> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.byToken(request, /^Bearer +(\S+)$/i.exec(authorization)?.[1]);
    const person = await this.people.authenticate(request);
    if (person === null) throw tokenMissing();
    return person;
  }

  /** By the token's text, however the request brought it. Errors: TOKEN_MISSING, TOKEN_INVALID, TOO_MANY_FAILED_LOGINS. */
  async byToken(request: Pick<PersonRequest, 'headers' | 'socket'>, token: string | undefined): Promise<Principal> {
    if (token === undefined) throw tokenMissing();
    const principal = await this.tokens.authenticate(token);
    if (principal !== null) return principal;
    await this.failures.count(this.addresses.of(request));
    throw tokenInvalid();
  }

  /** The same caller as of now, for what goes on after its request was let in; null = would not be let in any more. */
  async again(caller: Principal): Promise<Principal | null> {
    if (caller.kind === 'user') return this.people.again(caller);
    return (await this.tokens.isValid(caller.id)) ? caller : null;
  }
}
