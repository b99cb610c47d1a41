import { type EntityManager, LockMode, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import { type Page, type PageQueryDto, type Principal, Role } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { PasswordReset, User, type UserRestriction } from './user.entity.js';
import { adminRestricted, lastAdmin, ownAccount, userNotFound, userTaken } from './users.errors.js';

export interface NewUser {
  name: string;
  role: Role;
  email?: string | null | undefined;
  /** None = the user sets one by a link. */
  password?: string | undefined;
  restriction?: UserRestriction | null | undefined;
}

export interface UserChanges {
  name?: string;
  email?: string | null;
  role?: Role;
  restriction?: UserRestriction | null;
  disabled?: boolean;
}

/** The accounts of people. */
@Injectable()
export class UsersService {
  constructor(
    private readonly orm: MikroORM,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<User>> {
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(User, {}, { limit, offset, orderBy: { createdAt: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: USER_NOT_FOUND. */
  get(id: string): Promise<User> {
    return find(this.orm.em.fork(), id);
  }

  /** Whether there is an admin who can sign in, or could with a link. */
  async hasAdmin(em: EntityManager = this.orm.em.fork()): Promise<boolean> {
    return (await em.count(User, { role: Role.Admin, disabled: false })) > 0;
  }

  /** Errors: USER_TAKEN, ADMIN_RESTRICTED, PASSWORD_WEAK. */
  async create(given: NewUser, em: EntityManager = this.orm.em.fork()): Promise<User> {
    const { name, role, email = null, password, restriction = null } = given;
    if (role === Role.Admin && restriction !== null) throw adminRestricted();
    const passwordHash = password === undefined ? null : await this.passwords.hash(password, { name, email });
    const user = em.create(User, {
      id: newId(),
      name,
      email,
      role,
      restriction,
      passwordHash,
      recoveryHashes: [],
      disabled: false,
      createdAt: systemClock.now(),
    });
    await refusingDoubles(() => em.persist(user).flush());
    return user;
  }

  /**
   * Another role or restriction holds from the next request on; who is disabled is signed out everywhere. Errors: USER_NOT_FOUND,
   * USER_TAKEN, ADMIN_RESTRICTED, OWN_ACCOUNT, LAST_ADMIN.
   */
  async update(id: string, changes: UserChanges, by: Principal): Promise<User> {
    const { name, email, role, restriction, disabled } = changes;
    return refusingDoubles(() =>
      this.orm.em.fork().transactional(async (em) => {
        const user = await this.locked(em, id);
        if (
          isOwn(user, by) &&
          (disabled === true || (role ?? user.role) !== user.role || (restriction ?? null) !== null)
        )
          throw ownAccount();
        const wasAdmin = countsAsAdmin(user);
        if (name !== undefined) user.name = name;
        if (email !== undefined) user.email = email;
        if (role !== undefined) user.role = role;
        if (restriction !== undefined) user.restriction = restriction;
        if (disabled !== undefined) user.disabled = disabled;
        if (user.role === Role.Admin && (user.restriction ?? null) !== null) throw adminRestricted();
        if (wasAdmin && !countsAsAdmin(user)) await this.mustHaveOtherAdmin(em, id);
        if (user.disabled) {
          await this.sessions.endAll(em, id);
          await em.nativeDelete(PasswordReset, { userId: id });
        }
        return user;
      }),
    );
  }

  /** Errors: USER_NOT_FOUND, OWN_ACCOUNT, LAST_ADMIN. */
  async remove(id: string, by: Principal): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      const user = await this.locked(em, id);
      if (isOwn(user, by)) throw ownAccount();
      if (countsAsAdmin(user)) await this.mustHaveOtherAdmin(em, id);
      await this.sessions.endAll(em, id);
      await em.nativeDelete(PasswordReset, { userId: id });
      em.remove(user);
    });
  }

  /** For who has lost both the phone and the recovery codes. Error: USER_NOT_FOUND. */
  async removeSecondFactor(id: string): Promise<void> {
    await find(this.orm.em.fork(), id);
    await this.orm.em
      .fork()
      .nativeUpdate(User, { id }, { sealedTotp: null, sealedTotpPending: null, totpStep: null, recoveryHashes: [] });
  }

  private async locked(em: EntityManager, id: string): Promise<User> {
    // All admins are locked in one order: of two who demote each other one is refused.
    await em.find(
      User,
      { $or: [{ role: Role.Admin }, { id }] },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    return find(em, id);
  }

  private async mustHaveOtherAdmin(em: EntityManager, id: string): Promise<void> {
    if ((await em.count(User, { role: Role.Admin, disabled: false, id: { $ne: id } })) === 0) throw lastAdmin();
  }
}

const countsAsAdmin = ({ role, disabled }: User): boolean => role === Role.Admin && !disabled;
const isOwn = ({ id }: User, by: Principal): boolean => by.kind === 'user' && by.id === id;

async function find(em: EntityManager, id: string): Promise<User> {
  const user = await em.findOne(User, { id });
  if (user === null) throw userNotFound(id);
  return user;
}

/** Error: USER_TAKEN. */
export async function refusingDoubles<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw userTaken();
    throw error;
  }
}
