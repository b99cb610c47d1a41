import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { Destination, ParentBackup, StageContext } from '../ports/index.js';
import { type ManifestBundle, type ManifestHeader, readManifest } from '../snapshot/manifest/index.js';
import { askEach } from '../storage/index.js';
import type { BackupDesk, EarlierBackup } from './backup-desk.js';
import { parentGone } from './plans.errors.js';

const CHECKPOINT = 'parent';
const MANIFEST_FILE = 'parent.manifest.ndjson.zst';
/** Older backups that are tried when newer ones can't be read. */
const CANDIDATES = 3;

/** What was chosen, kept in the work folder: all attempts of a job compare with the same backup. */
interface Choice {
  backupId: string | null;
  gone: number[];
}

type ParentContext = Pick<StageContext, 'workDir' | 'signal' | 'journal' | 'checkpoints'> & {
  destinations: readonly Destination[];
};

/** Finds the earlier backup that a new one is compared with. */
export class ParentSearch {
  constructor(private readonly desk: Pick<BackupDesk, 'parentsFor' | 'earlier' | 'damagedOf'>) {}

  /**
   * The newest good backup of the site that every destination has, its manifest copied into the work folder and compared with
   * the catalogue. What can't be read is noted and passed over; null = a full backup.
   */
  async find(context: ParentContext): Promise<ParentBackup | null> {
    const chosen = await context.checkpoints.get<Choice>(CHECKPOINT);
    if (chosen !== null) return this.again(context, chosen);
    const providerIds = context.destinations.map((destination) => destination.providerId);
    for (const backup of await this.desk.parentsFor(providerIds, CANDIDATES)) {
      throwIfAborted(context.signal);
      try {
        const { manifestPath, header } = await this.copyManifest(context, backup);
        const gone = await this.goneOf(context, header.bundles);
        await context.checkpoints.set(CHECKPOINT, { backupId: backup.id, gone: [...gone] } satisfies Choice);
        return { backupId: backup.id, header, manifestPath, gone };
      } catch (error) {
        throwIfAborted(context.signal);
        const { code, message } = asAppError(error);
        context.journal.note(`The backup of ${backup.startedAt.toISOString()} can't be compared with: ${message}`, {
          backupId: backup.id,
          code,
        });
      }
    }
    await context.checkpoints.set(CHECKPOINT, { backupId: null, gone: [] } satisfies Choice);
    return null;
  }

  /** What an earlier attempt chose. It may be marked for deletion meanwhile: as long as this job is active it is all there. */
  private async again(context: ParentContext, { backupId, gone }: Choice): Promise<ParentBackup | null> {
    if (backupId === null) return null;
    const found = await this.desk.earlier(backupId);
    if (found === null) throw parentGone(backupId);
    const path = join(context.workDir, MANIFEST_FILE);
    // Not synced when it was copied: after a loss of power it may be a shell of itself.
    const { manifestPath, header } = (await isCopyOf(path, found))
      ? { manifestPath: path, header: await headerOf(path) }
      : await this.copyManifest(context, found);
    return { backupId, header, manifestPath, gone: new Set(gone) };
  }

  /** From the first destination that gives it whole. */
  private async copyManifest(
    context: ParentContext,
    backup: EarlierBackup,
  ): Promise<{ manifestPath: string; header: ManifestHeader }> {
    const manifestPath = join(context.workDir, MANIFEST_FILE);
    const partial = `${manifestPath}.partial`;
    let failure: unknown = null;
    for (const { driver } of context.destinations) {
      try {
        await pipeline(
          await driver.read(backup.manifestKey, undefined, context.signal),
          createWriteStream(partial, { mode: 0o600 }),
        );
        if (!(await isCopyOf(partial, backup))) throw manifestDiffers(backup.manifestKey);
        await rename(partial, manifestPath);
        return { manifestPath, header: await headerOf(manifestPath) };
      } catch (error) {
        await rm(partial, { force: true });
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Ids of bundles that are missing, of another size or known to be damaged on any destination. */
  private async goneOf(context: ParentContext, bundles: readonly ManifestBundle[]): Promise<Set<number>> {
    const providerIds = context.destinations.map((destination) => destination.providerId);
    const keys = bundles.map((bundle) => bundle.key);
    const damaged = await this.desk.damagedOf(keys, providerIds);
    const gone = new Set(bundles.filter((bundle) => damaged.has(bundle.key)).map((bundle) => bundle.id));
    const looked = askEach(bundles, async (bundle) => isWhole(context, bundle), context.signal);
    for await (const [bundle, whole] of looked) if (!whole) gone.add(bundle.id);
    if (gone.size > 0) {
      const message = `${gone.size} bundles of earlier backups are missing or damaged: what lay in them is stored again.`;
      context.journal.note(message, { bundles: keys.filter((_, i) => gone.has(bundles[i]?.id ?? -1)).slice(0, 20) });
    }
    return gone;
  }
}

/** Whether the file is the backup's manifest, byte for byte. */
async function isCopyOf(path: string, backup: EarlierBackup): Promise<boolean> {
  if ((await stat(path).catch(() => null))?.size !== backup.manifestSize) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === backup.manifestSha256;
}

async function isWhole(context: ParentContext, bundle: ManifestBundle): Promise<boolean> {
  for (const { driver } of context.destinations) {
    try {
      if ((await driver.stat(bundle.key))?.size !== bundle.size) return false;
    } catch (error) {
      // A storage that does not answer is no reason to store everything again; the upload looks once more.
      throwIfAborted(context.signal);
      if (!(error instanceof AppError)) throw error;
    }
  }
  return true;
}

async function headerOf(path: string): Promise<ManifestHeader> {
  for await (const line of readManifest(path)) {
    if (line.kind === 'header') return line;
    break;
  }
  throw manifestDiffers(path);
}

function manifestDiffers(key: string): AppError {
  return new AppError({
    code: 'MANIFEST_DAMAGED',
    kind: 'damaged',
    message: 'its manifest is not what was stored.',
    hint: 'Verify that backup; a new one does not need it.',
    retry: 'never',
    context: { key },
  });
}
