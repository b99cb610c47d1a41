import { AppError, asAppError, throwIfAborted } from '../../../common/errors/index.js';
import {
  type BackupStageContext,
  type CommittedBackup,
  type Destination,
  type FileSource,
  hasFiles,
  type ReferredBundle,
  type StageOutcome,
} from '../../ports/index.js';
import { putChecked, statEach } from '../../storage/index.js';
import { aboutSite } from './about-site.js';
import { keysFor } from './keys.js';
import { UploadProgress } from './upload-progress.js';

/** A backup that lies whole in the work folder, and what the catalogue will say of it. */
export interface FinishedBackup extends Omit<
  CommittedBackup,
  'backupId' | 'siteId' | 'jobId' | 'startedAt' | 'copies' | 'missing'
> {
  bundlePath: string;
  manifestPath: string;
}

/** Which providers have taken which bundle; kept in the work folder between attempts. */
type UploadCheckpoint = Record<string, { bundleSha256: string; manifestSha256: string }>;
const CHECKPOINT = 'upload';

/** How one destination ended; `error` null: the backup is there, whole. */
interface Delivery {
  destination: Destination;
  error: AppError | null;
}

/**
 * Puts a finished backup on every destination (bundle, manifest, then `site.json`), on all of them at the same time as far as the
 * network's share allows; compares what each provider answers with what was sent, and enters it into the catalogue. One provider
 * of several failing is the warning COPY_FAILED, and the catalogue knows that its copy is missing; all failing fails the stage.
 * Idempotent: what an earlier attempt stored whole is not sent again.
 */
export async function uploadBackup(context: BackupStageContext, backup: FinishedBackup): Promise<StageOutcome> {
  const perDestination = backup.bundleSize + backup.manifestSize;
  const progress = new UploadProgress(context.journal, perDestination * context.destinations.length);
  const done = new UploadsDone(context);
  await done.load();
  const deliveries = await Promise.all(
    context.destinations.map(async (destination) => deliver(destination, context, backup, done, progress)),
  );
  throwIfAborted(context.signal);
  const stored = deliveries.filter(({ error }) => error === null).map(({ destination }) => destination);
  const failures = deliveries.flatMap(({ destination, error }) => (error === null ? [] : [{ destination, error }]));
  if (stored.length === 0) {
    const error = uploadFailed(failures);
    throw (await context.refused?.(error)) ?? error;
  }
  warnOfFailures(context, failures);
  await context.catalogue.commit(committed(context, backup, stored, failures));
  return {
    message:
      stored.length === 1 ? 'Stored in one place and checked.' : `Stored in ${stored.length} places and checked.`,
    details: {
      providers: stored.map(({ providerName }) => providerName),
      bytes: perDestination * stored.length,
      bundleKey: backup.bundleKey,
    },
  };
}

/** Never throws: the others go on. */
async function deliver(
  destination: Destination,
  context: BackupStageContext,
  backup: FinishedBackup,
  done: UploadsDone,
  progress: UploadProgress,
): Promise<Delivery> {
  try {
    throwIfAborted(context.signal);
    if (!(await done.isStored(destination, backup))) {
      // May delete what retention lets go: others need the network meanwhile.
      await context.admit?.(destination, backup.bundleSize + backup.manifestSize);
      await context.resources.use('network', () => uploadTo(destination, context, backup, progress), {
        signal: context.signal,
      });
      await done.add(destination, backup);
    }
    await requireBundles(destination, backup);
    progress.at(backup.bundleSize + backup.manifestSize, destination);
    return { destination, error: null };
  } catch (error) {
    return { destination, error: asAppError(error) };
  }
}

/** What the manifest points into besides its own bundle must be there, or the backup could not be restored from it. */
async function requireBundles({ providerName, driver }: Destination, backup: FinishedBackup): Promise<void> {
  const others = backup.bundles.filter((bundle) => !bundle.own);
  for await (const [bundle, stored] of statEach(driver, others))
    if (stored?.size !== bundle.size) throw bundleVanished(providerName, bundle, stored?.size ?? null);
}

function bundleVanished(provider: string, { key, size }: ReferredBundle, found: number | null): AppError {
  return new AppError({
    code: 'BUNDLE_VANISHED',
    kind: 'storage',
    message: `The storage "${provider}" has lost a bundle of an earlier backup that this one needs.`,
    hint: 'Back up again: what lay in it is then stored anew. Find out who deletes objects there.',
    // Going on would need the same bundle again; begun anew the job does not.
    retry: 'never',
    context: { provider, key, size, found },
  });
}

/** Which providers have taken the backup, kept between attempts; destinations end at the same time. */
class UploadsDone {
  #done: UploadCheckpoint = {};
  #saved: Promise<void> = Promise.resolve();

  constructor(private readonly context: Pick<BackupStageContext, 'checkpoints'>) {}

  async load(): Promise<void> {
    this.#done = (await this.context.checkpoints.get<UploadCheckpoint>(CHECKPOINT)) ?? {};
  }

  async add({ providerId }: Destination, { bundleSha256, manifestSha256 }: FinishedBackup): Promise<void> {
    this.#done[providerId] = { bundleSha256, manifestSha256 };
    // One after the other, each with all that is known by then.
    this.#saved = this.#saved
      .catch(() => undefined)
      .then(async () => this.context.checkpoints.set(CHECKPOINT, this.#done));
    await this.#saved;
  }

  /** Whether an earlier attempt brought these very objects there and they are still there. */
  async isStored({ providerId, driver }: Destination, backup: FinishedBackup): Promise<boolean> {
    const before = this.#done[providerId];
    if (before?.bundleSha256 !== backup.bundleSha256 || before.manifestSha256 !== backup.manifestSha256) return false;
    const bundle = await driver.stat(backup.bundleKey);
    const manifest = await driver.stat(backup.manifestKey);
    return bundle?.size === backup.bundleSize && manifest?.size === backup.manifestSize;
  }
}

async function uploadTo(
  destination: Destination,
  context: BackupStageContext,
  backup: FinishedBackup,
  progress: UploadProgress,
): Promise<void> {
  const { signal, limiter } = context;
  // One storage that keeps files may have the packed ones themselves; another one gets copies of its own.
  const mayShare = context.destinations.find((other) => hasFiles(other.driver)) === destination;
  const put = async (key: string, source: FileSource, before: number): Promise<void> => {
    const onProgress = (bytes: number): void => progress.at(before + bytes, destination);
    await putChecked(destination, key, source, { signal, limiter, onProgress, mayShare });
  };
  const { bundlePath, bundleSize, bundleSha256, manifestPath, manifestSize, manifestSha256 } = backup;
  await put(backup.bundleKey, { path: bundlePath, size: bundleSize, sha256: bundleSha256 }, 0);
  await put(backup.manifestKey, { path: manifestPath, size: manifestSize, sha256: manifestSha256 }, bundleSize);
  const about = { bytes: Buffer.from(`${JSON.stringify(aboutSite(context), null, 2)}\n`) };
  const { siteKey } = keysFor(context.site.id, context.startedAt, context.backupId);
  await destination.driver.put(siteKey, about, { signal, limiter });
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
  stored: readonly Destination[],
  failures: readonly { destination: Destination }[],
): CommittedBackup {
  const size = backup.bundleSize + backup.manifestSize;
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
    rowCount: backup.rowCount ?? null,
    storedBytes: backup.storedBytes,
    bundles: backup.bundles,
    backupId: context.backupId,
    siteId: context.site.id,
    jobId: context.jobId,
    startedAt: context.startedAt,
    copies: stored.map(({ providerId }) => ({ providerId, size })),
    missing: failures.map(({ destination }) => destination.providerId),
  };
}
