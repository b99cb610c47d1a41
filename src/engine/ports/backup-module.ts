import type { Readable } from 'node:stream';
import type { AppError } from '../../common/errors/index.js';
import type { ManifestEntry, ManifestHeader, ParentBackup } from '../snapshot/manifest/types.js';
import type { SiteSpec, StageContext, StageOutcome } from './job-context.js';
import type { BandwidthLimiter, StorageDriver } from './storage-driver.js';

export type { ParentBackup } from '../snapshot/manifest/types.js';

/** Nest discovery token: a provider class with this decorator metadata is a backup module. See backup-module.decorator.ts. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A place a backup is written to or read from. */
export interface Destination {
  providerId: string;
  providerName: string;
  driver: StorageDriver;
}

/** Where a site's backups go, when not to the default providers. */
export interface SiteDestinations {
  /** `all`: a copy on every one of them; `failover`: one copy, on the first that takes it. */
  mode: 'all' | 'failover';
  /** `weight` (failover): how large a share of the sites prefers this provider. */
  providers: { id: string; weight: number }[];
}

/** A bundle that a backup's manifest points into. */
export interface ReferredBundle {
  key: string;
  size: number;
  sha256: string;
  /** Whether this backup made it. */
  own: boolean;
}

/** What the catalogue learns about a finished backup; written last (rule 2). */
export interface CommittedBackup {
  backupId: string;
  siteId: string;
  jobId: string;
  /** Key prefix `sites/<site>/<time>-<backup id>`; bundle and manifest keys follow from it. */
  bundleKey: string;
  bundleSize: number;
  bundleSha256: string;
  manifestKey: string;
  manifestSize: number;
  manifestSha256: string;
  parentBackupId: string | null;
  startedAt: Date;
  fileCount: number;
  /** Bytes of the site (files and database) as it is on disk. */
  sourceBytes: number;
  databaseBytes: number;
  /** Rows in all tables; null without a database, or where nobody counted; absent from checkpoints of before it was counted. */
  rowCount?: number | null;
  /** New bytes stored by this backup. */
  storedBytes: number;
  /** Every bundle that the manifest points into, its own among them: none of them may be deleted while this backup is kept. */
  bundles: readonly ReferredBundle[];
  /** Which providers hold it, with what they answered. */
  copies: { providerId: string; size: number }[];
  /** Providers that were to hold it too and did not take it: a repair brings it there. */
  missing: readonly string[];
}

/** The catalogue as a backup's last stage sees it. Idempotent by backup id. */
export interface CatalogueWriter {
  commit(backup: CommittedBackup): Promise<void>;
}

/** What a backup stage gets. */
export interface BackupStageContext extends StageContext {
  /** Id of the backup being made; the same on every attempt of the job. */
  readonly backupId: string;
  readonly startedAt: Date;
  /** Where it must go; never empty (the runner refuses a backup without a usable provider: NO_STORAGE). */
  readonly destinations: readonly Destination[];
  /** Told when no destination took the backup; gives the error to fail with, where that is to be another one. */
  refused?(error: AppError): Promise<AppError>;
  readonly limiter: BandwidthLimiter;
  readonly catalogue: CatalogueWriter;
  /** Absolute paths never to be packed, wherever they lie (backupd's own data and local storage). */
  readonly neverPack: readonly string[];
  /**
   * The backup to compare with: the newest good one that every destination has; null = this is a full backup. The same answer
   * in all stages and attempts of a job. What can't be read as a parent is noted and passed over, never a failure.
   */
  parent(): Promise<ParentBackup | null>;
  /** Whether every file is to be read, also what looks unchanged; content that is stored already is not stored again. */
  reread(): Promise<boolean>;
  /** Asked before bytes of the backup are put to a destination; throws when it may not take them (QUOTA_EXCEEDED). */
  admit?(destination: Destination, bytes: number): Promise<void>;
  /** Resolves when that stage has ended well (now or in an earlier attempt); rejects with JOB_CANCELLED when it can't any more. */
  finished(stage: string): Promise<void>;
}

/** What kind of job result a user asked of a restore. */
export interface RestoreRequest {
  what: 'all' | 'files' | 'database';
  /** Only these paths, relative to the site root (`wp-content/uploads/2024`); empty = all. Not with the database alone. */
  paths: readonly string[];
  /** Another folder; null = where the site is registered. */
  targetPath: string | null;
  /** Another database; null = the one the site's configuration names. Password revealed here only. */
  targetDatabase: {
    host?: string;
    name: string;
    user: string;
    password: string;
    /** Table prefix in the target, when it differs. */
    prefix?: string;
  } | null;
  /** Credentials that may create the database and its user. */
  adminDatabase: { host?: string; user: string; password: string } | null;
  /** What to do with files that are on disk and not in the backup. Default `delete` for `all` and `files` without paths. */
  extraFiles: 'delete' | 'keep';
  /** Files that are on disk already with the right content are not fetched and written again. Default false. */
  delta?: boolean;
}

/** What a restore would change; shown before it runs. */
export interface RestorePreview {
  targetPath: string;
  files: { create: number; replace: number; unchanged: number; delete: number; bytes: number; sample: string[] } | null;
  database: {
    name: string;
    host: string;
    replace: string[];
    create: string[];
    /** Tables of this site made after the backup: they go (kept in a safety dump). */
    drop: string[];
    createDatabase: boolean;
  } | null;
  bytesNeeded: number;
  bytesFree: number;
  warnings: string[];
}

export interface StoredOptions {
  /** Each piece is only valid until the next one is asked for: its memory is used again. */
  passing?: boolean;
}

/** An entry with its stored bytes. The pieces must be read to the end before the next entry is asked for. */
export interface EntryPieces {
  entry: ManifestEntry;
  /** Of a sparse file: its extents in a row. Read-only. Ends with BUNDLE_DAMAGED when they are not what was written. */
  pieces: AsyncIterable<Buffer>;
}

/** A backup opened for reading. Every byte handed out was checked against its SHA-256 first or raises DAMAGED at the end of the stream. */
export interface BackupSource {
  readonly backupId: string;
  readonly header: ManifestHeader;
  /** Where its bundles are, for readers with threads of their own. */
  readonly driver: StorageDriver;
  /** Entries in path order, streamed. */
  entries(): AsyncIterable<ManifestEntry>;
  /** The content of one file entry; fails with BUNDLE_DAMAGED naming the path when it does not match. */
  content(entry: ManifestEntry, signal?: AbortSignal): Promise<Readable>;
  /** The stored bytes of many entries, in the order given; what their frames share is fetched once. */
  stored(
    entries: AsyncIterable<ManifestEntry> | Iterable<ManifestEntry>,
    signal?: AbortSignal,
    options?: StoredOptions,
  ): AsyncIterable<EntryPieces>;
}

/** Encrypts small secrets with the host's key. */
export interface Sealer {
  seal(plain: string): string;
  /** Throws when it was not sealed here. */
  reveal(sealed: string): string;
}

export interface RestoreStageContext extends StageContext {
  readonly request: RestoreRequest;
  /** `<data>/safety`: what a restore takes out of use for good is kept below it, in a folder named by the job. */
  readonly safetyDir: string;
  /** Absolute paths of backupd's own (data, local storage) that a restore leaves alone wherever they lie. */
  readonly neverTouch: readonly string[];
  /** Seals what a stage must note for a roll-back after a crash and nobody may read: the account of the target database. */
  readonly sealer: Sealer;
  readonly source: BackupSource;
}

/** What `describe` finds out about a site on disk, for registering it and for showing it. */
export interface SiteDescription {
  name: string;
  url: string | null;
  /** Root of what is backed up. */
  path: string;
  /** Safe facts to show (version, database name and host, prefix, multisite, layout); never a password. */
  facts: Record<string, unknown>;
  /** What could not be known, with file and line: `DB_PASSWORD: getenv('X') is not set (wp-config.php:12)`. */
  unknown: string[];
  warnings: string[];
}

/** One find of a scan. A candidate that is not an install says why. */
export interface DiscoveredSite {
  path: string;
  module: string;
  isInstall: boolean;
  /** Why it is, or is not, an install: one sentence. */
  reason: string;
  description: SiteDescription | null;
}

export interface DiscoverOptions {
  roots: readonly string[];
  maxDepth: number;
  signal: AbortSignal;
  /** Called for what could not be read; the scan goes on. */
  onProblem: (path: string, message: string) => void;
  /** Called now and then with how many folders were looked at. */
  onProgress?: (folders: number) => void;
}

/**
 * What knows how to back up one kind of site. A module is an injectable provider with `@BackupModuleProvider()`;
 * adding one changes no core file but `app.module.ts`. See docs/writing-a-backup-module.md.
 */
export interface BackupModule {
  /** Lower case, stable: stored with each site. */
  readonly name: string;
  readonly title: string;
  /** Names of the backup's stages, in order. */
  readonly stages: readonly string[];
  /**
   * The stages whose end a stage waits for before it begins; a stage that is not named waits for all before it. So stages can
   * run at the same time (`context.finished` waits within a stage).
   */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** JSON schema of the module's settings. */
  readonly settingsSchema: JsonSchema;
  /**
   * Runs one stage. Called again with the same context after a restart when the stage had not finished, so it must be
   * idempotent: start clean or go on from what the work folder holds. Failures are AppErrors; cancel is JOB_CANCELLED.
   */
  executeStage(stage: string, context: BackupStageContext): Promise<StageOutcome>;
  /** Whether a finished stage's output is still there and whole (after a restart). False = the stage runs again. */
  checkStage(stage: string, context: BackupStageContext): Promise<boolean>;
  /**
   * Undoes what the site must not be left with while no stage runs (maintenance mode). Called after each run however it ended, and
   * before a run that was cut off goes on or is given up; then all there is to know is what the work folder has. Idempotent.
   */
  release?(context: Pick<StageContext, 'jobId' | 'workDir'>): Promise<void>;
}

/** A module that can find its sites on disk. */
export interface DiscoveringModule extends BackupModule {
  /** Yields finds as they are found. One unreadable folder never ends it. */
  discover(options: DiscoverOptions): AsyncIterable<DiscoveredSite>;
  /** Facts about one path; throws NOT_A_SITE with the reason when it is none. */
  describe(site: { path: string; overrides: Readonly<Record<string, string>> }): Promise<SiteDescription>;
}

/** How taking a restore back ended. */
export type RollBackEnd = 'taken-back' | 'finished';

/** A module that can restore. */
export interface RestoringModule extends BackupModule {
  readonly restoreStages: readonly string[];
  /** What would change; changes nothing. */
  previewRestore(context: RestoreStageContext): Promise<RestorePreview>;
  executeRestoreStage(stage: string, context: RestoreStageContext): Promise<StageOutcome>;
  /**
   * Brings the target back to what it was before the restore, or finishes it when it had passed the point of no return;
   * removes all litter (staging folders, scratch tables). Idempotent; called after a failure, a cancel and after a crash.
   * `finished` = the target now has the restored state, so the job counts as completed; else it was taken back.
   */
  rollBackRestore(context: Omit<RestoreStageContext, 'source'>): Promise<RollBackEnd | void>;
}

export function canDiscover(module: BackupModule): module is DiscoveringModule {
  return 'discover' in module;
}

export function canRestore(module: BackupModule): module is RestoringModule {
  return 'restoreStages' in module;
}

/** The spec fields a description needs. */
export type DescribableSite = Pick<SiteSpec, 'path' | 'overrides'>;
