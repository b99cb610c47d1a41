import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import type {
  BackupModule,
  BackupStageContext,
  BandwidthLimiter,
  CommittedBackup,
  ParentBackup,
  SiteSpec,
} from '../ports/index.js';
import { secretsOf } from '../runner/index.js';
import type { BackupDesk, BackupRun } from './backup-desk.js';
import { type ChosenDestinations, DestinationChoice } from './destination-choice.js';
import { ParentSearch } from './parent-search.js';
import type { PreparedPlan, RunContext } from './plan.js';

const DAY_MS = 86_400_000;

/** A backup to be made. */
export interface BackupWork {
  module: BackupModule;
  site: SiteSpec;
  backupId: string;
  /** When the job began; the same for all attempts. */
  startedAt: Date;
  /** It is compared with nothing. */
  full: boolean;
  /** Every file is read. */
  reread: boolean;
  /** An earlier attempt made it whole and was cut off before it could say so. */
  isMade: boolean;
  neverPack: readonly string[];
  limiter: BandwidthLimiter;
}

export interface BackupPlan extends PreparedPlan {
  /** Whether another storage was given up, which may hold parts of the backup. */
  readonly hasFailedOver: boolean;
}

/** The plan of a backup, on whatever host it runs. Errors: NO_STORAGE, and what the desk refuses it with (QUOTA_EXCEEDED). */
export async function planBackup(work: BackupWork, desk: BackupDesk, context: RunContext): Promise<BackupPlan> {
  const { module, site, startedAt, isMade } = work;
  let made: CommittedBackup | null = null;
  const { chosen, parent, run } = await begin(work, desk, context);
  const { destinations, absent, refused } = chosen;
  const stageContext: Omit<BackupStageContext, 'finished'> = {
    ...context,
    site,
    backupId: work.backupId,
    startedAt,
    destinations,
    ...(refused === undefined ? {} : { refused }),
    parent,
    reread: async () => work.reread || isRereadDue(site.settings, await parent(), startedAt),
    limiter: work.limiter,
    catalogue: {
      commit: async (backup) => {
        await desk.commit({ ...backup, missing: [...backup.missing, ...absent] });
        made = backup;
      },
    },
    neverPack: work.neverPack,
  };
  return {
    stages: module.stages.map((name, index) => ({
      name,
      needs: module.needs?.[name] ?? module.stages.slice(0, index),
      run: (signal, running) =>
        module.executeStage(name, {
          ...stageContext,
          ...running,
          admit: (destination, bytes) => running.waits(() => desk.admit(run, destination, bytes)),
          signal,
        }),
      check: () => module.checkStage(name, { ...stageContext, finished: () => Promise.resolve() }),
    })),
    secrets: secretsOf(site),
    // Cut off between the catalogue's entry and the end of the job: the backup is whole.
    alreadyDone: isMade,
    hasFailedOver: chosen.hasFailedOver,
    goesOnLater: () => true,
    result: () => resultOf(made),
  };
}

interface Begun {
  chosen: ChosenDestinations;
  parent: () => Promise<ParentBackup | null>;
  run: BackupRun;
}

/**
 * Where the backup goes and what it is compared with, once the desk lets it begin; with failover the next storage is taken when it
 * does not. One that is whole already has nothing more to store.
 */
async function begin({ site, full, isMade }: BackupWork, desk: BackupDesk, context: RunContext): Promise<Begun> {
  const choice = new DestinationChoice(desk, site.id);
  const search = new ParentSearch(desk);
  for (;;) {
    const chosen = await choice.choose(context);
    const { destinations } = chosen;
    let found: Promise<ParentBackup | null> | null = null;
    const parent = async (): Promise<ParentBackup | null> => {
      found ??= full ? Promise.resolve(null) : search.find({ ...context, destinations });
      return found;
    };
    const { jobId, signal, journal } = context;
    const parentId = async (): Promise<string | null> => (await parent())?.backupId ?? null;
    const run: BackupRun = { jobId, site, full, destinations, signal, journal, parentId };
    try {
      if (!isMade) await desk.mayBegin(run);
      return { chosen, parent, run };
    } catch (error) {
      throwIfAborted(signal);
      const next = await chosen.refused?.(asAppError(error));
      if (next?.code !== 'STORAGE_REFUSED') throw error;
    }
  }
}

/** Whether the site's setting asks for every file to be read again by now. */
function isRereadDue(settings: Readonly<Record<string, unknown>>, parent: ParentBackup | null, now: Date): boolean {
  const days = settings['rereadEveryDays'];
  if (typeof days !== 'number' || days <= 0 || parent === null) return false;
  return now.getTime() - Date.parse(parent.header.readAllAt) >= days * DAY_MS;
}

function resultOf(made: CommittedBackup | null): Record<string, unknown> | null {
  if (made === null) return null;
  const { backupId, fileCount, sourceBytes, databaseBytes, rowCount, storedBytes, copies } = made;
  return { backupId, fileCount, sourceBytes, databaseBytes, rowCount, storedBytes, copies: copies.length };
}
