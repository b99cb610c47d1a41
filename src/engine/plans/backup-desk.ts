import type { CommittedBackup, Destination, JobJournal, SiteDestinations } from '../ports/index.js';

/** A backup that is about to be made. */
export interface BackupRun {
  jobId: string;
  site: { id: string; name: string };
  /** Whether it is compared with nothing. */
  full: boolean;
  /** Where it goes; never empty. */
  destinations: readonly Destination[];
  signal: AbortSignal;
  journal: JobJournal;
  /** The backup it is compared with; the same in all attempts. Until the job ends that one must stay. */
  parentId(): Promise<string | null>;
}

/** Where the site's backups may go. */
export interface DestinationChoices {
  mode: SiteDestinations['mode'];
  /** In the order in which they are tried. */
  candidates: readonly Destination[];
  /** Ids of disabled providers that are to have a copy once they are enabled. */
  absent: readonly string[];
}

/** A catalogued backup of the site. */
export interface EarlierBackup {
  id: string;
  startedAt: Date;
  manifestKey: string;
  manifestSize: number;
  manifestSha256: string;
}

/** What the making of a backup asks of whoever keeps the catalogue: this process, or the master of a node. */
export interface BackupDesk {
  /** Error: NO_STORAGE. */
  choices(): Promise<DestinationChoices>;
  /** The newest backups of the site whose manifest every one of the providers has, newest first. Some of their bundles may be damaged. */
  parentsFor(providerIds: readonly string[], limit: number): Promise<EarlierBackup[]>;
  /** A backup of the site, also one that is being deleted; null when there is none. */
  earlier(backupId: string): Promise<EarlierBackup | null>;
  /** Of these bundles those that are known to be damaged or missing on any of the providers. */
  damagedOf(keys: readonly string[], providerIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Throws when the backup need not begin (QUOTA_EXCEEDED). */
  mayBegin(run: BackupRun): Promise<void>;
  /** Throws when the destination may not take so many bytes. */
  admit(run: BackupRun, destination: Destination, bytes: number): Promise<void>;
  /** Enters the stored backup into the catalogue. Idempotent. Errors: JOB_LOST, CATALOGUE_AWAY. */
  commit(backup: CommittedBackup): Promise<void>;
}
