import { AppError } from '../../common/errors/index.js';
import type { Alarm } from './alarm.entity.js';

export function alarmNotFound(id: string): AppError {
  return new AppError({
    code: 'ALARM_NOT_FOUND',
    kind: 'not-found',
    message: `There is no alarm ${id}.`,
    hint: '`backupd alarms --all` (`GET /alarms`) shows them.',
    retry: 'never',
  });
}

export function alarmCleared({ id, clearedAt }: Alarm): AppError {
  return new AppError({
    code: 'ALARM_CLEARED',
    kind: 'conflict',
    message: `The alarm ${id} was cleared at ${clearedAt?.toISOString() ?? 'an earlier time'}: there is nothing to acknowledge.`,
    hint: '`backupd alarms` shows the open ones.',
    retry: 'never',
    context: { alarmId: id },
  });
}
