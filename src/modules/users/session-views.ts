import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { Principal } from '../../common/http/index.js';
import type { PersonRequest } from '../auth/index.js';
import type { SessionDto, SessionUserDto } from './dto/session.dto.js';
import { PasswordResets } from './password-resets.js';
import { SessionsService } from './sessions.service.js';
import { SetupService } from './setup.service.js';
import { User, UserSession } from './user.entity.js';

/** Sessions as a browser sees them. */
@Injectable()
export class SessionViews {
  constructor(
    private readonly orm: MikroORM,
    private readonly sessions: SessionsService,
    private readonly setup: SetupService,
    private readonly resets: PasswordResets,
  ) {}

  /** Whoever has a cookie of no valid session is nobody. */
  async ofRequest(request: PersonRequest): Promise<SessionDto> {
    return this.of((await this.callerOf(request))?.id ?? null);
  }

  async ofSession(sessionId: string): Promise<SessionDto> {
    const session = await this.orm.em.fork().findOneOrFail(UserSession, { id: sessionId });
    return this.of(session.userId);
  }

  /** Of this user; null = nobody. */
  async of(userId: string | null): Promise<SessionDto> {
    const user = userId === null ? null : await this.orm.em.fork().findOneOrFail(User, { id: userId });
    return {
      user: user === null ? null : toDto(user),
      setupNeeded: user === null && (await this.setup.isNeeded()),
      resetByEmail: await this.resets.canMail(),
    };
  }

  /** Ends the request's session, if it has one. */
  async end(request: PersonRequest): Promise<void> {
    const caller = await this.callerOf(request);
    if (caller?.sessionId !== null && caller !== null) await this.sessions.end(caller.id, caller.sessionId);
  }

  private async callerOf(request: PersonRequest): Promise<Principal | null> {
    try {
      return await this.sessions.authenticate(request);
    } catch (error) {
      if (error instanceof AppError && error.code === 'SESSION_ENDED') return null;
      throw error;
    }
  }
}

function toDto(user: User): SessionUserDto {
  return {
    id: user.id,
    name: user.name,
    email: user.email ?? null,
    role: user.role,
    restriction: user.restriction ?? null,
    secondFactor: (user.sealedTotp ?? null) !== null,
    recoveryCodesLeft: user.recoveryHashes.length,
  };
}
