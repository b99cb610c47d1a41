import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ACCESS_RULE, type AccessRule, mayAct, type Principal, type Role } from '../../common/http/index.js';
import { accessUndefined, roleTooLow, tokenInvalid, tokenMissing } from './auth.errors.js';
import { FailureLimit } from './failure-limit.js';
import { TokenService } from './token.service.js';

/** A request whose caller is known. */
export type AuthenticatedRequest = Request & { principal?: Principal };

/** For what needs a higher role than its route. Error: ROLE_TOO_LOW. */
export function requireRole({ principal }: AuthenticatedRequest, needed: Role): void {
  if (principal === undefined) throw accessUndefined();
  if (!mayAct(principal.role, needed)) throw roleTooLow(principal.role, needed);
}

/** Lets a request through when its token has the role that the handler states. Denies by default. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenService,
    private readonly failures: FailureLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.authenticate(request);
    request.principal = principal;
    if (rule === undefined) throw accessUndefined();
    if (!mayAct(principal.role, rule)) throw roleTooLow(principal.role, rule);
    return true;
  }

  private async authenticate(request: Request): Promise<Principal> {
    const address = request.socket.remoteAddress ?? 'unknown';
    const text = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (text === undefined) throw tokenMissing();
    const principal = await this.tokens.authenticate(text);
    if (principal !== null) return principal;
    await this.failures.count(address);
    throw tokenInvalid();
  }
}
