import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { throwIfAborted } from '../../../common/errors/index.js';
import type { DatabaseSummary, JobJournal, MemberSink } from '../../../engine/ports/index.js';
import { requireSpace } from '../../../engine/snapshot/work/index.js';
import type { SiteDatabase } from '../types.js';
import { locateSqlite, type SqliteLocation } from './locate.js';
import { runCopy, type SqliteCopy } from './run-copy.js';

export interface DumpSqliteOptions {
  database: Extract<SiteDatabase, { engine: 'sqlite' }>;
  /** Root of what is backed up. */
  siteRoot: string;
  sink: MemberSink;
  /** Holds the copy while it is packed. */
  workDir: string;
  signal: AbortSignal;
  journal: JobJournal;
}

const MIB = 1024 * 1024;

/**
 * Copies a SQLite database as of one moment, while the site writes to it, and adds the copy as one member. The source
 * is opened read-only. The copy is checked; a fault is a warning, for a damaged database is still better saved than
 * not. `rows`: in all tables, null where they can't be counted. Throws SQLITE_UNREADABLE, SQLITE_BUSY, DISK_FULL or JOB_CANCELLED.
 */
export async function dumpSqlite(
  options: DumpSqliteOptions,
): Promise<{ summary: DatabaseSummary; rows: number | null }> {
  const { database, siteRoot, sink, workDir, signal, journal } = options;
  const location = await locateSqlite(database.file, siteRoot);
  await requireSpace(workDir, location.size + 16 * MIB);
  const target = join(workDir, `sqlite-${randomUUID()}`);
  const takenAt = new Date();
  try {
    const current = basename(location.path);
    const copy = await runCopy({
      source: location.path,
      target,
      identity: location.identity,
      hasWal: location.hasWal,
      workDir,
      signal,
      onProgress: (done, total) => {
        const bytes = total === 0 ? 0 : Math.round((location.size * done) / total);
        journal.progress({ bytesDone: bytes, bytesTotal: location.size, current });
      },
    });
    const { size } = await stat(target);
    throwIfAborted(signal);
    await sink.add(
      { path: location.member, part: 'sqlite', size, attributes: location.attributes },
      createReadStream(target, { highWaterMark: MIB }),
    );
    journal.progress({ bytesDone: size, bytesTotal: size, itemsDone: 1, itemsTotal: 1 });
    report(journal, location, copy);
    const summary: DatabaseSummary = {
      engine: 'sqlite',
      version: copy.version,
      client: null,
      name: current,
      charset: copy.encoding,
      collation: null,
      tablePrefix: database.tablePrefix,
      dumpCharset: null,
      file: location.shownPath,
      tables: copy.tables,
      takenAt: takenAt.toISOString(),
    };
    return { summary, rows: copy.rows };
  } finally {
    await Promise.all(['', '-journal', '-wal', '-shm'].map((end) => rm(`${target}${end}`, { force: true })));
  }
}

function report(journal: JobJournal, location: SqliteLocation, copy: SqliteCopy): void {
  const file = location.shownPath;
  if (copy.tables === 0) {
    journal.warn({
      code: 'DATABASE_EMPTY',
      message: `The database ${file} has no tables. The backup holds an empty database.`,
      context: { file },
    });
  }
  if (copy.problems.length > 0) {
    journal.warn({
      code: 'SQLITE_DAMAGED',
      message: `SQLite finds faults in ${file}; it is saved as it is: ${copy.problems.slice(0, 3).join('; ')}. Save its rows with: sqlite3 FILE .recover.`,
      context: { file, problems: copy.problems },
    });
  }
  if (location.place === 'inside') return;
  const message = `The database ${file} lies outside the site's folder. It is saved as ${location.member}; a restore does not put it back by itself.`;
  if (location.place === 'outside') journal.note(message, { file });
  else
    journal.warn({
      code: 'SQLITE_OUTSIDE_ROOT',
      message: `A link leads out of the site: ${message}`,
      context: { file },
    });
}
