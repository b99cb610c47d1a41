import { AppError } from '../../common/errors/index.js';

export function scheduleNotFound(id: string): AppError {
  return new AppError({
    code: 'SCHEDULE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no schedule with this id.',
    hint: '`GET /schedules` lists them.',
    retry: 'never',
    context: { id },
  });
}

export function scheduleExists(id: string, name: string): AppError {
  return new AppError({
    code: 'SCHEDULE_EXISTS',
    kind: 'conflict',
    message: `There is one schedule of this kind for this scope already: "${name}".`,
    hint: 'Change that one with `PATCH /schedules/{id}`, or `backupd schedule set`.',
    retry: 'never',
    context: { id },
  });
}

export function scheduleRunning(id: string, kind: string): AppError {
  return new AppError({
    code: 'SCHEDULE_RUNNING',
    kind: 'conflict',
    message: `The scheduled ${kind} is running already.`,
    hint: 'Wait for it to end; `GET /schedules/{id}` shows what came of it.',
    retry: 'later',
    context: { id },
  });
}
