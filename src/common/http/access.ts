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

/** Who made the request. */
export interface Principal {
  tokenId: string;
  tokenName: string;
  role: Role;
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

/** Parameter: who calls. Only in handlers that need a token. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<{ principal?: Principal }>().principal,
);
