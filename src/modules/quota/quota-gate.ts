import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { Destination } from '../../engine/ports/index.js';
import type { BackupRun } from '../../engine/plans/index.js';
import { BackupExtensions } from '../backups/index.js';
import { type PruneScope, RetentionPruner } from '../retention/index.js';
import { QuotaLedger, type QuotaState, type Reservation } from './quota-ledger.js';
import { OverQuota, QuotaScope } from './quota.entity.js';
import { quotaExceeded } from './quota.errors.js';

/** Lets a backup begin, and be uploaded, only where the quotas have room for it; makes room where a quota says so. */
@Injectable()
export class QuotaGate implements OnModuleInit {
  constructor(
    private readonly extensions: BackupExtensions,
    private readonly ledger: QuotaLedger,
    private readonly pruner: RetentionPruner,
  ) {}

  onModuleInit(): void {
    this.extensions.add({
      beforeStages: (run) => this.beforeStages(run),
      admit: (run, destination, bytes) => this.admit(run, destination, bytes, 'exact'),
    });
  }

  /** With an estimate. One destination that has room is enough: the others are warnings of the upload. Error: QUOTA_EXCEEDED. */
  private async beforeStages(run: BackupRun): Promise<void> {
    const bytes = await this.ledger.estimate(run.site.id, run.full);
    const refused: AppError[] = [];
    for (const destination of run.destinations) {
      try {
        await this.admit(run, destination, bytes, 'estimate');
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'QUOTA_EXCEEDED') throw error;
        refused.push(error);
      }
    }
    const [first] = refused;
    if (first !== undefined && refused.length === run.destinations.length) throw first;
    for (const { message, context } of refused) run.journal.note(message, context);
  }

  /** Reserves the bytes; deletes first what retention lets go, where the quota asks for that. Error: QUOTA_EXCEEDED. */
  private async admit(
    run: BackupRun,
    destination: Destination,
    bytes: number,
    kind: Reservation['kind'],
  ): Promise<void> {
    const { providerId } = destination;
    const wanted = { jobId: run.jobId, siteId: run.site.id, providerId, bytes, kind };
    for (;;) {
      const { exceeded, near } = await this.ledger.reserve(wanted);
      const refusing = exceeded.find((state) => state.over === OverQuota.Fail);
      if (refusing !== undefined) throw quotaExceeded(refusing, nameOf(refusing, run, destination));
      const [first] = exceeded;
      if (first === undefined) {
        if (kind === 'exact') for (const state of near) tellNear(run, state, nameOf(state, run, destination));
        return;
      }
      const removed = await this.makeRoom(run, first, wanted);
      if (removed === 0) throw quotaExceeded(first, nameOf(first, run, destination));
      run.journal.note(
        `The quota of ${nameOf(first, run, destination)} was full: ${removed} backups that retention lets go were deleted.`,
        { removed },
      );
    }
  }

  private async makeRoom(run: BackupRun, state: QuotaState, wanted: Reservation): Promise<number> {
    const own = { jobId: run.jobId, siteId: run.site.id, parentId: await run.parentId() };
    const isEnough = async (): Promise<boolean> => {
      const { exceeded } = await this.ledger.reserve(wanted);
      return !exceeded.some(({ scope }) => scope === state.scope);
    };
    const missing = state.used + state.reserved + state.asked - state.limit;
    return this.pruner.prune(pruneScope(state), missing, own, isEnough, run.signal);
  }
}

function pruneScope({ scope, subjectId }: QuotaState): PruneScope {
  if (scope === QuotaScope.Node) return { scope, nodeId: subjectId };
  const id = subjectId ?? '';
  return scope === QuotaScope.Site ? { scope, siteId: id } : { scope, providerId: id };
}

function nameOf({ scope, subjectId }: QuotaState, run: BackupRun, destination: Destination): string {
  if (scope === QuotaScope.Site) return `the site "${run.site.name}"`;
  if (scope === QuotaScope.Provider) return `the storage "${destination.providerName}"`;
  return subjectId === null ? "the master's own host" : 'its node';
}

/** A note, not a warning: a backup is not partial because the next one may not fit. */
function tellNear(run: BackupRun, { limit, used, reserved, asked }: QuotaState, subject: string): void {
  const percent = limit === 0 ? 100 : Math.floor(((used + reserved + asked) / limit) * 100);
  run.journal.note(`The quota of ${subject} is nearly used up: ${percent} % of ${limit} bytes.`, {
    percent,
    quotaBytes: limit,
  });
}
