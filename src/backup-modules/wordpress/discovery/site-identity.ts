import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import type { MySqlCredentials, SiteDatabase } from '../types.js';
import { errnoOf } from '../../../common/errors/index.js';

const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 3_000;
const MAX_TEXT = 500;
/** Where clients look for the server's socket when none is named. */
const DEFAULT_SOCKETS = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
];

/** What a site's own database says of it; `problem` when it could not be asked (never a password in it). */
export interface SiteIdentity {
  name: string | null;
  home: string | null;
  siteUrl: string | null;
  problem: { code: string; message: string } | null;
}

const nobody = (code: string, message: string): SiteIdentity => ({
  name: null,
  home: null,
  siteUrl: null,
  problem: { code, message },
});

/** A text of a tenant's to show: one line, no control characters, not long. */
export function tidy(value: unknown): string | null {
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) return null;
  const text = decodeEntities(value.toString())
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return text === '' ? null : text.slice(0, MAX_TEXT);
}

/** WordPress keeps the site's name HTML-escaped. */
function decodeEntities(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#039': "'", '#39': "'" };
  return text.replaceAll(/&(amp|lt|gt|quot|#0?39);/g, (all, name: string) => named[name] ?? all);
}

/** Asks the site's database for its name and addresses. Never throws; takes a few seconds at most. */
export async function identifySite(database: SiteDatabase): Promise<SiteIdentity> {
  return database.engine === 'sqlite'
    ? identifySqlite(database.file, database.tablePrefix)
    : identifyMySql(database.credentials, database.tablePrefix);
}

type Row = { name: unknown; value: unknown };

function identityOf(result: unknown): SiteIdentity {
  const rows: Row[] = Array.isArray(result) ? result.filter((row) => isRow(row)) : [];
  const get = (name: string): string | null => tidy(rows.find((row) => String(row.name) === name)?.value);
  return { name: get('blogname'), home: get('home'), siteUrl: get('siteurl'), problem: null };
}

const query = (table: string): string =>
  `SELECT option_name AS name, option_value AS value FROM \`${table}\` WHERE option_name IN ('blogname', 'home', 'siteurl') LIMIT 3`;

async function identifyMySql(credentials: MySqlCredentials, prefix: string): Promise<SiteIdentity> {
  let last: SiteIdentity = nobody('DATABASE_UNREACHABLE', 'The database server could not be reached.');
  for (const address of addresses(credentials)) {
    try {
      const connection = await createConnection({
        ...address,
        user: credentials.user,
        password: credentials.password,
        database: credentials.database,
        charset: 'utf8mb4',
        connectTimeout: CONNECT_TIMEOUT_MS,
        // A tenant names the server: it must not be able to ask this process for files.
        flags: ['-LOCAL_FILES'],
        supportBigNumbers: true,
        jsonStrings: true,
      });
      connection.on('error', () => {});
      try {
        const [rows] = await connection.query({ sql: query(`${prefix}options`), timeout: QUERY_TIMEOUT_MS });
        return identityOf(rows);
      } finally {
        connection.destroy();
      }
    } catch (error) {
      last = explain(error, credentials, prefix);
      if (errnoOf(error) !== 'ENOENT') return last;
    }
  }
  return last;
}

const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null && 'name' in row && 'value' in row;

function addresses(credentials: MySqlCredentials): ({ socketPath: string } | { host: string; port: number })[] {
  if (credentials.host !== null) return [{ host: credentials.host, port: credentials.port ?? 3306 }];
  if (credentials.socketPath !== null) return [{ socketPath: credentials.socketPath }];
  return DEFAULT_SOCKETS.map((socketPath) => ({ socketPath }));
}

function explain(error: unknown, credentials: MySqlCredentials, prefix: string): SiteIdentity {
  const code = errnoOf(error) ?? '';
  const where = credentials.host ?? credentials.socketPath ?? 'localhost';
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
      return nobody(
        'DATABASE_LOGIN_REFUSED',
        `The database server at ${where} refuses the login of ${credentials.user}.`,
      );
    case 'ER_BAD_DB_ERROR':
      return nobody('DATABASE_MISSING', `The database ${credentials.database} does not exist on ${where}.`);
    case 'ER_DBACCESS_DENIED_ERROR':
      return nobody(
        'DATABASE_LOGIN_REFUSED',
        `${credentials.user} may not use the database ${credentials.database} on ${where}.`,
      );
    case 'ER_NO_SUCH_TABLE':
      return nobody('DATABASE_NO_TABLES', `The table ${prefix}options does not exist in ${credentials.database}.`);
    default:
      return nobody('DATABASE_UNREACHABLE', `The database server at ${where} could not be asked (${code || 'error'}).`);
  }
}

function identifySqlite(file: string, prefix: string): SiteIdentity {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { readOnly: true, allowExtension: false, timeout: 1_000 });
  } catch {
    return nobody('DATABASE_UNREACHABLE', `The SQLite file ${file} could not be opened.`);
  }
  try {
    // A hostile schema (views, triggers) must not run functions of its own.
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA mmap_size = 0');
    const isTable = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE")
      .get(`${prefix}options`);
    if (isTable === undefined)
      return nobody('DATABASE_NO_TABLES', `The table ${prefix}options does not exist in ${file}.`);
    // substr: a hostile row may be huge.
    const rows = database
      .prepare(
        `SELECT option_name AS name, substr(option_value, 1, 1000) AS value FROM "${prefix}options" WHERE option_name IN ('blogname', 'home', 'siteurl') LIMIT 3`,
      )
      .all();
    return identityOf(rows);
  } catch {
    return nobody('DATABASE_UNREACHABLE', `The SQLite file ${file} could not be read.`);
  } finally {
    database.close();
  }
}
