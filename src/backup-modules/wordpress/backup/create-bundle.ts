import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AppError } from '../../../common/errors/index.js';
import { bytes } from '../../../common/sizes.js';
import { version } from '../../../common/version.js';
import type { BackupStageContext, StageOutcome } from '../../../engine/ports/index.js';
import { keysFor, uploadBackup, type FinishedBackup } from '../../../engine/runner/index.js';
import { packBundle } from '../../../engine/snapshot/pack/index.js';
import { wordPressSettings } from '../settings.js';
import { BACKUP_DB, type DatabaseCheckpoint } from './backup-db.js';
import { BACKUP_FILES, type WordPressFacts } from './backup-files.js';
import { bundleReadme } from './bundle-readme.js';

export const CREATE_BUNDLE = 'create_bundle';

/** Packs the files while the database is dumped, then the dump, and writes the manifest. */
export async function createBundle(context: BackupStageContext): Promise<StageOutcome> {
  const { site, backupId, startedAt, workDir, signal, journal, resources } = context;
  const parent = await context.parent();
  const facts = await needed<WordPressFacts>(context, BACKUP_FILES);
  const { bundleKey, manifestKey } = keysFor(site.id, startedAt, backupId);
  const workers = Math.max(1, Math.min(MAX_WORKERS, resources.capacity('cpu')));
  const reread = await context.reread();
  const packed = await packBundle({
    workDir,
    bundleKey,
    workers,
    hold: (part, work) =>
      resources.use('io', () => (part === 'files' ? resources.use('cpu', work, { units: workers, signal }) : work()), {
        signal,
      }),
    level: wordPressSettings(site.settings).compressionLevel,
    signal,
    journal,
    parent,
    reread,
    dump: async () => {
      await context.finished(BACKUP_DB);
      return needed<DatabaseCheckpoint>(context, BACKUP_DB);
    },
    readme: bundleReadme(site, startedAt),
    header: {
      backupId,
      site: {
        id: site.id,
        name: site.name,
        url: site.url,
        module: site.module,
        path: facts.root,
        node: hostname(),
      },
      startedAt: startedAt.toISOString(),
      tool: { name: 'backupd', version, node: process.version },
      facts: { ...facts },
    },
  });
  const { warnings: _kept, moreWarnings: _more, bundles, ...finished } = packed;
  const backup: FinishedBackup = {
    ...finished,
    bundleKey,
    manifestKey,
    parentBackupId: parent?.backupId ?? null,
    bundles: bundles.map(({ key, size, sha256 }) => ({ key, size, sha256, own: key === bundleKey })),
  };
  await context.checkpoints.set(CREATE_BUNDLE, backup);
  return {
    message: `${packed.fileCount} files; ${bytes(packed.storedBytes)} were added.`,
    details: {
      files: packed.fileCount,
      sourceBytes: packed.sourceBytes,
      storedBytes: packed.storedBytes,
      sha256: packed.bundleSha256,
    },
  };
}

/** Whether the bundle of an earlier attempt is there with its size. Its bytes are compared again when it is stored. */
export async function isBundled(context: BackupStageContext): Promise<boolean> {
  const backup = await context.checkpoints.get<FinishedBackup>(CREATE_BUNDLE);
  if (backup === null) return false;
  const [bundle, manifest] = await Promise.all([sizeOf(backup.bundlePath), sizeOf(backup.manifestPath)]);
  return bundle === backup.bundleSize && manifest === backup.manifestSize;
}

/** Brings the finished bundle to every destination and into the catalogue. */
export async function uploadBundle(context: BackupStageContext): Promise<StageOutcome> {
  return uploadBackup(context, await needed<FinishedBackup>(context, CREATE_BUNDLE));
}

const MAX_WORKERS = 4;

async function needed<T>(context: BackupStageContext, stage: string): Promise<T> {
  const value = await context.checkpoints.get<T>(stage);
  if (value !== null) return value;
  throw new AppError({
    code: 'CHECKPOINT_MISSING',
    kind: 'internal',
    message: `What the stage ${stage} left is missing in the work folder.`,
    hint: 'Start the backup again.',
    retry: 'maybe',
    context: { stage },
  });
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}
