import { AppError } from '../../common/errors/index.js';
import { OverQuota } from './quota.entity.js';
import type { QuotaState } from './quota-ledger.js';

/** `subject` as a person knows it: `the storage "offsite"`. */
export function quotaExceeded(state: QuotaState, subject: string): AppError {
  const { scope, subjectId, limit, used, reserved, asked, over } = state;
  const others = reserved === 0 ? '' : ` and ${reserved} bytes of other running backups`;
  return new AppError({
    code: 'QUOTA_EXCEEDED',
    kind: 'precondition',
    message: `The quota of ${subject} is ${limit} bytes; with ${used} bytes used${others} there is no room for ${asked} bytes more.`,
    hint:
      over === OverQuota.Prune
        ? 'Raise it (`backupd quota set`), or delete backups (`backupd backups delete`): what retention lets go would not make room enough.'
        : 'Raise it (`backupd quota set`), delete backups (`backupd backups delete`), or let retention make room (`backupd quota set … --over prune`).',
    retry: 'never',
    context: { scope, subjectId, quotaBytes: limit, usedBytes: used, reservedBytes: reserved, neededBytes: asked },
  });
}

export function quotaNotFound(): AppError {
  return new AppError({
    code: 'QUOTA_NOT_FOUND',
    kind: 'not-found',
    message: 'No quota is set there.',
    hint: '`backupd quota list` (`GET /quotas`) shows them.',
    retry: 'never',
  });
}
