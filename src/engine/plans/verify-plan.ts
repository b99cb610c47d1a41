import { join } from 'node:path';
import { AppError, throwIfAborted } from '../../common/errors/index.js';
import type { Destination, StageOutcome } from '../ports/index.js';
import { verifyBackup, type VerifyLevel, type VerifyResult } from '../snapshot/verify/index.js';
import type { PreparedPlan, RunContext } from './plan.js';
import { backupDamaged } from './plans.errors.js';

export const VERIFY_STAGE = 'verify';
const SHOWN_DAMAGES = 20;

/** A backup whose copies are to be read back. */
export interface VerifyWork {
  backupId: string;
  level: VerifyLevel;
  manifest: { key: string; size: number; sha256: string };
  bundleSize: number;
  copies: readonly VerifiedCopy[];
  /** Told of each copy what was found. */
  found?: (copy: Pick<Destination, 'providerId'>, result: VerifyResult) => Promise<void>;
}

/** A copy; opening its storage may fail. */
export interface VerifiedCopy extends Pick<Destination, 'providerId' | 'providerName'> {
  open(): Promise<Destination['driver']>;
}

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

/** The plan of a verify, on whatever host it runs: every copy of the backup is read back. */
export function planVerify(work: VerifyWork, context: RunContext): PreparedPlan {
  const reports: CopyReport[] = [];
  const { backupId, level } = work;
  return {
    stages: [
      {
        name: VERIFY_STAGE,
        run: (signal, { journal, resources }) => verify(work, { ...context, journal, resources, signal }, reports),
      },
    ],
    secrets: [],
    goesOnLater: () => true,
    result: () => ({ backupId, level, ok: reports.every((copy) => copy.ok), copies: reports }),
  };
}

async function verify(work: VerifyWork, context: RunContext, reports: CopyReport[]): Promise<StageOutcome> {
  const { level, copies, manifest } = work;
  const unreachable: AppError[] = [];
  const all = (work.bundleSize + manifest.size) * (level === 'full' ? copies.length : 0);
  let before = 0;
  for (const copy of copies) {
    const { providerId, providerName } = copy;
    throwIfAborted(context.signal);
    try {
      const result = await context.resources.use(
        'io',
        () => verifyCopy(work, copy, context, (bytes) => before + bytes),
        { signal: context.signal },
      );
      await work.found?.(copy, result);
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
  return conclude(work, context, reports, unreachable, Math.max(all, before));
}

async function verifyCopy(
  { level, manifest }: VerifyWork,
  copy: VerifiedCopy,
  context: RunContext,
  total: (bytes: number) => number,
): Promise<VerifyResult> {
  const { key, size, sha256 } = manifest;
  return verifyBackup(await copy.open(), {
    manifestKey: key,
    manifest: { size, sha256 },
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
  { backupId, level }: VerifyWork,
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
