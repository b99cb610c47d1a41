import { type CustomDecorator, SetMetadata } from '@nestjs/common';

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
export type AccessRule = Role | 'public';

/** The role a caller needs, at least. A handler with neither this nor `@Public()` is denied to all. */
export const Roles = (role: Role): CustomDecorator => SetMetadata(ACCESS_RULE, role satisfies AccessRule);

/** Open to everyone without a token. */
export const Public = (): CustomDecorator => SetMetadata(ACCESS_RULE, 'public' satisfies AccessRule);

/** Who made the request. */
export interface Principal {
  tokenId: string;
  tokenName: string;
  role: Role;
}
