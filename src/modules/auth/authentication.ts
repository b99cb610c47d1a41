import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ClientAddresses, type Principal } from '../../common/http/index.js';
import { tokenInvalid, tokenMissing } from './auth.errors.js';
import { FailureLimit } from './failure-limit.js';
import { TokenService } from './token.service.js';

/** Finds out who makes a request. */
@Injectable()
export class Authentication {
  constructor(
    private readonly tokens: TokenService,
    private readonly failures: FailureLimit,
    private readonly addresses: ClientAddresses,
  ) {}

  /** By the header `Authorization: Bearer …`. Errors: TOKEN_MISSING, TOKEN_INVALID, TOO_MANY_FAILED_LOGINS. */
  byHeader(request: Pick<IncomingMessage, 'headers' | 'socket'>): Promise<Principal> {
    return this.byToken(request, /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]);
  }

  /** By the token's text, however the request brought it. Errors as above. */
  async byToken(request: Pick<IncomingMessage, 'headers' | 'socket'>, token: string | undefined): Promise<Principal> {
    if (token === undefined) throw tokenMissing();
    const principal = await this.tokens.authenticate(token);
    if (principal !== null) return principal;
    await this.failures.count(this.addresses.of(request));
    throw tokenInvalid();
  }
}
