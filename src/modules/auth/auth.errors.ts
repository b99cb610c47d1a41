import { AppError } from '../../common/errors/index.js';
import type { Role } from '../../common/http/index.js';

export function tokenMissing(): AppError {
  return new AppError({
    code: 'TOKEN_MISSING',
    kind: 'unauthenticated',
    message: 'This needs a token, or a session: nobody is signed in.',
    hint: 'Sign in, or send "Authorization: Bearer <token>". The first one is in the file admin.token in the data dir.',
    retry: 'never',
  });
}

export function tokenInvalid(): AppError {
  return new AppError({
    code: 'TOKEN_INVALID',
    kind: 'unauthenticated',
    message: 'The token is not valid: it is unknown, was removed, or has expired.',
    hint: 'Make a new one with "backupd tokens add", or ask an admin for one.',
    retry: 'never',
  });
}

export function roleTooLow(role: Role, needed: Role): AppError {
  return new AppError({
    code: 'ROLE_TOO_LOW',
    kind: 'forbidden',
    message: `This needs the role ${needed}; yours is ${role}.`,
    hint: 'Ask an admin, or use a token with a higher role.',
    retry: 'never',
    context: { role, needed },
  });
}

export function callerRestricted(): AppError {
  return new AppError({
    code: 'CALLER_RESTRICTED',
    kind: 'forbidden',
    message: 'Your account is restricted to some sites; this concerns more than these.',
    hint: 'Ask an admin to do it.',
    retry: 'never',
  });
}

export function accessUndefined(): AppError {
  return new AppError({
    code: 'ACCESS_UNDEFINED',
    kind: 'forbidden',
    message: 'Nobody may call this: it states no role.',
    retry: 'never',
  });
}

export function tooManyFailures(retryAfterSeconds: number): AppError {
  return new AppError({
    code: 'TOO_MANY_FAILED_LOGINS',
    kind: 'too-many',
    message: 'Too many requests with a wrong token came from this address.',
    hint: `Wait ${retryAfterSeconds} seconds, then use a valid token.`,
    retry: 'later',
    context: { retryAfterSeconds },
  });
}

export function tokenNotFound(id: string): AppError {
  return new AppError({
    code: 'TOKEN_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no token with this id.',
    hint: '`GET /tokens` lists them.',
    retry: 'never',
    context: { id },
  });
}

export function lastAdminToken(): AppError {
  return new AppError({
    code: 'LAST_ADMIN_TOKEN',
    kind: 'conflict',
    message: 'This is the last admin token; without one nobody could manage this backupd.',
    hint: 'Make another admin token first.',
    retry: 'never',
  });
}
