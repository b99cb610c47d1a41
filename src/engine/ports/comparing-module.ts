import type { BackupModule, BackupSource } from './backup-module.js';

/** What became of a part of a database between two backups. */
export type DatabaseChange = 'added' | 'removed' | 'changed';

/** One table in two backups. */
export interface TableDifference {
  name: string;
  change: DatabaseChange | 'same';
  /** Whether its definition is another one; a table that came or went has none to compare. */
  definitionChanged: boolean;
  /** Rows in the earlier backup; 0 when it was not there. */
  rowsBefore: number;
  /** Rows in the later backup; 0 when it is not there. */
  rowsAfter: number;
  rowsAdded: number;
  rowsRemoved: number;
  /** Rows of the same primary key with other values; 0 where there is no key to tell them by. */
  rowsChanged: number;
  /** False when there was too much to compare: then each of the three figures is the most that it can be. */
  exact: boolean;
}

/** Something of a database that is no table and is not the same. */
export interface DatabaseObjectDifference {
  /** `view`, `trigger`, `routine`, `event`; `file` for a database that is one. */
  kind: string;
  /** Null when only the kind is known. */
  name: string | null;
  change: DatabaseChange;
}

/** What is different between the databases of two backups. */
export interface DatabaseDifference {
  /** Every table of either backup, by name. */
  tables: TableDifference[];
  /** Only what is not the same, by kind and name. */
  objects: DatabaseObjectDifference[];
}

/** A module that can compare the databases of two backups of a site. */
export interface ComparingModule extends BackupModule {
  /**
   * Reads both manifests and only what is not in both backups, in bounded memory. Errors: JOB_CANCELLED when the signal is
   * raised, and of reading (BUNDLE_DAMAGED, MANIFEST_DAMAGED, of the storage).
   */
  diffDatabase(before: BackupSource, after: BackupSource, signal: AbortSignal): Promise<DatabaseDifference>;
}

export function canCompare(module: BackupModule): module is ComparingModule {
  return 'diffDatabase' in module;
}
