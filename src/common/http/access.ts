import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** What a caller may do; each role may do all that the one before it may. */
export const Role = { Viewer: 'viewer', Operator: 'operator', Admin: 'admin' } as const;
export type Role = (typeof Role)[keyof typeof Role];

const rank: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, admin: 3 };

/** Whether someone with this role may do what needs `needed`. */
export function mayAct(role: Role, needed: Role): boolean {
  return rank[role] >= rank[needed];
}

/** Metadata key of a handler's (or controller's) access rule: a role, or `public`. */
export const ACCESS_RULE = 'backupd:access-rule';
export type AccessRule = Role | 'public' | 'node';

/** The role a caller needs, at least. A handler with neither this nor `@Public()` is denied to all. */
export const Roles = (role: Role): MethodDecorator & ClassDecorator => accessRule(role);

/** Open to everyone without a token. */
export const Public = (): MethodDecorator & ClassDecorator => accessRule('public');

/** For nodes, with their own key; nobody else. */
export const ForNodes = (): MethodDecorator & ClassDecorator => accessRule('node');

/** Name of the rule in the API's description. */
export const ACCESS_EXTENSION = 'x-access';

function accessRule(rule: AccessRule): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ACCESS_RULE, rule), ApiExtension(ACCESS_EXTENSION, rule));
}

/**
 * How a handler holds to a caller's restriction to some sites:
 * - a kind of thing: the `id` in the path is one of it, and must belong to one of the caller's sites, else it is not found;
 * - `filtered`: the handler itself sees to it that only what belongs to the caller's sites is seen or done;
 * - `harmless`: it has nothing of sites.
 */
export type RestrictionRule = SiteOwned | 'filtered' | 'harmless';
/** What belongs to a site. */
export type SiteOwned = 'site' | 'backup' | 'job' | 'alarm';

/** Metadata key of a handler's rule for callers who are restricted to some sites. */
export const RESTRICTION_RULE = 'backupd:restriction-rule';
/** Name of that rule in the API's description. */
export const RESTRICTION_EXTENSION = 'x-restricted';

/** What holds for callers who are restricted to some sites. A handler without it is closed to them. */
export const Restricted = (rule: RestrictionRule): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(RESTRICTION_RULE, rule), ApiExtension(RESTRICTION_EXTENSION, rule));

/** Who made the request. */
export interface Principal {
  /** `token` = a program with an API token, `user` = a person who signed in. */
  kind: 'token' | 'user';
  /** Of the token or the user. */
  id: string;
  name: string;
  role: Role;
  /** The only sites that this caller may see and touch, as of this request; null = all there are. */
  sites: ReadonlySet<string> | null;
  /** By which a person is let in; null for programs. */
  sessionId: string | null;
}

/** For a condition on the site's id that holds a list to what the caller may see; undefined = no condition. */
export function withinSites({ sites }: Pick<Principal, 'sites'>): { $in: string[] } | undefined {
  return sites === null ? undefined : { $in: [...sites] };
}

/** Which node made the request. */
export interface NodePrincipal {
  nodeId: string;
  nodeName: string;
  /** Of its process. */
  bootId: string;
  version: string;
}

/** Parameter: which node calls. Only in handlers `@ForNodes()`. */
export const CallingNode = createParamDecorator(
  (_: unknown, context: ExecutionContext): NodePrincipal | undefined =>
    context.switchToHttp().getRequest<{ node?: NodePrincipal }>().node,
);

/** Parameter: who calls. Only in handlers that need a role. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<{ principal?: Principal }>().principal,
);
