import { createHash, randomBytes } from 'node:crypto';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import { type Page, type PageQueryDto, type Principal, Role } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { ApiToken } from './api-token.entity.js';
import { lastAdminToken, tokenNotFound } from './auth.errors.js';

const PREFIX = 'bkd_';
/** The row is not rewritten for every request. */
const LAST_USED_PRECISION_MS = 60_000;

export interface NewToken {
  name: string;
  role: Role;
  expiresAt?: Date | null;
}

/** API tokens: random, kept as hashes only. */
@Injectable()
export class TokenService {
  constructor(private readonly em: EntityManager) {}

  /** Makes a token. The text is known only to the caller from here on. */
  async create({ name, role, expiresAt = null }: NewToken): Promise<{ token: ApiToken; text: string }> {
    const text = PREFIX + randomBytes(32).toString('base64url');
    return { text, token: await this.store(text, { name, role, expiresAt }) };
  }

  /**
   * Whether the token with this text is a valid admin token; it is made one when there is no admin token at all (a new
   * or replaced database). Idempotent.
   */
  async ensureAdmin(text: string, name: string): Promise<boolean> {
    const em = this.em.fork();
    const known = await em.findOne(ApiToken, { hash: hashOf(text) });
    if (known !== null) return known.role === Role.Admin && (known.expiresAt ?? null) === null;
    if ((await em.count(ApiToken, { role: Role.Admin, expiresAt: null })) > 0) return false;
    await this.store(text, { name, role: Role.Admin, expiresAt: null });
    return true;
  }

  /** Who the token belongs to, or null when it is not valid. */
  async authenticate(text: string): Promise<Principal | null> {
    if (!text.startsWith(PREFIX) || text.length > 200) return null;
    const em = this.em.fork();
    const now = systemClock.now();
    // Looked up by hash: a comparison in constant time is not needed, as the hash can't be steered.
    const token = await em.findOne(ApiToken, { hash: hashOf(text) });
    if (token === null) return null;
    const expiresAt = token.expiresAt ?? null;
    if (expiresAt !== null && expiresAt <= now) return null;
    if (now.getTime() - (token.lastUsedAt?.getTime() ?? 0) > LAST_USED_PRECISION_MS)
      await em.nativeUpdate(ApiToken, { id: token.id }, { lastUsedAt: now });
    return { kind: 'token', id: token.id, name: token.name, role: token.role, sites: null, sessionId: null };
  }

  /** Whether who was let in with this token still would be. */
  async isValid(id: string): Promise<boolean> {
    const token = await this.em.fork().findOne(ApiToken, { id }, { fields: ['expiresAt'] });
    const expiresAt = token?.expiresAt ?? null;
    return token !== null && (expiresAt === null || expiresAt > systemClock.now());
  }

  async list({ limit, offset }: PageQueryDto): Promise<Page<ApiToken>> {
    const [items, total] = await this.em
      .fork()
      .findAndCount(ApiToken, {}, { limit, offset, orderBy: { createdAt: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Errors: TOKEN_NOT_FOUND, LAST_ADMIN_TOKEN. */
  async remove(id: string): Promise<void> {
    await this.em.fork().transactional(async (em) => {
      const admins = await em.find(ApiToken, { role: Role.Admin, expiresAt: null }, { lockMode: 4 });
      const token = await em.findOne(ApiToken, { id });
      if (token === null) throw tokenNotFound(id);
      if (admins.length === 1 && admins[0]?.id === id) throw lastAdminToken();
      em.remove(token);
    });
  }

  private async store(text: string, { name, role, expiresAt }: Required<NewToken>): Promise<ApiToken> {
    const em = this.em.fork();
    const token = em.create(ApiToken, {
      id: newId(),
      name,
      role,
      hash: hashOf(text),
      hint: text.slice(0, PREFIX.length + 4),
      createdAt: systemClock.now(),
      expiresAt,
    });
    await em.persist(token).flush();
    return token;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
