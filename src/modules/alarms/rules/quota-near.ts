import { Injectable } from '@nestjs/common';
import { bytes } from '../../../common/sizes.js';
import { UsageService } from '../../quota/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

const FULL = 100;

/** A quota is nearly used up: a warning from the limit on (80 %), critical when it is full. */
@Injectable()
export class QuotaNear implements AlarmRule {
  readonly kind = AlarmKind.QuotaNear;
  readonly everyMinutes = 5;
  readonly afterJob = 'nothing';
  readonly slow = true;

  constructor(private readonly usage: UsageService) {}

  async find({ em, limits }: Look): Promise<Finding[]> {
    const near = await this.usage.near(limits.quotaPercent);
    const paused = new Set(
      (await em.execute<{ id: string }[]>('select id from site where paused')).map(({ id }) => id),
    );
    const told = near.filter(({ scope, subjectId }) => scope !== 'site' || !paused.has(subjectId ?? ''));
    return told.map(({ scope, subjectId, name, percent, bytes: stored, reservedBytes, quotaBytes }) => {
      const used = stored + reservedBytes;
      const what =
        scope === 'provider'
          ? `the storage "${name ?? subjectId}"`
          : scope === 'site'
            ? `the site "${name ?? subjectId}"`
            : (subjectId ?? "the master's own host");
      const isFull = (percent ?? 0) >= FULL;
      return Object.assign(whose(scope, subjectId), {
        subject: `${scope}:${subjectId ?? 'self'}`,
        severity: isFull ? Severity.Critical : Severity.Warning,
        message: `${Math.floor(percent ?? 0)} % of the quota of ${what} is used (${bytes(used)} of ${bytes(quotaBytes ?? 0)})${isFull ? ': backups that need more fail.' : '.'}`,
        hint: 'Raise it (`backupd quota set`), let retention keep less (`backupd retention`), or delete backups (`backupd backups delete`).',
        context: { scope, percent, usedBytes: used, quotaBytes },
      });
    });
  }
}

function whose(scope: string, id: string | null): Pick<Finding, 'siteId' | 'providerId'> {
  if (id === null) return {};
  return scope === 'site' ? { siteId: id } : scope === 'provider' ? { providerId: id } : {};
}
