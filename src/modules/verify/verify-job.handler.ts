import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError, throwIfAborted } from '../../common/errors/index.js';
import type { StageOutcome } from '../../engine/ports/index.js';
import { verifyBackup, type VerifyLevel, type VerifyResult } from '../../engine/snapshot/verify/index.js';
import { Catalogue, type CataloguedBackup, ObjectLedger, ReadBy } from '../backups/index.js';
import { type HandledPlan, type Job, type JobHandler, JobHandlers, JobKind, type RunContext } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { backupDamaged } from './verify.errors.js';

export const VERIFY_STAGE = 'verify';
const SHOWN_DAMAGES = 20;

/** What was found out about one copy, as the job's result shows it. */
interface CopyReport {
  providerId: string;
  providerName: string;
  ok: boolean;
  checkedBytes: number;
  checkedEntries: number;
  damaged: { path: string; reason: string }[];
  moreDamaged: number;
}

/** Reads every copy of a backup back, and writes into the catalogue what it found. */
@Injectable()
export class VerifyJobHandler implements JobHandler, OnModuleInit {
  readonly kind = JobKind.Verify;
  readonly resumable = true;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly catalogue: Catalogue,
    private readonly storage: StorageService,
    private readonly ledger: ObjectLedger,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  /** Error: BACKUP_NOT_FOUND. */
  async prepare(job: Job, context: RunContext): Promise<HandledPlan> {
    const found = await this.catalogue.get(job.backupId);
    const level: VerifyLevel = job.request['level'] === 'quick' ? 'quick' : 'full';
    const reports: CopyReport[] = [];
    return {
      stages: [
        {
          name: VERIFY_STAGE,
          run: (signal, { journal, resources }) =>
            this.verify(found, level, { ...context, journal, resources, signal }, reports),
        },
      ],
      secrets: [],
      goesOnLater: () => true,
      result: () => ({ backupId: job.backupId, level, ok: reports.every((copy) => copy.ok), copies: reports }),
    };
  }

  private async verify(
    found: CataloguedBackup,
    level: VerifyLevel,
    context: RunContext,
    reports: CopyReport[],
  ): Promise<StageOutcome> {
    const { backup, copies } = found;
    const names = new Map((await this.storage.allDestinations()).map((each) => [each.providerId, each.providerName]));
    const unreachable: AppError[] = [];
    const all = (backup.bundleSize + backup.manifestSize) * (level === 'full' ? copies.length : 0);
    let before = 0;
    for (const { providerId } of copies) {
      throwIfAborted(context.signal);
      const providerName = names.get(providerId) ?? providerId;
      try {
        const result = await context.resources.use(
          'io',
          () => this.verifyCopy(found, providerId, level, context, (bytes) => before + bytes),
          { signal: context.signal },
        );
        await this.note(backup.manifestKey, providerId, level, result);
        before += result.checkedBytes;
        reports.push(reportOf(result, providerId, providerName));
      } catch (error) {
        throwIfAborted(context.signal);
        if (!(error instanceof AppError) || error.kind === 'internal') throw error;
        unreachable.push(error);
        context.journal.warn({
          code: 'COPY_UNCHECKED',
          message: `The copy on "${providerName}" could not be checked: ${error.message}`,
          context: { provider: providerName, cause: error.code },
        });
      }
    }
    return conclude(backup.id, level, context, reports, unreachable, Math.max(all, before));
  }

  private async verifyCopy(
    { backup }: CataloguedBackup,
    providerId: string,
    level: VerifyLevel,
    context: RunContext,
    total: (bytes: number) => number,
  ): Promise<VerifyResult> {
    const driver = await this.storage.driver(providerId);
    return verifyBackup(driver, {
      manifestKey: backup.manifestKey,
      manifest: { size: backup.manifestSize, sha256: backup.manifestSha256 },
      level,
      spoolDir: join(context.workDir, 'fetched'),
      signal: context.signal,
      onProgress: ({ bytesDone, bytesTotal, itemsDone, current }) =>
        context.journal.progress({
          bytesDone: total(bytesDone),
          bytesTotal: total(bytesTotal),
          itemsDone,
          current,
        }),
    });
  }

  /** A quick check finds damage, but proves nothing. Damage that lies in no bundle is the manifest's. */
  private async note(manifestKey: string, providerId: string, level: VerifyLevel, result: VerifyResult): Promise<void> {
    const { damagedBundles, missingBundles } = result;
    const isManifestWrong = result.manifest === 'damaged' || (!result.ok && damagedBundles.length === 0);
    const manifest = result.manifest === 'missing' ? 'missing' : isManifestWrong ? 'damaged' : 'right';
    const only = (state: string): string[] => (manifest === state ? [manifestKey] : []);
    const right = [...result.wholeBundles, ...only('right')];
    const found = {
      ...(level === 'full' ? { read: right } : { seen: right }),
      damaged: [...damagedBundles.filter((key) => !missingBundles.includes(key)), ...only('damaged')],
      missing: [...missingBundles, ...only('missing')],
    };
    await this.ledger.note(providerId, found, ReadBy.Verify);
  }
}

function reportOf(result: VerifyResult, providerId: string, providerName: string): CopyReport {
  const { ok, checkedBytes, checkedEntries, damaged, moreDamaged } = result;
  const hidden = Math.max(0, damaged.length - SHOWN_DAMAGES);
  return {
    providerId,
    providerName,
    ok,
    checkedBytes,
    checkedEntries,
    damaged: damaged.slice(0, SHOWN_DAMAGES),
    moreDamaged: moreDamaged + hidden,
  };
}

/** At least one whole copy is a success, with a warning for each that is not. */
function conclude(
  backupId: string,
  level: VerifyLevel,
  context: RunContext,
  reports: readonly CopyReport[],
  unreachable: readonly AppError[],
  bytes: number,
): StageOutcome {
  const broken = reports.filter((copy) => !copy.ok);
  const whole = reports.length - broken.length;
  const first = broken[0]?.damaged[0];
  if (whole === 0 && first !== undefined) {
    const damages = broken.reduce((sum, copy) => sum + copy.damaged.length + copy.moreDamaged, 0);
    throw backupDamaged(backupId, `${first.path}: ${first.reason}`, damages);
  }
  if (whole === 0 && unreachable[0] !== undefined) throw unreachable[0];
  for (const copy of broken) {
    const damage = copy.damaged[0];
    const message = `The copy on "${copy.providerName}" is not whole: ${damage?.path ?? ''}: ${damage?.reason ?? ''}`;
    context.journal.warn({ code: 'COPY_DAMAGED', message, context: { provider: copy.providerName } });
  }
  const all = reports.length + unreachable.length;
  const healed = broken.length === 0 ? '' : ' `backupd repair` makes the damaged ones whole from the good ones.';
  return { message: `${verdict(level, whole, all)}${healed}`, details: { bytes } };
}

/** What was found out, and no more: a quick verify says that it has read nothing. */
export function verdict(level: VerifyLevel, whole: number, all: number): string {
  const which = whole === all ? count(all) : `${whole} of ${count(all)}`;
  if (level === 'quick') {
    const there = `All objects of ${which} are there with their size.`;
    return `${there} No byte was read: a full verify does that.`;
  }
  if (whole === all) return `Every byte of ${which} was read and is right.`;
  return `${which} ${whole === 1 ? 'was' : 'were'} read and ${whole === 1 ? 'is' : 'are'} right.`;
}

function count(copies: number): string {
  return copies === 1 ? '1 copy' : `${copies} copies`;
}
