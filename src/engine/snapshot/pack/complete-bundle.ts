import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../../../common/errors/index.js';
import { bundlesInUse, type ParentBackup, type SpoolTotals } from '../manifest/index.js';
import { KEPT_STRUCTURE_FILE, KNOWN_FILES, type PlanSummary } from '../plan/index.js';
import type { WarningLog } from '../work/index.js';
import type { BundleFile } from './bundle-file.js';
import { writeBundleManifest } from './bundle-manifest.js';
import { finishBundle } from './bundle-tail.js';
import { readDatabaseFacts } from './database-sink.js';
import type { HashFollower } from './hash-follower.js';
import {
  FILE_ENTRIES,
  FOLDER_ENTRIES,
  LINK_ENTRIES,
  MANIFEST_FILE,
  type FinishedDump,
  type PackBundleOptions,
  type PackedBundle,
} from './types.js';

/** A bundle that has its files. */
export interface BundleWithFiles {
  bundle: BundleFile;
  hash: HashFollower;
  plan: PlanSummary;
  parent: ParentBackup | null;
  /** Id of the bundle. */
  own: number;
  filesEnd: number;
  /** Sums of the entries that were packed. */
  packed: SpoolTotals;
  dump: FinishedDump | null;
  warnings: WarningLog;
}

/** Appends the dump's frames, the structure and the tail, makes the bundle durable, and writes its manifest. */
export async function completeBundle(
  options: PackBundleOptions & { level: number },
  made: BundleWithFiles,
): Promise<PackedBundle> {
  const { workDir, signal, level } = options;
  const { bundle, plan, parent, own, filesEnd, packed, dump, warnings } = made;
  const facts = dump === null ? null : await readDatabaseFacts(workDir);
  const contentEnd =
    facts === null ? filesEnd : await bundle.appendDatabase(workDir, filesEnd, (end) => made.hash.advance(end));
  throwIfAborted(signal);
  const tail = await finishBundle({
    bundle,
    start: contentEnd,
    level,
    readme: options.readme,
    startedAt: options.header.startedAt,
    links: join(workDir, LINK_ENTRIES),
    folders: join(workDir, FOLDER_ENTRIES),
    keptStructure: plan.kept.entries === 0 ? null : join(workDir, KEPT_STRUCTURE_FILE),
    bundleId: own,
  });
  const [sha256] = await Promise.all([made.hash.finish(tail.size), bundle.sync()]);
  throwIfAborted(signal);
  await bundle.publish();
  const live = liveBytes(packed.stored, plan.kept.live, facts?.stored ?? {}, { [own]: tail.readme.size });
  const ownBundle = { id: own, key: options.bundleKey, size: tail.size, sha256, frames: tail.frames };
  const bundles = bundlesInUse(parent, { ...ownBundle, content: live.get(own) ?? 0 }, live);
  const databaseBytes = facts?.bytes ?? 0;
  const rowCount = dump?.rows ?? null;
  const files = packed.files + plan.kept.files;
  const fileBytes = packed.bytes + plan.kept.bytes;
  const manifestPath = join(workDir, MANIFEST_FILE);
  const written = await writeBundleManifest({
    workDir,
    header: options.header,
    plan,
    parent,
    readAll: options.reread === true,
    own,
    bundles,
    database: dump?.database ?? null,
    databaseStart: facts === null ? null : filesEnd,
    readme: tail.readme,
    path: manifestPath,
    entryFile: join(workDir, FILE_ENTRIES),
    counts: {
      entries: 1 + (facts?.members ?? 0) + packed.entries + plan.kept.entries,
      files,
      fileBytes,
      databaseBytes,
      databaseRows: rowCount,
      storedBytes: tail.size,
    },
    warnings: warnings.list(),
  });
  await removeSpools(workDir);
  return {
    bundlePath: bundle.path,
    bundleSize: tail.size,
    bundleSha256: sha256,
    manifestPath,
    manifestSize: written.size,
    manifestSha256: written.sha256,
    fileCount: files,
    sourceBytes: fileBytes + databaseBytes,
    databaseBytes,
    rowCount,
    storedBytes: tail.size,
    bundles,
    ...warnings.list(),
  };
}

/** Stored bytes in use by bundle id, summed over what was packed, what was kept, the dump and the note. */
function liveBytes(packed: ReadonlyMap<number, number>, ...others: Record<string, number>[]): Map<number, number> {
  const live = new Map(packed);
  for (const [id, bytes] of others.flatMap((other) => Object.entries(other)))
    live.set(Number(id), (live.get(Number(id)) ?? 0) + bytes);
  return live;
}

/** Removes what was only needed on the way. */
export async function removeSpools(workDir: string): Promise<void> {
  const names = [FILE_ENTRIES, LINK_ENTRIES, FOLDER_ENTRIES, KNOWN_FILES];
  await Promise.all(names.map(async (name) => rm(join(workDir, name), { force: true })));
}
