import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import type { Destination, StageOutcome } from '../../engine/ports/index.js';
import { type Job, type JobHandler, JobHandlers, JobKind } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { CopyRepairer, type RepairTally } from './copy-repairer.js';
import { type NeededCopy, RepairNeeds } from './repair-needs.js';
import { copiesNotRepaired } from './repair.errors.js';

export const REPAIR_STAGE = 'repair';

/** Copies what is missing or damaged on one provider from another one that has it whole. The catalogue tells how far it is. */
@Injectable()
export class RepairJobHandler implements JobHandler, OnModuleInit {
  readonly kind = JobKind.Repair;
  readonly resumable = true;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly storage: StorageService,
    private readonly needs: RepairNeeds,
    private readonly repairer: CopyRepairer,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  async prepare(job: Job, context: RunContext): Promise<PreparedPlan> {
    const tally: RepairTally = { objects: 0, bytes: 0, lost: new Set() };
    return Promise.resolve({
      stages: [
        {
          name: REPAIR_STAGE,
          run: (signal, { journal, resources }) =>
            this.repair(job.siteId, { ...context, journal, resources, signal }, tally),
        },
      ],
      secrets: [],
      goesOnLater: () => true,
      result: () => ({ objects: tally.objects, bytes: tally.bytes, lost: tally.lost.size }),
    });
  }

  private async repair(siteId: string, context: RunContext, tally: RepairTally): Promise<StageOutcome> {
    const destinations = await this.storage.allDestinations();
    const failed = new Map<string, AppError>();
    const seen = new Set<string>();
    const bytesTotal = await this.needs.bytes(siteId);
    // What is found damaged on the way is to be repaired too, so it is looked again until there is nothing new.
    for (;;) {
      const copies = (await this.needs.copies(siteId)).filter((copy) => !seen.has(nameOf(copy)));
      if (copies.length === 0) break;
      for (const copy of copies) {
        throwIfAborted(context.signal);
        seen.add(nameOf(copy));
        if (failed.has(copy.providerId)) continue;
        try {
          await this.repairer.repair(copy, destinations, tally, context, (bytes, current) => {
            const bytesDone = tally.bytes + bytes;
            context.journal.progress({ bytesDone, bytesTotal: Math.max(bytesTotal, bytesDone), current });
          });
        } catch (error) {
          throwIfAborted(context.signal);
          const failure = copiesNotRepaired(nameIn(destinations, copy.providerId), asAppError(error));
          failed.set(copy.providerId, failure);
          // At once: other storages may take hours.
          context.journal.note(
            [failure.message, failure.hint].filter((part) => part !== undefined).join(' '),
            failure.context,
          );
        }
      }
    }
    for (const key of tally.lost) {
      const message = `${key} is whole in no storage. What lay in it is stored again by the site's next backup.`;
      context.journal.warn({ code: 'OBJECT_LOST', message, context: { key } });
    }
    const [failure] = failed.values();
    if (failure !== undefined) throw failure;
    return {
      message: tally.objects === 1 ? '1 object was copied.' : `${tally.objects} objects were copied.`,
      details: { objects: tally.objects, bytes: tally.bytes, lost: tally.lost.size },
    };
  }
}

function nameOf({ backupId, providerId }: NeededCopy): string {
  return `${backupId}/${providerId}`;
}

function nameIn(destinations: readonly Destination[], providerId: string): string {
  return destinations.find((each) => each.providerId === providerId)?.providerName ?? providerId;
}
