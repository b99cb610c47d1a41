import { availableParallelism } from 'node:os';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, cancelledError, throwIfAborted } from '../../../common/errors/index.js';
import { EntrySpool, nextBundleId } from '../manifest/index.js';
import { estimateBytes, knownFiles, readPlanSummary, type PlanSummary } from '../plan/index.js';
import { LineFrameWriter, requireSpace, translateFull, WarningLog } from '../work/index.js';
import { DEFAULT_LEVEL } from '../zstd/index.js';
import { BundleFile } from './bundle-file.js';
import { packFiles } from './bundle-files.js';
import { completeBundle, removeSpools } from './complete-bundle.js';
import { HashFollower } from './hash-follower.js';
import {
  BUNDLE_FILE,
  FILE_ENTRIES,
  FOLDER_ENTRIES,
  LINK_ENTRIES,
  MANIFEST_FILE,
  type PackBundleOptions,
  type PackedBundle,
} from './types.js';

/** Each takes about 30 MB; more than this bought nothing. */
const MAX_WORKERS = 3;

/**
 * Makes the bundle and its manifest in the work folder: file frames, database frames, structure, note, end of archive, seek
 * table. Starts anew when called again (but the dump must then be there again: its frames are moved into the bundle). Both are
 * whole and durable under their names when it resolves; after a failure or a cancel nothing of them is left. Throws DISK_FULL,
 * PLAN_MISSING, JOB_CANCELLED; what can't be read of the site is a warning (FILE_UNREADABLE, FILE_CHANGED).
 */
export async function packBundle(options: PackBundleOptions): Promise<PackedBundle> {
  const { workDir, signal } = options;
  const plan = await readPlanSummary(workDir);
  if (plan === null) throw planMissing(workDir);
  const needed = estimateBytes(plan);
  await removeOutput(workDir);
  throwIfAborted(signal);
  await requireSpace(workDir, needed);
  try {
    return await pack(options, plan);
  } catch (error) {
    await removeOutput(workDir);
    if (signal.aborted) throw cancelledError();
    throw await translateFull(error, workDir, needed);
  }
}

async function pack(options: PackBundleOptions, plan: PlanSummary): Promise<PackedBundle> {
  const { workDir, journal, signal, level = DEFAULT_LEVEL, parent = null } = options;
  const hold = options.hold ?? ((_part, work) => work());
  const warnings = new WarningLog();
  const own = nextBundleId(parent);
  const known = await knownFiles(workDir, plan, parent);
  const bundle = await BundleFile.create(join(workDir, BUNDLE_FILE));
  const hash = new HashFollower(bundle.partial, bundle.handle);
  const entries = await EntrySpool.create(join(workDir, FILE_ENTRIES));
  const links = await LineFrameWriter.create(join(workDir, LINK_ENTRIES));
  const folders = await LineFrameWriter.create(join(workDir, FOLDER_ENTRIES));
  try {
    const most = Math.min(MAX_WORKERS, Math.max(2, availableParallelism()));
    const workers = Math.min(most, Math.max(1, Math.floor(options.workers)));
    warnings.addAll(plan);
    const spools = { entries, links, folders };
    const files = { workDir, plan, bundle, hash, ...spools, bundleId: own, known, workers, level, signal, journal };
    const filesEnd = await hold('files', () => packFiles({ ...files, warnings }));
    const [packed] = await Promise.all([entries.finish({ durable: false }), links.finish(), folders.finish()]);
    throwIfAborted(signal);
    const dump = (await options.dump?.()) ?? null;
    if (dump !== null) warnings.addAll(dump.warnings);
    const done = { bundle, hash, plan, parent, own, filesEnd, packed, dump, warnings };
    return await hold('rest', () => completeBundle({ ...options, level }, done));
  } catch (error) {
    await Promise.all([entries, links, folders].map(async (spool) => spool.abandon().catch(() => undefined)));
    // It may still use the bundle's file.
    await hash.close();
    await bundle.abort();
    throw error;
  } finally {
    await hash.close();
  }
}

async function removeOutput(workDir: string): Promise<void> {
  const names = [BUNDLE_FILE, `${BUNDLE_FILE}.partial`, MANIFEST_FILE, `${MANIFEST_FILE}.partial`];
  await Promise.all(names.map(async (name) => rm(join(workDir, name), { force: true })));
  await removeSpools(workDir);
}

function planMissing(workDir: string): AppError {
  return new AppError({
    code: 'PLAN_MISSING',
    kind: 'internal',
    message: 'The list of files to pack is missing in the work folder.',
    hint: 'Run the job again: its stage backup_files makes the list.',
    retry: 'maybe',
    context: { workDir },
  });
}
