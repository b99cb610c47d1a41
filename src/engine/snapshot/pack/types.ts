import type { JobJournal } from '../../ports/job-context.js';
import type { ManifestBundle, ManifestDatabaseInfo, ParentBackup } from '../manifest/index.js';
import type { WarningList } from '../work/index.js';
import type { BundleManifestHeader } from './bundle-manifest.js';

export const BUNDLE_FILE = 'bundle.tar.zst';
export const MANIFEST_FILE = 'bundle.manifest.ndjson.zst';
export const FILE_ENTRIES = 'files.entries';
export const LINK_ENTRIES = 'links.entries';
export const FOLDER_ENTRIES = 'folders.entries';

/** What a finished dump says of itself. */
export interface FinishedDump {
  database: ManifestDatabaseInfo | null;
  warnings: WarningList;
  /** Rows in all tables; null or absent where nobody counted. */
  rows?: number | null;
}

export interface PackBundleOptions {
  /** Holds the plan (`planFiles`) and, where there is a database, what `openDatabaseSink` makes. */
  workDir: string;
  header: BundleManifestHeader;
  /** Text of the member `backupd/README.txt`. */
  readme: string;
  /** Storage key the bundle will have. */
  bundleKey: string;
  /** The backup that the plan was made against; default null: a full backup. */
  parent?: ParentBackup | null;
  /** Whether the plan has every file to be read. Default: only of a full backup. */
  reread?: boolean;
  /** Resolves when the dump in the work folder is finished: files are packed meanwhile. Default: there is no dump. */
  dump?: () => Promise<FinishedDump>;
  /**
   * Runs a part of the work holding what of the host it needs; between the parts, while the dump is waited for, nothing is held.
   * Default: just runs it.
   */
  hold?: <T>(part: 'files' | 'rest', work: () => Promise<T>) => Promise<T>;
  /** Worker threads wished for; at most 3, and no more than there are processors (but 2), are started, as there is work for them. */
  workers: number;
  /** zstd level, default 3. */
  level?: number;
  signal: AbortSignal;
  journal: JobJournal;
}

export interface PackedBundle extends WarningList {
  bundlePath: string;
  bundleSize: number;
  bundleSha256: string;
  manifestPath: string;
  manifestSize: number;
  manifestSha256: string;
  /** Files and bytes of the whole backup, also what was stored before. */
  fileCount: number;
  /** Bytes of files and database as they are at the source. */
  sourceBytes: number;
  databaseBytes: number;
  /** Rows in all tables; null without a database, or where nobody counted. */
  rowCount: number | null;
  /** Size of the bundle: what this backup adds. */
  storedBytes: number;
  /** Every bundle that the manifest points into; the backup's own is the last. */
  bundles: ManifestBundle[];
}
