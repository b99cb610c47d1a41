import type { MySqlSession } from '../mysql/index.js';
import { quoteQualified } from '../mysql/index.js';
import { readDefinition, readTables, type TableFacts } from './catalogue.js';
import { fingerprint, type DumpedTable } from './dumped-table.js';

/** A table whose content in the dump cannot be trusted. */
export interface SuspectTable {
  name: string;
  why: 'missing' | 'emptied' | 'altered';
  /** It was created anew or altered since the dump began. */
  changed: boolean;
}

interface BeforeDump {
  plan: { database: string };
  tables: readonly TableFacts[];
  views: readonly string[];
}

interface DumpedObjects {
  tables: ReadonlyMap<string, DumpedTable>;
  views: ReadonlyMap<string, unknown>;
}

async function hasRows(session: MySqlSession, database: string, table: string): Promise<boolean> {
  return session.row(`SELECT 1 AS found FROM ${quoteQualified(database, table)} LIMIT 1`).then(
    (row) => row !== null,
    () => false,
  );
}

/**
 * Compares the dump with the database before and after it. A snapshot does not cover definitions: a table that is
 * altered, truncated or replaced between the snapshot and its turn comes out empty or in another shape, at times
 * without an error.
 */
export async function findSuspects(
  session: MySqlSession,
  before: BeforeDump,
  dump: DumpedObjects,
): Promise<SuspectTable[]> {
  const { database } = before.plan;
  const after = await readTables(session, database);
  const suspects: SuspectTable[] = [];
  for (const table of before.tables) {
    const now = after.get(table.name);
    // Dropped meanwhile: it is right that it is not there, or harmless that it is.
    if (!now) continue;
    const changed = now.createTime !== table.createTime;
    const inDump = dump.tables.get(table.name);
    if (!inDump) {
      suspects.push({ name: table.name, why: 'missing', changed });
      continue;
    }
    if (table.type !== 'table') continue;
    // oxlint-disable no-await-in-loop -- one connection answers one query at a time, and few tables come this far
    if (inDump.rows === 0 && (changed || table.rows > 0) && (await hasRows(session, database, table.name))) {
      suspects.push({ name: table.name, why: 'emptied', changed });
    } else if (changed) {
      const definition = await readDefinition(session, database, table.name);
      if (definition !== null && fingerprint(definition) !== inDump.definition) {
        suspects.push({ name: table.name, why: 'altered', changed });
      }
    }
    // oxlint-enable no-await-in-loop
  }
  for (const name of before.views) {
    if (after.get(name)?.type === 'view' && !dump.views.has(name)) {
      suspects.push({ name, why: 'missing', changed: false });
    }
  }
  return suspects;
}
