import { defineEntity, p } from '@mikro-orm/core';
import { Role } from '../../common/http/access.js';

/** Which sites a user may see and touch: these, and all that are on these nodes. */
export interface UserRestriction {
  siteIds: string[];
  nodeIds: string[];
}

/** A person who signs in. */
export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'app_user',
  uniques: [
    { name: 'app_user_name_unique', expression: 'create unique index app_user_name_unique on app_user (lower(name))' },
    {
      name: 'app_user_email_unique',
      expression: 'create unique index app_user_email_unique on app_user (lower(email))',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    /** To sign in with; unique whatever the case. */
    name: p.text(),
    /** To reset the password; unique whatever the case. */
    email: p.text().nullable(),
    role: p.enum(() => Role),
    /** Null = all sites. Never of an admin. */
    restriction: p.json<UserRestriction>().nullable(),
    /** argon2id, as a PHC string; null = none was set yet. */
    passwordHash: p.text().nullable(),
    /** Secret of the second factor, sealed; null = there is none. */
    sealedTotp: p.text().nullable(),
    /** One that is not confirmed yet, sealed. */
    sealedTotpPending: p.text().nullable(),
    /** Number of the last accepted step of 30 seconds: no code counts twice. */
    totpStep: p.bigint('number').nullable(),
    /** SHA-256 of the recovery codes that are left, hex. */
    recoveryHashes: p.json<string[]>().defaultRaw(`'[]'::jsonb`),
    disabled: p.boolean().default(false),
    createdAt: p.datetime(3),
    lastSeenAt: p.datetime(3).nullable(),
  },
});

export class User extends UserSchema.class {}
UserSchema.setClass(User);

/** A browser in which a user has signed in. Only the hash of what its cookie holds is kept. */
export const UserSessionSchema = defineEntity({
  name: 'UserSession',
  tableName: 'user_session',
  indexes: [{ properties: ['userId'] }],
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    /** SHA-256, hex. */
    hash: p.text().unique(),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3),
    /** It ends then, however much it is used. */
    expiresAt: p.datetime(3),
    address: p.text(),
    userAgent: p.text().nullable(),
  },
});

export class UserSession extends UserSessionSchema.class {}
UserSessionSchema.setClass(UserSession);

/** A link by which a user sets a new password, once. */
export const PasswordResetSchema = defineEntity({
  name: 'PasswordReset',
  tableName: 'password_reset',
  properties: {
    /** One of a user at a time. */
    userId: p.uuid().primary(),
    /** SHA-256, hex. */
    hash: p.text().unique(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
});

export class PasswordReset extends PasswordResetSchema.class {}
PasswordResetSchema.setClass(PasswordReset);
