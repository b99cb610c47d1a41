import { Injectable } from '@nestjs/common';
import { ProofStore } from '../../proof/index.js';
import { StorageService } from '../../storage/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import { type AlarmRule, type Finding, type Look, minuteOf } from './alarm-rule.js';

const DAY_MS = 86_400_000;

/** Stored objects were not read back for longer than the plan says; critical from twice that time on. */
@Injectable()
export class ProofOverdue implements AlarmRule {
  readonly kind = AlarmKind.ProofOverdue;
  readonly everyMinutes = 10;
  readonly afterJob = 'nothing';
  readonly slow = true;

  constructor(
    private readonly store: ProofStore,
    private readonly storage: StorageService,
  ) {}

  async find({ now }: Look): Promise<Finding[]> {
    const { everyDays } = await this.store.getSettings();
    const before = new Date(now.getTime() - everyDays * DAY_MS);
    const found: Finding[] = [];
    for (const { id, name, enabled } of await this.storage.all()) {
      if (!enabled) continue;
      const [oldest] = await this.store.oldest(id, before, [], 1);
      if (oldest === undefined) continue;
      const { overdue } = await this.store.facts(id, now, everyDays);
      const isLong = oldest.provenAt.getTime() < now.getTime() - 2 * everyDays * DAY_MS;
      found.push({
        subject: id,
        providerId: id,
        severity: isLong ? Severity.Critical : Severity.Warning,
        message: `On the storage "${name}" ${overdue === 1 ? '1 object was' : `${overdue} objects were`} not read back within ${everyDays} days; the oldest proof is of ${minuteOf(oldest.provenAt)}.`,
        hint: '`backupd proof` says whether the budget is enough; `backupd proof run` reads now, `backupd proof edit` changes the plan.',
        context: { overdue, everyDays, oldestProofAt: oldest.provenAt.toISOString() },
      });
    }
    return found;
  }
}
