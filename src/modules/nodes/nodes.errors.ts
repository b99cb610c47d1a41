import { AppError } from '../../common/errors/index.js';

export function nodeNotFound(id: string): AppError {
  return new AppError({
    code: 'NODE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no node with this id.',
    hint: '`GET /nodes` lists them (`backupd nodes list`).',
    retry: 'never',
    context: { id },
  });
}

export function nodeNameTaken(name: string): AppError {
  return new AppError({
    code: 'NODE_NAME_TAKEN',
    kind: 'conflict',
    message: `Another node is called "${name}".`,
    hint: 'Give another name. To put the host in the place of a node whose key was revoked, name that node when you approve the request or make the token.',
    retry: 'never',
    context: { name },
  });
}

export function nodeBlocked(name: string): AppError {
  return new AppError({
    code: 'NODE_BLOCKED',
    kind: 'forbidden',
    message: `The node "${name}" is blocked.`,
    hint: 'An admin lets it in again: `backupd nodes unblock <node>` on the master.',
    retry: 'later',
    context: { name },
  });
}

export function nodeWithoutKey(name: string): AppError {
  return new AppError({
    code: 'NODE_WITHOUT_KEY',
    kind: 'conflict',
    message: `The node "${name}" has no key that could be replaced.`,
    hint: 'Its key was revoked or never fetched: have the host join again (`backupd node join`).',
    retry: 'never',
    context: { name },
  });
}

export function nodeHasSites(name: string, sites: number): AppError {
  return new AppError({
    code: 'NODE_HAS_SITES',
    kind: 'conflict',
    message: `The node "${name}" still has ${sites === 1 ? '1 site' : `${sites} sites`}.`,
    hint: 'Move them, or say what becomes of them: sites=keep leaves them registered and paused until they are moved, sites=remove forgets them. Their backups stay in both cases.',
    retry: 'never',
    context: { name, sites },
  });
}

/** What the jobs of a removed node end with. */
export function nodeRemoved(name: string): AppError {
  return new AppError({
    code: 'NODE_REMOVED',
    kind: 'conflict',
    message: `The node "${name}" was removed while this job waited or ran on it.`,
    hint: 'Backups that were completed before are there, and can be restored to another node.',
    retry: 'never',
    context: { name },
  });
}

export function joinRequestNotFound(request: string): AppError {
  return new AppError({
    code: 'JOIN_REQUEST_NOT_FOUND',
    kind: 'not-found',
    message: 'No host waits with this code or id: it is wrong, was decided on already, or has expired.',
    hint: '`GET /nodes/requests` lists those that wait (`backupd nodes requests`). The host can ask again.',
    retry: 'never',
    context: { request: request.slice(0, 40) },
  });
}

/** The same for one that there never was, was used, or has expired. */
export function nodeTokenInvalid(): AppError {
  return new AppError({
    code: 'NODE_TOKEN_INVALID',
    kind: 'unauthenticated',
    message: 'The token to join with is not valid: it is wrong, was used already, or has expired.',
    hint: 'An admin makes another one with `backupd nodes token add`, or join without a token and have the request approved.',
    retry: 'never',
  });
}

export function nodeTokenNotFound(id: string): AppError {
  return new AppError({
    code: 'NODE_TOKEN_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no token to join with that has this id.',
    hint: '`GET /nodes/tokens` lists them (`backupd nodes token list`).',
    retry: 'never',
    context: { id },
  });
}

export function tooManyRequests(message: string, retryAfterSeconds: number): AppError {
  return new AppError({
    code: 'TOO_MANY_REQUESTS',
    kind: 'too-many',
    message,
    hint: `Try again in ${retryAfterSeconds} seconds.`,
    retry: 'later',
    context: { retryAfterSeconds },
  });
}
