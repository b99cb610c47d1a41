import { Injectable } from '@nestjs/common';
import { AlarmKind, Severity } from '../alarm.entity.js';
import { StorageReach } from '../storage-reach.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

const EVERY_MINUTES = 5;
/** One failure may pass. */
const FAILURES = 2;

/** A storage did not answer twice in a row. */
@Injectable()
export class StorageUnreachable implements AlarmRule {
  readonly kind = AlarmKind.StorageUnreachable;
  readonly everyMinutes = 1;
  readonly afterJob = 'nothing';

  constructor(private readonly reach: StorageReach) {}

  async prepare(now: Date): Promise<void> {
    await this.reach.ask(now, EVERY_MINUTES * 60_000);
  }

  async find({ em }: Look): Promise<Finding[]> {
    const known = await this.reach.known(em);
    return known.flatMap(({ providerId, providerName, kind, failures, error }) =>
      failures < FAILURES
        ? []
        : [
            {
              subject: providerId,
              providerId,
              severity: Severity.Critical,
              message: `The storage "${providerName}" can't be used: ${error?.message ?? 'it does not answer.'}`,
              hint: `${error?.hint ?? ''} \`backupd storage test ${providerName}\` tries all that backups need.`.trim(),
              context: { kind, code: error?.code ?? null },
            },
          ],
    );
  }
}
