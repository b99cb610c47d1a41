import { AppError } from '../../common/errors/index.js';

export function loginInvalid(): AppError {
  return new AppError({
    code: 'LOGIN_INVALID',
    kind: 'unauthenticated',
    message: 'The name or the password is not right.',
    hint: 'Try again, or have the password reset: by e-mail, by an admin, or with "backupd users reset-password" on the server.',
    retry: 'never',
  });
}

export function secondFactorNeeded(): AppError {
  return new AppError({
    code: 'SECOND_FACTOR_NEEDED',
    kind: 'unauthenticated',
    message: 'This account has a second factor.',
    hint: 'Send the code of the authenticator app, or a recovery code, with name and password.',
    retry: 'never',
  });
}

export function secondFactorInvalid(): AppError {
  return new AppError({
    code: 'SECOND_FACTOR_INVALID',
    kind: 'unauthenticated',
    message: 'The code is not right, or was used already.',
    hint: 'Wait for the next code and see that the clock of the phone is right, or use a recovery code.',
    retry: 'never',
  });
}

export function tooManyLogins(retryAfterSeconds: number): AppError {
  return new AppError({
    code: 'TOO_MANY_FAILED_LOGINS',
    kind: 'too-many',
    message: 'Too many attempts to sign in have failed.',
    hint: `Wait ${retryAfterSeconds} seconds.`,
    retry: 'later',
    context: { retryAfterSeconds },
  });
}

export function tooManyResets(retryAfterSeconds: number): AppError {
  return new AppError({
    code: 'TOO_MANY_REQUESTS',
    kind: 'too-many',
    message: 'Too many links to set a password were asked for, or used, from this network.',
    hint: `Wait ${retryAfterSeconds} seconds, or have an admin make a link.`,
    retry: 'later',
    context: { retryAfterSeconds },
  });
}

export function sessionEnded(): AppError {
  return new AppError({
    code: 'SESSION_ENDED',
    kind: 'unauthenticated',
    message: 'The session has ended.',
    hint: 'Sign in again.',
    retry: 'never',
  });
}

export function otherOrigin(): AppError {
  return new AppError({
    code: 'ORIGIN_NOT_ALLOWED',
    kind: 'forbidden',
    message: 'A page of another site may not use this session.',
    hint: 'Do it in the dashboard itself. A proxy in front of this server must pass the Host header on. Programs use a token.',
    retry: 'never',
  });
}

export function passwordWeak(why: string): AppError {
  return new AppError({
    code: 'PASSWORD_WEAK',
    kind: 'usage',
    message: `This password is too weak. ${why}`,
    hint: 'Four unrelated words make a good one; a password manager makes a better one.',
    retry: 'never',
  });
}

export function passwordWrong(): AppError {
  return new AppError({
    code: 'PASSWORD_WRONG',
    kind: 'forbidden',
    message: 'The present password is not right.',
    hint: 'Nothing was changed. Try again.',
    retry: 'never',
  });
}

export function setupCodeInvalid(): AppError {
  return new AppError({
    code: 'SETUP_CODE_INVALID',
    kind: 'forbidden',
    message: 'This link to set backupd up is not valid any more.',
    hint: 'The newest one is printed when the server starts. On the server, "backupd users add <name> --role admin" makes an account too.',
    retry: 'never',
  });
}

export function setupDone(): AppError {
  return new AppError({
    code: 'SETUP_DONE',
    kind: 'conflict',
    message: 'This backupd is set up already: there is an admin account.',
    hint: 'Sign in with it, or have an admin make you an account.',
    retry: 'never',
  });
}

export function resetTokenInvalid(): AppError {
  return new AppError({
    code: 'RESET_TOKEN_INVALID',
    kind: 'usage',
    message: 'This link to set a password is not valid: it was used, has expired, or a newer one was made.',
    hint: 'Ask for a new one.',
    retry: 'never',
  });
}

export function userNotFound(id: string): AppError {
  return new AppError({
    code: 'USER_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no user with this id.',
    hint: '`GET /users` lists them.',
    retry: 'never',
    context: { id },
  });
}

export function sessionNotFound(id: string): AppError {
  return new AppError({
    code: 'SESSION_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no session with this id.',
    hint: 'It may have ended meanwhile.',
    retry: 'never',
    context: { id },
  });
}

export function userTaken(): AppError {
  return new AppError({
    code: 'USER_TAKEN',
    kind: 'conflict',
    message: 'Another user has this name or e-mail address already.',
    hint: 'Choose another one.',
    retry: 'never',
  });
}

export function lastAdmin(): AppError {
  return new AppError({
    code: 'LAST_ADMIN',
    kind: 'conflict',
    message: 'This is the last admin who can sign in; without one nobody could manage this backupd here.',
    hint: 'Make another user an admin first.',
    retry: 'never',
  });
}

export function ownAccount(): AppError {
  return new AppError({
    code: 'OWN_ACCOUNT',
    kind: 'conflict',
    message: 'Nobody removes, disables, restricts or demotes the own account.',
    hint: 'Have another admin do it.',
    retry: 'never',
  });
}

export function adminRestricted(): AppError {
  return new AppError({
    code: 'ADMIN_RESTRICTED',
    kind: 'usage',
    message: 'An admin manages the whole server and can’t be restricted to some sites.',
    hint: 'Choose the role operator or viewer, or no restriction.',
    retry: 'never',
  });
}

export function noSecondFactor(): AppError {
  return new AppError({
    code: 'SECOND_FACTOR_ABSENT',
    kind: 'conflict',
    message: 'There is no second factor to confirm, remove or make recovery codes for.',
    hint: 'Begin with `POST /account/second-factor`.',
    retry: 'never',
  });
}

export function notAPerson(): AppError {
  return new AppError({
    code: 'NOT_A_USER',
    kind: 'forbidden',
    message: 'Only a person who has signed in has an account; a token has none.',
    hint: 'Sign in with `POST /session`.',
    retry: 'never',
  });
}
