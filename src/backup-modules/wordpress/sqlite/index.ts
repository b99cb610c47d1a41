export { dumpSqlite, type DumpSqliteOptions } from './dump-sqlite.js';
export { locateSqlite, sqliteExcludes, type SqliteLocation } from './locate.js';
