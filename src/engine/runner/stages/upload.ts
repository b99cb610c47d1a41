import { hostname } from 'node:os';
import { AppError, asAppError, throwIfAborted } from '../../../common/errors/index.js';
import type {
  BackupStageContext,
  CommittedBackup,
  Destination,
  PutSource,
  ReferredBundle,
  StageOutcome,
  StoredObject,
} from '../../ports/index.js';
import { keysFor } from './keys.js';

/** A backup that lies whole in the work folder, and what the catalogue will say of it. */
export interface FinishedBackup extends Omit<
  CommittedBackup,
  'backupId' | 'siteId' | 'jobId' | 'startedAt' | 'copies'
> {
  bundlePath: string;
  manifestPath: string;
}

/** Which providers have taken which bundle; kept in the work folder between attempts. */
type UploadCheckpoint = Record<string, { bundleSha256: string; manifestSha256: string }>;
const CHECKPOINT = 'upload';
const STATS_AT_ONCE = 8;

/**
 * Puts a finished backup on every destination (bundle, manifest, then `site.json`), compares what each provider answers
 * with what was sent, and enters it into the catalogue. One provider of several failing is the warning COPY_FAILED; all
 * failing fails the stage. Idempotent: what an earlier attempt stored whole is not sent again.
 */
export async function uploadBackup(context: BackupStageContext, backup: FinishedBackup): Promise<StageOutcome> {
  const perDestination = backup.bundleSize + backup.manifestSize;
  const progress = new UploadProgress(context, perDestination * context.destinations.length);
  const done = (await context.checkpoints.get<UploadCheckpoint>(CHECKPOINT)) ?? {};
  const failures: { destination: Destination; error: AppError }[] = [];
  const copies: { providerId: string; size: number }[] = [];

  for (const destination of context.destinations) {
    throwIfAborted(context.signal);
    try {
      if (!(await isStored(destination, backup, done))) {
        await context.resources.use('network', () => uploadTo(destination, context, backup, progress), {
          signal: context.signal,
        });
        done[destination.providerId] = { bundleSha256: backup.bundleSha256, manifestSha256: backup.manifestSha256 };
        await context.checkpoints.set(CHECKPOINT, done);
      }
      await requireBundles(destination, backup);
      copies.push({ providerId: destination.providerId, size: perDestination });
    } catch (error) {
      throwIfAborted(context.signal);
      failures.push({ destination, error: asAppError(error) });
    }
    progress.next(perDestination);
  }
  if (copies.length === 0) throw uploadFailed(failures);
  warnOfFailures(context, failures);
  await context.catalogue.commit(committed(context, backup, copies));
  return {
    message:
      copies.length === 1 ? 'Stored in one place and checked.' : `Stored in ${copies.length} places and checked.`,
    details: {
      providers: context.destinations
        .filter((destination) => copies.some((copy) => copy.providerId === destination.providerId))
        .map((destination) => destination.providerName),
      bytes: perDestination * copies.length,
      bundleKey: backup.bundleKey,
    },
  };
}

/** What the manifest points into besides its own bundle must be there, or the backup could not be restored from it. */
async function requireBundles(destination: Destination, backup: FinishedBackup): Promise<void> {
  const others = backup.bundles.filter((bundle) => !bundle.own);
  for (let from = 0; from < others.length; from += STATS_AT_ONCE) {
    const some = others.slice(from, from + STATS_AT_ONCE);
    await Promise.all(some.map(async (bundle) => requireBundle(destination, bundle)));
  }
}

async function requireBundle(destination: Destination, bundle: ReferredBundle): Promise<void> {
  const stored = await destination.driver.stat(bundle.key);
  if (stored?.size === bundle.size) return;
  throw new AppError({
    code: 'BUNDLE_VANISHED',
    kind: 'storage',
    message: `The storage "${destination.providerName}" has lost a bundle of an earlier backup that this one needs.`,
    hint: 'Back up again: what lay in it is then stored anew. Find out who deletes objects there.',
    // Not by itself: this job would need the same bundle again.
    retry: 'maybe',
    context: { provider: destination.providerName, key: bundle.key, size: bundle.size, found: stored?.size ?? null },
  });
}

/** Whether an earlier attempt brought these very objects there and they are still there. */
async function isStored(destination: Destination, backup: FinishedBackup, done: UploadCheckpoint): Promise<boolean> {
  const before = done[destination.providerId];
  if (before?.bundleSha256 !== backup.bundleSha256 || before.manifestSha256 !== backup.manifestSha256) return false;
  const bundle = await destination.driver.stat(backup.bundleKey);
  const manifest = await destination.driver.stat(backup.manifestKey);
  return bundle?.size === backup.bundleSize && manifest?.size === backup.manifestSize;
}

async function uploadTo(
  destination: Destination,
  context: BackupStageContext,
  backup: FinishedBackup,
  progress: UploadProgress,
): Promise<void> {
  const bundle = { path: backup.bundlePath, size: backup.bundleSize, sha256: backup.bundleSha256 };
  await putChecked(destination, backup.bundleKey, bundle, context, (bytes) => progress.at(bytes, destination));
  const manifest = { path: backup.manifestPath, size: backup.manifestSize, sha256: backup.manifestSha256 };
  await putChecked(destination, backup.manifestKey, manifest, context, (bytes) =>
    progress.at(backup.bundleSize + bytes, destination),
  );
  const about = { bytes: Buffer.from(`${JSON.stringify(aboutSite(context), null, 2)}\n`) };
  const { siteKey } = keysFor(context.site.id, context.startedAt, context.backupId);
  await destination.driver.put(siteKey, about, { signal: context.signal, limiter: context.limiter });
}

async function putChecked(
  destination: Destination,
  key: string,
  source: Extract<PutSource, { path: string }>,
  context: BackupStageContext,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const { driver } = destination;
  const answer = await driver.put(key, source, { signal: context.signal, limiter: context.limiter, onProgress });
  compare(destination, key, source, answer);
  compare(destination, key, source, await driver.stat(key));
}

/** Rule 1: what the provider says it has must be what we sent. */
function compare(
  destination: Destination,
  key: string,
  sent: { size: number; sha256: string },
  answer: StoredObject | null,
): void {
  const same =
    answer !== null && answer.size === sent.size && (answer.sha256 === undefined || answer.sha256 === sent.sha256);
  if (same) return;
  throw new AppError({
    code: 'UPLOAD_MISMATCH',
    kind: 'storage',
    message: `The storage "${destination.providerName}" does not have what was sent to it.`,
    hint: 'Check that storage: its disk, or a proxy in between. The backup did not count as stored there.',
    retry: 'later',
    context: {
      provider: destination.providerName,
      key,
      sentBytes: sent.size,
      storedBytes: answer === null ? null : answer.size,
      sentSha256: sent.sha256,
      storedSha256: answer?.sha256 ?? null,
    },
  });
}

function uploadFailed(failures: readonly { destination: Destination; error: AppError }[]): AppError {
  const [first, ...others] = failures;
  if (first !== undefined && others.length === 0) return first.error;
  return new AppError({
    code: 'UPLOAD_FAILED',
    kind: 'storage',
    message: `No storage took the backup: ${failures.map(({ destination, error }) => `${destination.providerName}: ${error.message}`).join(' ')}`,
    hint: 'Test the storages, then back up again.',
    retry: failures.some(({ error }) => error.retry === 'later') ? 'later' : 'maybe',
    context: { providers: failures.map(({ destination }) => destination.providerName) },
    cause: first?.error,
  });
}

function warnOfFailures(
  context: BackupStageContext,
  failures: readonly { destination: Destination; error: AppError }[],
): void {
  for (const { destination, error } of failures) {
    context.journal.warn({
      code: 'COPY_FAILED',
      message: `The backup is not on "${destination.providerName}": ${error.message}`,
      context: { provider: destination.providerName, cause: error.code },
    });
  }
}

function committed(
  context: BackupStageContext,
  backup: FinishedBackup,
  copies: { providerId: string; size: number }[],
): CommittedBackup {
  // Named one by one: callers may pass more than this.
  return {
    bundleKey: backup.bundleKey,
    bundleSize: backup.bundleSize,
    bundleSha256: backup.bundleSha256,
    manifestKey: backup.manifestKey,
    manifestSize: backup.manifestSize,
    manifestSha256: backup.manifestSha256,
    parentBackupId: backup.parentBackupId,
    fileCount: backup.fileCount,
    sourceBytes: backup.sourceBytes,
    databaseBytes: backup.databaseBytes,
    storedBytes: backup.storedBytes,
    bundles: backup.bundles,
    backupId: context.backupId,
    siteId: context.site.id,
    jobId: context.jobId,
    startedAt: context.startedAt,
    copies,
  };
}

const SECRET_NAME = /pass|secret|key|token/i;

/** What `site.json` says: enough to know whose backups these are; nothing secret. */
function aboutSite({ site }: BackupStageContext): Record<string, unknown> {
  const settings = Object.fromEntries(Object.entries(site.settings).filter(([name]) => !SECRET_NAME.test(name)));
  return {
    format: 'backupd-site/1',
    id: site.id,
    name: site.name,
    url: site.url,
    module: site.module,
    node: hostname(),
    path: site.path,
    settings,
    excludes: site.excludes,
    ...site.about,
  };
}

/** Progress over all destinations. */
class UploadProgress {
  #base = 0;

  constructor(
    private readonly context: BackupStageContext,
    private readonly total: number,
  ) {}

  at(bytes: number, destination: Destination): void {
    this.context.journal.progress({
      bytesDone: this.#base + bytes,
      bytesTotal: this.total,
      current: destination.providerName,
    });
  }

  next(bytes: number): void {
    this.#base += bytes;
    this.context.journal.progress({ bytesDone: this.#base, bytesTotal: this.total });
  }
}
