import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AppError } from '../../common/errors/index.js';
import {
  ACCESS_RULE,
  type AccessRule,
  mayAct,
  type NodePrincipal,
  type Principal,
  RESTRICTION_RULE,
  type RestrictionRule,
} from '../../common/http/index.js';
import { RequestAudit } from '../audit/index.js';
import { accessUndefined, roleTooLow } from './auth.errors.js';
import { Authentication } from './authentication.js';
import { NodeAccess } from './node-access.js';
import { SiteAccess } from './site-access.js';

/** A request whose caller is known. */
export type AuthenticatedRequest = Request & { principal?: Principal; node?: NodePrincipal };

/**
 * Lets a request through when its caller has the role that the handler states, and, where the caller is restricted to some sites, the
 * handler says how it holds to that. Denies by default.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
    private readonly audit: RequestAudit,
    private readonly nodes: NodeAccess,
    private readonly sites: SiteAccess,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, placesOf(context));
    try {
      await this.check(context, rule);
      return true;
    } catch (error) {
      // A node that is known and may not come in asks again and again: that is no news.
      const isNews = rule !== 'node' || (error instanceof AppError && error.kind === 'unauthenticated');
      if (error instanceof AppError && isNews) await this.audit.refused(context, error);
      throw error;
    }
  }

  private async check(context: ExecutionContext, rule: AccessRule | undefined): Promise<void> {
    if (rule === 'public') return;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (rule === 'node') {
      request.node = await this.nodes.authenticate(request);
      return;
    }
    const principal = await this.authentication.ofRequest(request);
    request.principal = principal;
    if (rule === undefined) throw accessUndefined();
    if (!mayAct(principal.role, rule)) throw roleTooLow(principal.role, rule);
    const { id } = request.params;
    const restriction = this.reflector.getAllAndOverride<RestrictionRule | undefined>(
      RESTRICTION_RULE,
      placesOf(context),
    );
    await this.sites.check(principal, restriction, typeof id === 'string' ? id : undefined);
  }
}

/** Where a rule may stand; the handler's own comes first. */
const placesOf = (context: ExecutionContext): Parameters<Reflector['getAllAndOverride']>[1] => [
  context.getHandler(),
  context.getClass(),
];
