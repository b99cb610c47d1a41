import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { Destination, StageContext } from '../ports/index.js';
import { keysFor, WorkFolder } from '../runner/index.js';
import type { BackupDesk } from './backup-desk.js';
import { noneAnswers } from './plans.errors.js';

const CHECKPOINT = 'destination';

/** Where a backup with failover goes, kept in the work folder: all attempts go there, until it is given up. */
interface Choice {
  /** Null: the last one was given up, the next is not chosen yet. */
  providerId: string | null;
  /** Providers that were given up. */
  excluded: string[];
}

/** Where a backup goes. */
export interface ChosenDestinations {
  destinations: readonly Destination[];
  /** Ids of disabled providers that are to have a copy once they are enabled. */
  absent: readonly string[];
  /** Whether another provider was given up, which may hold parts of the backup. */
  hasFailedOver: boolean;
  /** Told when none of them took it; gives the error to fail with. */
  refused?: (error: AppError) => Promise<AppError>;
}

type ChoiceContext = Pick<StageContext, 'workDir' | 'signal' | 'journal' | 'checkpoints'>;

/** Chooses where a backup goes, before it is decided what it is compared with. */
export class DestinationChoice {
  constructor(
    private readonly desk: Pick<BackupDesk, 'choices' | 'parentsFor'>,
    private readonly siteId: string,
  ) {}

  /**
   * All providers of the site; with failover the first that answers, which stays the one for all attempts. When it does not take the
   * backup, the job is tried again with the next one, from the beginning: what it is compared with must lie there. Error: NO_STORAGE.
   */
  async choose(context: ChoiceContext): Promise<ChosenDestinations> {
    const { mode, candidates, absent } = await this.desk.choices();
    if (absent.length > 0)
      context.journal.note(
        'Storages of this site are disabled: their copy is made by a repair once they are enabled.',
        {
          disabled: [...absent],
        },
      );
    if (mode === 'all') return { destinations: candidates, absent, hasFailedOver: false };
    const before = await context.checkpoints.get<Choice>(CHECKPOINT);
    const excluded = new Set(before?.excluded);
    const kept = candidates.find(({ providerId }) => providerId === before?.providerId);
    if (kept !== undefined) {
      const failure = await this.answers(kept, context);
      if (failure === null) return this.chosen(kept, candidates, excluded, context);
      notePassedOver(kept, failure, context);
    }
    if (before !== null) {
      if (before.providerId !== null) excluded.add(before.providerId);
      // What was planned and packed points into bundles that only the other provider has.
      await context.checkpoints.set(CHECKPOINT, { providerId: null, excluded: [...excluded] } satisfies Choice);
      await new WorkFolder(context.workDir).startOver([CHECKPOINT]);
    }
    const failures: string[] = [];
    for (const candidate of candidates) {
      if (excluded.has(candidate.providerId)) continue;
      const failure = await this.answers(candidate, context);
      if (failure !== null) {
        failures.push(`${candidate.providerName}: ${failure.message}`);
        notePassedOver(candidate, failure, context);
        continue;
      }
      if (failures.length > 0 || excluded.size > 0)
        context.journal.note(`The backup goes to "${candidate.providerName}".`, { provider: candidate.providerName });
      const choice: Choice = { providerId: candidate.providerId, excluded: [...excluded] };
      await context.checkpoints.set(CHECKPOINT, choice);
      return this.chosen(candidate, candidates, excluded, context);
    }
    throw noneAnswers(failures);
  }

  private chosen(
    destination: Destination,
    candidates: readonly Destination[],
    excluded: ReadonlySet<string>,
    { checkpoints, journal }: ChoiceContext,
  ): ChosenDestinations {
    const { providerId, providerName } = destination;
    return {
      destinations: [destination],
      absent: [],
      hasFailedOver: excluded.size > 0,
      refused: async (error) => {
        const hasOther = candidates.some((other) => other.providerId !== providerId && !excluded.has(other.providerId));
        // That one answers, but lost something: the next backup stores it there again.
        if (!hasOther || error.code === 'BUNDLE_VANISHED') return error;
        const choice: Choice = { providerId: null, excluded: [...excluded, providerId] };
        await checkpoints.set(CHECKPOINT, choice);
        notePassedOver(destination, error, { journal });
        return new AppError({
          code: 'STORAGE_REFUSED',
          kind: 'storage',
          message: `"${providerName}" did not take the backup, the next storage is tried: ${error.message}`,
          hint: error.hint ?? 'Test that storage: `backupd storage test`.',
          retry: 'later',
          context: { provider: providerName, cause: error.code },
          cause: error,
        });
      },
    };
  }

  /** A cheap look at what the next backup would be compared with; null when the provider answers. */
  private async answers({ providerId, driver }: Destination, context: ChoiceContext): Promise<AppError | null> {
    const [parent] = await this.desk.parentsFor([providerId], 1);
    try {
      await driver.stat(parent?.manifestKey ?? keysFor(this.siteId, new Date(0), this.siteId).siteKey, context.signal);
      return null;
    } catch (error) {
      throwIfAborted(context.signal);
      return asAppError(error);
    }
  }
}

/** Says which storage is passed over, why, and what a person can do about it. */
function notePassedOver(
  { providerName }: Destination,
  { code, message, hint }: AppError,
  { journal }: Pick<ChoiceContext, 'journal'>,
): void {
  const said = `The storage "${providerName}" is passed over: ${message}`;
  journal.note(hint === undefined ? said : `${said} ${hint}`, { provider: providerName, code });
}
