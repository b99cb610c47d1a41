import type { Readable } from 'node:stream';
import type { JobJournal } from '../../../engine/ports/index.js';
import type { DatabasePart } from '../../../engine/snapshot/manifest/types.js';
import type { MySqlCredentials } from '../types.js';

/** One piece of the dump, as it lies in the backup. */
export interface DatabaseMember {
  /** Tar member path, for messages: `database/0003-wp_posts.000001.sql`. */
  path: string;
  table?: string;
  part?: DatabasePart;
  rows?: number;
  size: number;
  content: Readable | AsyncIterable<Uint8Array>;
}

export interface MySqlRestoreOptions {
  /** Names the safety dump's folder. */
  jobId: string;
  /** The job's own folder: holds the journal of the restore between its steps. */
  workDir: string;
  /** `<data>/safety`: where tables that go are kept. */
  safetyDir: string;
  /** The account everything of the dump is run with, and the database it goes to. */
  target: MySqlCredentials;
  /** Table prefix in the target. */
  tablePrefix: string;
  /** May create the database and the account; never runs a statement of the dump. Its `database` is not used. */
  admin: MySqlCredentials | null;
  /** Tables that were left out of the backup on purpose: they stay as they are. */
  keepTables?: readonly string[];
  journal: JobJournal;
  signal: AbortSignal;
}

export interface LoadResult {
  tables: number;
  rows: number;
  bytes: number;
  /** Views, triggers, routines and events that `activate` will create. */
  objects: number;
  createdDatabase: boolean;
  createdUser: boolean;
}

export interface ActivateResult {
  tables: number;
  replaced: number;
  /** Tables of this site made after the backup that went out of use. */
  extra: string[];
  /** Where those are kept; null when there were none. */
  safetyDump: string | null;
  objects: number;
}
