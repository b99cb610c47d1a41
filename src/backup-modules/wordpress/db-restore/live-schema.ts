import { quoteIdentifier, type MySqlSession } from '../mysql/index.js';
import type { LiveForeignKey, ReplacedObject } from './state.js';
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

/** Foreign keys of the session's database, with what is needed to make them again. */
export async function listForeignKeys(session: MySqlSession): Promise<LiveForeignKey[]> {
  const columns = await session.rows<{
    tableName: string;
    name: string;
    columnName: string;
    referencedTable: string;
    referencedColumn: string;
  }>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, COLUMN_NAME AS columnName,
       REFERENCED_TABLE_NAME AS referencedTable, REFERENCED_COLUMN_NAME AS referencedColumn
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()
     ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const rules = await session.rows<{ tableName: string; name: string; onUpdate: string; onDelete: string }>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, UPDATE_RULE AS onUpdate, DELETE_RULE AS onDelete
     FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
  );
  const keys = new Map<string, { first: (typeof columns)[number]; columns: string[]; referenced: string[] }>();
  for (const column of columns) {
    const id = `${column.tableName}\0${column.name}`;
    const key = keys.get(id) ?? { first: column, columns: [], referenced: [] };
    key.columns.push(quoteIdentifier(column.columnName));
    key.referenced.push(quoteIdentifier(column.referencedColumn));
    keys.set(id, key);
  }
  const actions = new Map(rules.map((rule) => [`${rule.tableName}\0${rule.name}`, rule]));
  return [...keys].map(([id, key]) => {
    const rule = actions.get(id);
    return {
      table: key.first.tableName,
      name: key.first.name,
      referencedTable: key.first.referencedTable,
      columns: `(${key.columns.join(', ')})`,
      rest: `(${key.referenced.join(', ')})${rule ? ` ON DELETE ${rule.onDelete} ON UPDATE ${rule.onUpdate}` : ''}`,
    };
  });
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
