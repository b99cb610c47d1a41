import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AppError, cancelledError, throwIfAborted } from '../../../common/errors/index.js';
import type { JobJournal } from '../../ports/job-context.js';
import { estimateBytes, readPlanSummary, type PlanSummary } from '../plan/index.js';
import { LineFrameWriter, requireSpace, translateFull, WarningLog, type WarningList } from '../work/index.js';
import { DEFAULT_LEVEL } from '../zstd/index.js';
import { BundleFile } from './bundle-file.js';
import { packFiles } from './bundle-files.js';
import { finishBundle } from './bundle-tail.js';
import { readDatabaseFacts } from './database-sink.js';
import { HashFollower } from './hash-follower.js';
import { writeBundleManifest, type BundleManifestHeader } from './bundle-manifest.js';

export const BUNDLE_FILE = 'bundle.tar.zst';
export const MANIFEST_FILE = 'bundle.manifest.ndjson.zst';
export const FILE_ENTRIES = 'files.entries';
export const LINK_ENTRIES = 'links.entries';
export const FOLDER_ENTRIES = 'folders.entries';

/** Each takes about 35 MB; more than this bought nothing. */
const MAX_WORKERS = 3;

export interface PackBundleOptions {
  /** Holds the plan (`planFiles`) and, where there is a database, the finished sink (`openDatabaseSink`). */
  workDir: string;
  header: BundleManifestHeader;
  /** Text of the member `backupd/README.txt`. */
  readme: string;
  /** Storage key the bundle will have. */
  bundleKey: string;
  /** Worker threads wished for; at most 3, and no more than 2 or the number of cores are started. */
  workers: number;
  /** zstd level, default 3. */
  level?: number;
  signal: AbortSignal;
  journal: JobJournal;
  /** Warnings of earlier stages (the dump's) for the manifest; the plan's are known. */
  earlierWarnings?: WarningList;
}

export interface PackedBundle extends WarningList {
  bundlePath: string;
  bundleSize: number;
  bundleSha256: string;
  manifestPath: string;
  manifestSize: number;
  manifestSha256: string;
  fileCount: number;
  /** Bytes of files and database as they are at the source. */
  sourceBytes: number;
  databaseBytes: number;
  storedBytes: number;
}

/**
 * Makes the bundle and its manifest in the work folder: database frames, file frames, note and hard links, end of archive,
 * seek table. Starts anew when called again. Both are whole and durable under their names when it resolves; after a
 * failure or a cancel nothing of them is left. Throws DISK_FULL, PLAN_MISSING, JOB_CANCELLED; what can't be read of
 * the site is a warning (FILE_UNREADABLE, FILE_CHANGED).
 */
export async function packBundle(options: PackBundleOptions): Promise<PackedBundle> {
  const { workDir, signal } = options;
  const plan = await readPlanSummary(workDir);
  if (plan === null) throw planMissing(workDir);
  const database = await readDatabaseFacts(workDir);
  const needed = estimateBytes(plan) + (database?.storedBytes ?? 0);
  await removeOutput(workDir);
  throwIfAborted(signal);
  await requireSpace(workDir, needed);
  try {
    return await pack(options, plan, database);
  } catch (error) {
    await removeOutput(workDir);
    if (signal.aborted) throw cancelledError();
    throw await translateFull(error, workDir, needed);
  }
}

async function pack(
  options: PackBundleOptions,
  plan: PlanSummary,
  database: { members: number; bytes: number } | null,
): Promise<PackedBundle> {
  const { workDir, journal, signal, level = DEFAULT_LEVEL } = options;
  const warnings = new WarningLog();
  if (options.earlierWarnings !== undefined) warnings.addAll(options.earlierWarnings);
  warnings.addAll(plan);
  const bundle = await BundleFile.create(join(workDir, BUNDLE_FILE), database === null ? null : workDir);
  const hash = new HashFollower(bundle.partial);
  const entries = await LineFrameWriter.create(join(workDir, FILE_ENTRIES));
  const links = await LineFrameWriter.create(join(workDir, LINK_ENTRIES));
  const folders = await LineFrameWriter.create(join(workDir, FOLDER_ENTRIES));
  try {
    const most = Math.min(MAX_WORKERS, Math.max(2, availableParallelism()));
    const workers = Math.min(most, Math.max(1, Math.floor(options.workers)));
    const files = await packFiles({
      workDir,
      plan,
      bundle,
      hash,
      entries,
      links,
      folders,
      workers,
      level,
      signal,
      journal,
      warnings,
    });
    await Promise.all([entries, links, folders].map(async (spool) => spool.finish()));
    throwIfAborted(signal);
    const tail = await finishBundle({
      bundle,
      start: files.end,
      level,
      readme: options.readme,
      startedAt: options.header.startedAt,
      lateEntries: [join(workDir, LINK_ENTRIES), join(workDir, FOLDER_ENTRIES)],
    });
    const [bundleSha256] = await Promise.all([hash.finish(tail.size), bundle.sync()]);
    throwIfAborted(signal);
    await bundle.publish();
    const databaseBytes = database?.bytes ?? 0;
    const written = await writeBundleManifest({
      workDir,
      header: options.header,
      plan,
      hasDatabase: database !== null,
      readme: tail.readme,
      path: join(workDir, MANIFEST_FILE),
      entryFile: join(workDir, FILE_ENTRIES),
      bundle: {
        id: 0,
        key: options.bundleKey,
        size: tail.size,
        sha256: bundleSha256,
        frames: tail.frames,
        content: files.bytes + databaseBytes,
        live: files.bytes + databaseBytes,
      },
      counts: {
        entries: 1 + (database?.members ?? 0) + files.entries,
        files: files.files,
        fileBytes: files.bytes,
        databaseBytes,
        storedBytes: tail.size,
      },
      warnings: warnings.list(),
    });
    await Promise.all(
      [FILE_ENTRIES, LINK_ENTRIES, FOLDER_ENTRIES].map(async (name) => rm(join(workDir, name), { force: true })),
    );
    return {
      bundlePath: bundle.path,
      bundleSize: tail.size,
      bundleSha256,
      manifestPath: join(workDir, MANIFEST_FILE),
      manifestSize: written.size,
      manifestSha256: written.sha256,
      fileCount: files.files,
      sourceBytes: files.bytes + databaseBytes,
      databaseBytes,
      storedBytes: tail.size,
      ...warnings.list(),
    };
  } catch (error) {
    await Promise.all([entries, links, folders].map(async (spool) => spool.abandon().catch(() => undefined)));
    await bundle.abort();
    throw error;
  } finally {
    await hash.close();
  }
}

async function removeOutput(workDir: string): Promise<void> {
  const names = [
    BUNDLE_FILE,
    `${BUNDLE_FILE}.partial`,
    MANIFEST_FILE,
    `${MANIFEST_FILE}.partial`,
    FILE_ENTRIES,
    LINK_ENTRIES,
    FOLDER_ENTRIES,
  ];
  await Promise.all(names.map(async (name) => rm(join(workDir, name), { force: true })));
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
