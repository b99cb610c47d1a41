/**
 * A program of its own: copies a SQLite database with SQLite's backup API and checks the copy. It runs apart from
 * backupd because the file is a tenant's: whatever it does to SQLite (a crash, a shared map cut short, minutes in a
 * check) stays here. Imports nothing of backupd, so that Node can run it from the source too.
 * Arguments: source, target, `wal` when the source has a log, device:inode of the source. Output: one JSON line per message.
 */
import { fstatSync, readdirSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

const PAGES_PER_STEP = 4096;
/** As often may other writers set a copy in steps back to its begin; then it holds them up once. */
const RESTARTS = 5;
const SHOWN_PROBLEMS = 20;
const CORRUPT = 11;
const CANNOT_OPEN = 14;

function say(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function text(database: DatabaseSync, sql: string, name: string): string {
  const row: unknown = database.prepare(sql).get();
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined;
  return typeof value === 'string' ? value : String(value);
}

function open(path: string | URL): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, allowExtension: false, timeout: 20_000 });
  // The schema is a tenant's: it may name no function with side effects.
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
  return database;
}

function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.search = '?immutable=1';
  return url;
}

/** Whether the file that was looked at is among those that SQLite has opened: a tenant may swap names in between. */
function hasOpen(identity: string): boolean {
  return readdirSync('/proc/self/fd').some((name) => {
    try {
      const { dev, ino } = fstatSync(Number(name), { bigint: true });
      return `${dev}:${ino}` === identity;
    } catch {
      return false;
    }
  });
}

/** Where a WAL cannot be opened (a read-only folder) and there is none, the file alone is the whole database. */
function openSource(path: string, hasWal: boolean): DatabaseSync {
  try {
    const database = open(path);
    text(database, 'PRAGMA schema_version', 'schema_version');
    return database;
  } catch (error) {
    if (hasWal || ((errcodeOf(error) ?? 0) & 0xff) !== CANNOT_OPEN) throw error;
    return open(immutable(path));
  }
}

function errcodeOf(error: unknown): number | null {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'errcode') : null;
  return typeof code === 'number' ? code : null;
}

async function copy(source: DatabaseSync, target: string): Promise<void> {
  // A reader's transaction is one moment for the whole copy, and in WAL mode in nobody's way.
  const hold = (): void => {
    source.exec('BEGIN');
    text(source, 'SELECT count(*) AS n FROM sqlite_schema', 'n');
  };
  const wal = text(source, 'PRAGMA journal_mode', 'journal_mode') === 'wal';
  if (wal) hold();
  let holds = wal;
  let remaining = Number.POSITIVE_INFINITY;
  let restarts = 0;
  await backup(source, target, {
    rate: PAGES_PER_STEP,
    progress: ({ totalPages, remainingPages }) => {
      if (remainingPages > remaining) restarts += 1;
      remaining = remainingPages;
      if (restarts > RESTARTS && !holds) {
        holds = true;
        hold();
      }
      say({ type: 'progress', total: totalPages, remaining: remainingPages });
    },
  });
  if (holds) source.exec('COMMIT');
}

/** What SQLite finds wrong, or nothing. Some faults end the check itself. */
function integrity(database: DatabaseSync): string[] {
  try {
    const rows: unknown[] = database.prepare(`PRAGMA integrity_check(${SHOWN_PROBLEMS})`).all();
    return rows
      .map((row) => (typeof row === 'object' && row !== null ? String(Reflect.get(row, 'integrity_check')) : ''))
      .filter((line) => line !== 'ok');
  } catch (error) {
    if (((errcodeOf(error) ?? 0) & 0xff) !== CORRUPT) throw error;
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Rows of all tables that have some of their own: virtual ones may run anything. */
function countRows(database: DatabaseSync): number | null {
  try {
    const tables: unknown[] = database
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
      )
      .all();
    return tables
      .map((row) => (typeof row === 'object' && row !== null ? String(Reflect.get(row, 'name')) : ''))
      .reduce(
        (sum, name) => sum + Number(text(database, `SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`, 'n')),
        0,
      );
  } catch {
    return null;
  }
}

interface Checked {
  version: string;
  encoding: string;
  problems: string[];
  tables: number;
  rows: number | null;
}

function check(path: string): Checked {
  const database = new DatabaseSync(immutable(path), { readOnly: true });
  try {
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
    return {
      version: text(database, 'SELECT sqlite_version() AS version', 'version'),
      encoding: text(database, 'PRAGMA encoding', 'encoding'),
      tables: Number(text(database, "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'", 'n')),
      problems: integrity(database),
      rows: countRows(database),
    };
  } finally {
    database.close();
  }
}

async function main(source: string, target: string, hasWal: boolean, identity: string): Promise<void> {
  const database = openSource(source, hasWal);
  try {
    if (!hasOpen(identity)) throw new Error('it was replaced while it was opened');
    await copy(database, target);
  } finally {
    database.close();
  }
  say({ type: 'done', ...check(target) });
}

const [source = '', target = '', wal = '', identity = ''] = process.argv.slice(2);
try {
  await main(source, target, wal === 'wal', identity);
} catch (error) {
  say({ type: 'failed', errcode: errcodeOf(error), message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
