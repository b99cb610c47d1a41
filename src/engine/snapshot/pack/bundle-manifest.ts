import { join } from 'node:path';
import {
  MANIFEST_FORMAT,
  ManifestWriter,
  type ManifestBundle,
  type ManifestDatabaseInfo,
  type ManifestEntry,
  type ManifestHeader,
  type ManifestTrailer,
  type ParentBackup,
} from '../manifest/index.js';
import type { PlanSummary } from '../plan/index.js';
import type { WarningList } from '../work/index.js';
import { DATABASE_ENTRIES } from './database-sink.js';

/** What the caller says of the backup; the time of the walk and the excludes come from the plan unless given. */
export type BundleManifestHeader = Pick<ManifestHeader, 'backupId' | 'site' | 'startedAt' | 'tool' | 'facts'> &
  Partial<Pick<ManifestHeader, 'filesAt' | 'excludes'>>;

export interface BundleManifestOptions {
  path: string;
  workDir: string;
  header: BundleManifestHeader;
  plan: PlanSummary;
  parent: ParentBackup | null;
  /** Whether every file was read. */
  readAll: boolean;
  /** All bundles that the manifest points into, its own last. */
  bundles: ManifestBundle[];
  own: number;
  database: ManifestDatabaseInfo | null;
  /** Where the dump's frames begin in the bundle; null without a dump. */
  databaseStart: number | null;
  readme: ManifestEntry;
  /** Spool of the files' entries. */
  entryFile: string;
  counts: Pick<ManifestTrailer, 'entries' | 'files' | 'fileBytes' | 'databaseBytes' | 'databaseRows' | 'storedBytes'>;
  warnings: WarningList;
}

/** Joins header, spools and trailer to the manifest: `backupd/…`, `database/…`, `external/…`, `files/…` is path order. */
export async function writeBundleManifest(options: BundleManifestOptions): Promise<{ size: number; sha256: string }> {
  const { plan, header, parent, own } = options;
  const parentPath = parent === null ? {} : { parentPath: parent.manifestPath };
  const writer = await ManifestWriter.create(options.path, parentPath);
  try {
    await writer.write({
      kind: 'header',
      format: MANIFEST_FORMAT,
      filesAt: plan.filesAt,
      excludes: plan.excluded,
      ...header,
      parent: parent?.backupId ?? null,
      readAllAt: parent === null || options.readAll ? header.startedAt : parent.header.readAllAt,
      database: options.database,
      own,
      bundles: options.bundles,
    });
    await writer.write(options.readme);
    if (options.databaseStart !== null) {
      const shift = { bundle: own, by: options.databaseStart };
      await writer.appendEntries(join(options.workDir, DATABASE_ENTRIES), { shift });
    }
    await writer.appendEntries(options.entryFile);
    await writer.write({
      kind: 'trailer',
      ...options.counts,
      ...options.warnings,
      finishedAt: new Date().toISOString(),
    });
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
