import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import type { Principal, RestrictionRule, SiteOwned } from '../../common/http/index.js';
import { callerRestricted } from './auth.errors.js';

/** How to tell whose a kind of thing is. */
export interface SiteOwner {
  /** The site it belongs to; null = it belongs to none, or is not there. */
  siteOf(id: string): Promise<string | null>;
  /** What is answered when it is not there. */
  notFound(id: string): AppError;
}

/** Holds callers who are restricted to some sites to these. The features register how to tell what belongs to which site. */
@Injectable()
export class SiteAccess {
  private readonly owners = new Map<SiteOwned, SiteOwner>();

  register(kind: SiteOwned, owner: SiteOwner): void {
    this.owners.set(kind, owner);
  }

  /**
   * Lets through what the rule of a handler allows. What belongs to other sites is not found, as if it were not there.
   * Errors: CALLER_RESTRICTED, and those of what is not found.
   */
  async check(caller: Principal, rule: RestrictionRule | undefined, id: string | undefined): Promise<void> {
    if (caller.sites === null || rule === 'harmless' || rule === 'filtered') return;
    if (rule === undefined || id === undefined) throw callerRestricted();
    const owner = this.owners.get(rule);
    if (owner === undefined) throw callerRestricted();
    const siteId = await owner.siteOf(id);
    if (siteId === null || !caller.sites.has(siteId)) throw owner.notFound(id);
  }
}

/** For what a handler offers only to callers who may see all sites. Error: CALLER_RESTRICTED. */
export function requireAllSites(caller: Principal): void {
  if (caller.sites !== null) throw callerRestricted();
}
