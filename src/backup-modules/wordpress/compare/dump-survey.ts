import { hash } from 'node:crypto';
import { throwIfAborted } from '../../../common/errors/index.js';
import type { BackupSource } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';

/** What a manifest says of one table; digests are '' where there is no such member. */
export interface TableSurvey {
  /** SHA-256 of its definition and of its triggers, as stored. */
  schema: string;
  triggers: string;
  /** Of all its pieces of rows in order: the same digest, the same rows. */
  data: string;
  pieces: number;
  rows: number;
  /** Whether every piece says how many rows it has. */
  rowsKnown: boolean;
}

/** What a manifest says of a database. */
export interface DumpSurvey {
  tables: Map<string, TableSurvey>;
  /** SHA-256 of each member that belongs to no table. */
  others: Map<string, OtherMember>;
}

/** A view, a file, or all routines or events. */
export interface OtherMember {
  part: 'view' | 'routines' | 'events' | 'sqlite';
  name: string;
  sha256: string;
}

const NO_TABLE: Readonly<TableSurvey> = { schema: '', triggers: '', data: '', pieces: 0, rows: 0, rowsKnown: true };

/** The entries of the database in path order; the files behind them are not read. */
export async function* dumpEntries(source: BackupSource, signal: AbortSignal): AsyncGenerator<ManifestEntry> {
  for await (const entry of source.entries()) {
    throwIfAborted(signal);
    const { path } = entry;
    // Path order: backupd/, database/, external/, files/.
    if (path === undefined || path < 'database/') continue;
    if (!path.startsWith('database/')) return;
    if (entry.type === 'file') yield entry;
  }
}

/** Reads the database's part of a manifest. What is held grows with the number of tables, not with their rows. */
export async function surveyDump(source: BackupSource, signal: AbortSignal): Promise<DumpSurvey> {
  const survey: DumpSurvey = { tables: new Map(), others: new Map() };
  for await (const entry of dumpEntries(source, signal)) {
    const other = otherMember(entry);
    if (other !== null) survey.others.set(`${other.part} ${other.name}`, other);
    else if (entry.table !== undefined) {
      const table = survey.tables.get(entry.table) ?? { ...NO_TABLE };
      survey.tables.set(entry.table, table);
      addMember(table, entry);
    }
  }
  return survey;
}

function addMember(table: TableSurvey, { part, sha256 = '', rows }: ManifestEntry): void {
  if (part === 'schema') table.schema = joined(table.schema, sha256);
  else if (part === 'triggers') table.triggers = joined(table.triggers, sha256);
  else if (part === 'data') {
    table.data = joined(table.data, sha256);
    table.pieces += 1;
    table.rows += rows ?? 0;
    table.rowsKnown &&= rows !== undefined;
  }
}

const joined = (before: string, sha256: string): string => (before === '' ? sha256 : hash('sha256', before + sha256));

function otherMember({ part, table, path = '', sha256 = '' }: ManifestEntry): OtherMember | null {
  if (part === 'view') return table === undefined ? null : { part, name: table, sha256 };
  if (part === 'routines' || part === 'events') return { part, name: '', sha256 };
  return part === 'sqlite' ? { part, name: path, sha256 } : null;
}
