import { createHash, randomBytes } from 'node:crypto';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { systemClock } from '../../common/clock.js';
import { ClientAddresses, type Principal } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { PersonAccess, type PersonAuthenticator, type PersonRequest } from '../auth/index.js';
import { checkSameOrigin } from './same-origin.js';
import { cookieOf } from './session-cookie.js';
import { sitesWithin } from './sites-within.js';
import { User, UserSession } from './user.entity.js';
import { sessionEnded, sessionNotFound } from './users.errors.js';

const DAY_MS = 86_400_000;
const LONGEST_MS = 30 * DAY_MS;
const IDLE_MS = 7 * DAY_MS;
/** The row is not rewritten for every request. */
const LAST_USED_PRECISION_MS = 60_000;
/** Who signs in again and again ends the oldest. */
const MOST_OF_A_USER = 50;

/** A session that was begun: what its cookie holds is known to the caller only. */
export interface NewSession {
  text: string;
  until: Date;
  id: string;
}

/** Browsers in which people have signed in. A session ends after 30 days, or 7 without use. */
@Injectable()
export class SessionsService implements PersonAuthenticator, OnModuleInit {
  private readonly logger = new Logger('users');

  constructor(
    private readonly orm: MikroORM,
    private readonly people: PersonAccess,
    private readonly addresses: ClientAddresses,
  ) {}

  onModuleInit(): void {
    this.people.register(this);
  }

  /** Begins one. */
  async begin(em: EntityManager, user: User, request: PersonRequest): Promise<NewSession> {
    const text = randomBytes(32).toString('base64url');
    const now = systemClock.now();
    const until = new Date(now.getTime() + LONGEST_MS);
    const id = newId();
    await em.insert(UserSession, {
      id,
      userId: user.id,
      hash: hashOf(text),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: until,
      address: this.addresses.of(request),
      userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    });
    await em.execute(
      `delete from user_session where user_id = ? and id not in
        (select id from user_session where user_id = ? order by created_at desc limit ${MOST_OF_A_USER})`,
      [user.id, user.id],
    );
    return { text, until, id };
  }

  /** By the cookie. Errors: SESSION_ENDED, ORIGIN_NOT_ALLOWED. */
  async authenticate(request: PersonRequest): Promise<Principal | null> {
    const text = cookieOf(request, this.addresses.isSecure(request));
    if (text === null) return null;
    checkSameOrigin(request);
    const caller = await this.find({ hash: hashOf(text) });
    if (caller === null) throw sessionEnded();
    return caller;
  }

  again({ sessionId }: Principal): Promise<Principal | null> {
    return sessionId === null ? Promise.resolve(null) : this.find({ id: sessionId });
  }

  /** Of one user, the last used first. */
  list(userId: string): Promise<UserSession[]> {
    const now = systemClock.now();
    const idle = new Date(now.getTime() - IDLE_MS);
    return this.orm.em
      .fork()
      .find(
        UserSession,
        { userId, expiresAt: { $gt: now }, lastUsedAt: { $gt: idle } },
        { orderBy: { lastUsedAt: 'desc', id: 'desc' } },
      );
  }

  /** Ends one of this user's. Error: SESSION_NOT_FOUND. */
  async end(userId: string, id: string): Promise<void> {
    if ((await this.orm.em.fork().nativeDelete(UserSession, { id, userId })) === 0) throw sessionNotFound(id);
  }

  /** Ends all of this user's, but perhaps one. */
  async endAll(em: EntityManager, userId: string, { but = null }: { but?: string | null } = {}): Promise<void> {
    await em.nativeDelete(UserSession, { userId, ...(but === null ? {} : { id: { $ne: but } }) });
  }

  /** As `endAll`, by itself. */
  async endAllOf(userId: string, { but = null }: { but?: string | null } = {}): Promise<void> {
    await this.endAll(this.orm.em.fork(), userId, { but });
  }

  @Cron('0 27 * * * *', { name: 'sessions', waitForCompletion: true })
  async prune(): Promise<void> {
    const now = systemClock.now();
    const idle = new Date(now.getTime() - IDLE_MS);
    try {
      const em = this.orm.em.fork();
      await em.nativeDelete(UserSession, { $or: [{ expiresAt: { $lt: now } }, { lastUsedAt: { $lt: idle } }] });
      await em.execute('delete from password_reset where expires_at < ?', [now]);
    } catch (error) {
      this.logger.warn(`Sessions that have ended could not be removed: ${String(error)}`);
    }
  }

  private async find(which: { hash: string } | { id: string }): Promise<Principal | null> {
    const em = this.orm.em.fork();
    const now = systemClock.now();
    const session = await em.findOne(UserSession, which);
    if (session === null || session.expiresAt <= now) return null;
    const unusedMs = now.getTime() - session.lastUsedAt.getTime();
    if (unusedMs > IDLE_MS) return null;
    const user = await em.findOne(User, { id: session.userId, disabled: false });
    if (user === null) return null;
    if (unusedMs > LAST_USED_PRECISION_MS) {
      await em.nativeUpdate(UserSession, { id: session.id }, { lastUsedAt: now });
      await em.nativeUpdate(User, { id: user.id }, { lastSeenAt: now });
    }
    return {
      kind: 'user',
      id: user.id,
      name: user.name,
      role: user.role,
      sites: await sitesWithin(em, user.restriction ?? null),
      sessionId: session.id,
    };
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
