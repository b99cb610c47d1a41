import { defineEntity, p } from '@mikro-orm/core';
import { Role } from '../../common/http/access.js';

/** An API token. Only its hash is kept: the token itself is shown once, when it is made. */
export const ApiTokenSchema = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    role: p.enum(() => Role),
    /** SHA-256 of the token, hex. */
    hash: p.text().unique(),
    /** First characters, so that a person can tell tokens apart. */
    hint: p.text(),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3).nullable(),
    expiresAt: p.datetime(3).nullable(),
  },
});

export class ApiToken extends ApiTokenSchema.class {}
ApiTokenSchema.setClass(ApiToken);
