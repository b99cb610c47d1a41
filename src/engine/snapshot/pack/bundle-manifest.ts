import { join } from 'node:path';
import {
  MANIFEST_FORMAT,
  ManifestWriter,
  type ManifestBundle,
  type ManifestEntry,
  type ManifestHeader,
  type ManifestTrailer,
} from '../manifest/index.js';
import type { PlanSummary } from '../plan/index.js';
import type { WarningList } from '../work/index.js';
import { DATABASE_ENTRIES } from './database-sink.js';

/** What the caller says of the backup; the time of the walk and the excludes come from the plan unless given. */
export type BundleManifestHeader = Pick<
  ManifestHeader,
  'backupId' | 'site' | 'parent' | 'startedAt' | 'tool' | 'database' | 'facts'
> &
  Partial<Pick<ManifestHeader, 'filesAt' | 'excludes' | 'readAllAt'>>;

export interface BundleManifestOptions {
  path: string;
  workDir: string;
  header: BundleManifestHeader;
  plan: PlanSummary;
  bundle: ManifestBundle;
  hasDatabase: boolean;
  readme: ManifestEntry;
  /** Spool of the files' entries. */
  entryFile: string;
  counts: Pick<ManifestTrailer, 'entries' | 'files' | 'fileBytes' | 'databaseBytes' | 'storedBytes'>;
  warnings: WarningList;
}

/** Joins header, spools and trailer to the manifest: `backupd/…`, `database/…`, `external/…`, `files/…` is path order. */
export async function writeBundleManifest(options: BundleManifestOptions): Promise<{ size: number; sha256: string }> {
  const { plan, header } = options;
  const writer = await ManifestWriter.create(options.path);
  try {
    await writer.write({
      kind: 'header',
      format: MANIFEST_FORMAT,
      filesAt: plan.filesAt,
      excludes: plan.excluded,
      readAllAt: header.startedAt,
      own: options.bundle.id,
      ...header,
      bundles: [options.bundle],
    });
    await writer.write(options.readme);
    if (options.hasDatabase) await writer.appendEntries(join(options.workDir, DATABASE_ENTRIES));
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
