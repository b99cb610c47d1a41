import { quoteIdentifier, type MySqlSession } from '../mysql/index.js';
import type { LiveForeignKey, ReplacedObject } from './state.js';
import { CreateTableStatement } from './sql/create-table.js';
import { decodeName, toBytes } from './sql/lexer.js';
import type { ObjectKind } from './sql/object.js';

export interface LiveTable {
  name: string;
  kind: 'table' | 'view';
}

/** All tables and views of the session's database. */
export async function listTables(session: MySqlSession): Promise<LiveTable[]> {
  const rows = await session.rows<{ name: string; type: string }>(
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
  );
  return rows.map(({ name, type }) => ({ name, kind: type.includes('VIEW') ? 'view' : 'table' }));
}

/** A foreign key's place and aim. */
export type KeyFacts = Pick<LiveForeignKey, 'table' | 'name' | 'referencedTable'>;

/** Foreign keys within the session's database. */
export async function listForeignKeys(session: MySqlSession): Promise<KeyFacts[]> {
  const rows = await session.rows<{ tableName: string; name: string; referencedTable: string }>(
    `SELECT DISTINCT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, REFERENCED_TABLE_NAME AS referencedTable
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()`,
  );
  return rows.map((row) => ({ table: row.tableName, name: row.name, referencedTable: row.referencedTable }));
}

/** The keys with what is needed to make them again, as the server words it. */
export async function describeKeys(session: MySqlSession, keys: readonly KeyFacts[]): Promise<LiveForeignKey[]> {
  const described: LiveForeignKey[] = [];
  for (const table of new Set(keys.map((key) => key.table))) {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    const row = await session.row<Record<string, string>>(`SHOW CREATE TABLE ${quoteIdentifier(table)}`);
    const parsed = CreateTableStatement.parse(toBytes(row?.['Create Table'] ?? ''));
    if (!parsed.ok) continue;
    for (const { table: own, name, referencedTable } of keys) {
      const key = parsed.statement.create.foreignKeys.find((one) => own === table && one.name === name);
      if (!key) continue;
      const rest = decodeName(`${key.referencedColumns} ${key.actions}`);
      described.push({ table, name, referencedTable, columns: decodeName(key.columns), rest });
    }
  }
  return described;
}

/** Name to table of all triggers. */
export async function listTriggers(session: MySqlSession): Promise<Map<string, string>> {
  const rows = await session.rows<{ name: string; tableName: string }>(
    'SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS tableName FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
  );
  return new Map(rows.map((row) => [row.name, row.tableName]));
}

const LISTS: Partial<Record<ObjectKind, string>> = {
  event: 'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()',
};

/** Whether a routine or event of this kind and name exists. */
export async function objectExists(session: MySqlSession, kind: ObjectKind, name: string): Promise<boolean> {
  const events = LISTS[kind];
  const rows = events
    ? await session.rows<{ name: string }>(events)
    : await session.rows<{ name: string }>(
        'SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = ?',
        [kind.toUpperCase()],
      );
  return rows.some((row) => row.name.toLowerCase() === name.toLowerCase());
}

/**
 * A stored program as the server shows it, with the settings it was made under; null when the account may not see its
 * text (then it must not be dropped: it could not be made again).
 */
export async function showCreate(
  session: MySqlSession,
  kind: ObjectKind,
  name: string,
  table: string | null,
): Promise<ReplacedObject | null> {
  const row = await session.row<Record<string, string | null>>(
    `SHOW CREATE ${kind.toUpperCase()} ${quoteIdentifier(name)}`,
  );
  if (row === null) return null;
  const column = Object.keys(row).find((key) => /^(?:Create |SQL Original Statement)/i.test(key));
  const sql = column === undefined ? null : row[column];
  if (sql === null || sql === undefined || sql === '') return null;
  return {
    kind,
    name,
    table,
    sql,
    context: {
      sqlMode: row['sql_mode'] ?? '',
      characterSetClient: row['character_set_client'] ?? null,
      collationConnection: row['collation_connection'] ?? null,
      timeZone: row['time_zone'] ?? null,
    },
  };
}
