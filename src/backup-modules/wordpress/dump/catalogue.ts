import type { MySqlSession, ServerFacts } from '../mysql/index.js';
import { quoteQualified } from '../mysql/index.js';

/** One table, view or sequence as information_schema describes it. */
export interface TableFacts {
  name: string;
  type: 'table' | 'view' | 'sequence';
  engine: string | null;
  /** Keeps its history: MariaDB's system-versioned tables. */
  versioned: boolean;
  /** Server time, text; changes when the table is created anew or altered. */
  createTime: string | null;
  /** The server's estimates. */
  rows: number;
  bytes: number;
}

/** Engines whose reads see one moment in `START TRANSACTION WITH CONSISTENT SNAPSHOT`. */
const SNAPSHOT_ENGINES = new Set(['innodb', 'rocksdb', 'tokudb', 'ndbcluster', 'xtradb']);

/** Engines that hold no rows of their own here: their data lives in other tables or on other servers. */
const FOREIGN_ENGINES = new Set(['mrg_myisam', 'mrg_isam', 'connect', 'federated', 'spider', 'oqgraph', 'blackhole']);

/** Whether a table is outside the dump's consistent snapshot. */
export function isOutsideSnapshot(table: TableFacts): boolean {
  const engine = table.engine?.toLowerCase() ?? null;
  return table.type === 'table' && engine !== null && !SNAPSHOT_ENGINES.has(engine) && !FOREIGN_ENGINES.has(engine);
}

/** Whether rows are dumped of a table: it has some of its own. */
export function holdsRows(table: TableFacts): boolean {
  return table.type === 'table' && !FOREIGN_ENGINES.has(table.engine?.toLowerCase() ?? '');
}

/** All tables and views of a database, by name. */
export async function readTables(session: MySqlSession, database: string): Promise<Map<string, TableFacts>> {
  // MySQL 8 shows cached figures, up to a day old, unless told not to; others do not know the variable.
  await session.run('SET SESSION information_schema_stats_expiry = 0').catch(() => undefined);
  const rows = await session.rows<{
    name: string;
    type: string;
    engine: string | null;
    created: string | null;
    rowCount: number | string | null;
    bytes: number | string | null;
  }>(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine, CREATE_TIME AS created, TABLE_ROWS AS rowCount,
       DATA_LENGTH AS bytes
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE NOT LIKE '%TEMPORARY%'
     ORDER BY BINARY TABLE_NAME`,
    [database],
  );
  return new Map(
    rows.map((row) => [
      row.name,
      {
        name: row.name,
        type: row.type === 'VIEW' ? 'view' : row.type === 'SEQUENCE' ? 'sequence' : 'table',
        engine: row.engine,
        versioned: row.type === 'SYSTEM VERSIONED',
        createTime: row.created,
        rows: Number(row.rowCount ?? 0),
        bytes: Number(row.bytes ?? 0),
      },
    ]),
  );
}

/** Blog ids of a network, or none when the prefix has no network tables. */
export async function readBlogIds(
  session: MySqlSession,
  database: string,
  prefix: string,
  tables: ReadonlyMap<string, TableFacts>,
): Promise<string[]> {
  const name = `${prefix}blogs`;
  if (!tables.has(name) || !tables.has(`${prefix}site`)) return [];
  const rows = await session.rows<{ id: number | string }>(
    `SELECT blog_id AS id FROM ${quoteQualified(database, name)}`,
  );
  return rows.map((row) => String(row.id));
}

/** Character sets of text that a conversion to utf8mb4 and back keeps byte for byte. */
const EXACT_CHARSETS = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'ucs2', 'utf16', 'utf16le', 'utf32', 'binary']);

/** Character sets in use by the given tables' columns that utf8mb4 cannot carry exactly (cp1251, gbk, sjis, ascii …). */
export async function readInexactCharsets(
  session: MySqlSession,
  database: string,
  takes: (table: string) => boolean,
): Promise<string[]> {
  const rows = await session.rows<{ name: string; charset: string }>(
    `SELECT DISTINCT TABLE_NAME AS name, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ? AND CHARACTER_SET_NAME IS NOT NULL`,
    [database],
  );
  const found = rows.filter((row) => !EXACT_CHARSETS.has(row.charset.toLowerCase()) && takes(row.name));
  return [...new Set(found.map((row) => row.charset))].toSorted();
}

/** Whether a MySQL server has native JSON columns, which refuse text given as hex. MariaDB's JSON is plain text. */
export async function hasNativeJson(session: MySqlSession, database: string, server: ServerFacts): Promise<boolean> {
  if (server.vendor === 'mariadb') return false;
  const row = await session.row(
    `SELECT 1 AS found FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND DATA_TYPE = 'json' LIMIT 1`,
    [database],
  );
  return row !== null;
}

/** The current definition of a table as the server words it, or null when it is gone. */
export async function readDefinition(session: MySqlSession, database: string, table: string): Promise<string | null> {
  try {
    const row = await session.row<Record<string, string>>(`SHOW CREATE TABLE ${quoteQualified(database, table)}`);
    return row?.['Create Table'] ?? null;
  } catch {
    return null;
  }
}
