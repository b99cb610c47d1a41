import { createHash, randomBytes } from 'node:crypto';
import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import { AppConfig } from '../../config/index.js';
import { Mailer } from '../notifications/index.js';
import { findUser } from './find-user.js';
import { LoginLimit } from './login-limit.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { PasswordReset, User } from './user.entity.js';
import { resetTokenInvalid, userNotFound } from './users.errors.js';

const HOUR_MS = 3_600_000;
/** Of a link that an admin hands over. */
const HANDED_MS = 24 * HOUR_MS;
const MAILED_MS = HOUR_MS;
/** Mails to one person, at most one in this time. */
const MAIL_EVERY_MS = 120_000;

/** A link's secret part: shown once. */
export interface ResetLink {
  token: string;
  expiresAt: Date;
}

/** Links by which people set a password: asked for by mail, or made by an admin. One of a user at a time, and each works once. */
@Injectable()
export class PasswordResets {
  private readonly logger = new Logger('users');

  constructor(
    private readonly orm: MikroORM,
    private readonly config: AppConfig,
    private readonly mailer: Mailer,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly limit: LoginLimit,
  ) {}

  /** Whether a link can be sent: there is a channel for mail, and it is known how people reach this server. */
  async canMail(): Promise<boolean> {
    return this.config.publicUrl !== null && (await this.mailer.isReady());
  }

  /** Makes a link for a user, in the place of an earlier one. Error: USER_NOT_FOUND. */
  async make(userId: string, lifeMs = HANDED_MS): Promise<ResetLink> {
    const em = this.orm.em.fork();
    if ((await em.count(User, { id: userId })) === 0) throw userNotFound(userId);
    return this.enter(em, userId, lifeMs);
  }

  private async enter(em: EntityManager, userId: string, lifeMs: number): Promise<ResetLink> {
    const token = randomBytes(32).toString('base64url');
    const now = systemClock.now();
    const expiresAt = new Date(now.getTime() + lifeMs);
    await em.upsert(PasswordReset, { userId, hash: hashOf(token), createdAt: now, expiresAt });
    return { token, expiresAt };
  }

  /** Sends a link to who has this name or address, if there is such a user with an address. Says nothing of that: it never fails. */
  async mail(text: string): Promise<void> {
    try {
      await this.tryMail(text);
    } catch (error) {
      this.logger.warn(`A link to set a password could not be sent: ${String(error)}`);
    }
  }

  /** Sets the password and signs the user out everywhere. Errors: RESET_TOKEN_INVALID, PASSWORD_WEAK; the link then still works. */
  async use(token: string, password: string): Promise<User> {
    const now = systemClock.now();
    const user = await this.orm.em.fork().transactional(async (em) => {
      const reset = await em.findOne(
        PasswordReset,
        { hash: hashOf(token), expiresAt: { $gt: now } },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (reset === null) throw resetTokenInvalid();
      const found = await em.findOne(User, { id: reset.userId, disabled: false });
      if (found === null) throw resetTokenInvalid();
      found.passwordHash = await this.passwords.hash(password, { name: found.name, email: found.email ?? null });
      await this.sessions.endAll(em, found.id);
      em.remove(reset);
      return found;
    });
    await this.limit.forget(user.name);
    return user;
  }

  private async tryMail(text: string): Promise<void> {
    const { publicUrl } = this.config;
    if (publicUrl === null || !(await this.mailer.isReady())) return;
    const user = await findUser(this.orm.em.fork(), text);
    const address = user?.email ?? null;
    if (user === null || user.disabled || address === null) return;
    const token = await this.newTokenFor(user.id);
    if (token === null) return;
    await this.mailer.send(address, {
      title: 'Set a new password for backupd',
      text: `Somebody, probably you, asked to set a new password for the account ${user.name}. The link works once, for an hour.`,
      hint: 'Was it not you? Then do nothing: your password stays as it is.',
      url: `${publicUrl}/#/reset/${token}`,
    });
  }

  /** Null when one was made just now: of two who ask at the same time one is sent a link. */
  private newTokenFor(userId: string): Promise<string | null> {
    return this.orm.em.fork().transactional(async (em) => {
      await em.findOneOrFail(User, { id: userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const last = await em.findOne(PasswordReset, { userId });
      if (last !== null && systemClock.now().getTime() - last.createdAt.getTime() < MAIL_EVERY_MS) return null;
      return (await this.enter(em, userId, MAILED_MS)).token;
    });
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
