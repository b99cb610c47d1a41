import { join } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { BackupStageContext, StageOutcome } from '../../../engine/ports/index.js';
import { KnownChunks } from '../../../engine/snapshot/known-content/index.js';
import { nextBundleId, type ManifestDatabaseInfo } from '../../../engine/snapshot/manifest/index.js';
import { openDatabaseSink, readDatabaseFacts, type DatabaseSink } from '../../../engine/snapshot/pack/index.js';
import type { WarningList } from '../../../engine/snapshot/work/index.js';
import { dumpMySql } from '../dump/index.js';
import { wordPressSettings } from '../settings.js';
import { dumpSqlite } from '../sqlite/index.js';
import type { SiteDatabase, WordPressInstall } from '../types.js';
import { inspectSite } from './inspect-site.js';
import { WarningCollector } from './warning-collector.js';

export const BACKUP_DB = 'backup_db';

/** What the stage leaves for the manifest. */
export interface DatabaseCheckpoint {
  database: ManifestDatabaseInfo | null;
  warnings: WarningList;
  /** In all tables; null without a database, or where nobody counted. */
  rows: number | null;
}

/** Dumps the site's database into frames in the work folder. Starts anew when called again. */
export async function backupDatabase(context: BackupStageContext): Promise<StageOutcome> {
  const settings = wordPressSettings(context.site.settings);
  if (!settings.database) {
    await context.checkpoints.set(BACKUP_DB, {
      database: null,
      rows: null,
      warnings: { warnings: [], moreWarnings: 0 },
    });
    return { message: 'The site is set to be backed up without its database.', skipped: true };
  }
  const install = await inspectSite(context.site);
  const database = databaseOf(install);
  const journal = new WarningCollector(context.journal);
  for (const message of install.warnings) journal.note(message);
  const { summary, rows } = await context.resources.use(
    'io',
    () => dump(context, install, database, journal, settings.compressionLevel, settings.excludeTables),
    { signal: context.signal },
  );
  const checkpoint: DatabaseCheckpoint = { database: summary, rows, warnings: journal.list() };
  await context.checkpoints.set(BACKUP_DB, checkpoint);
  const facts = await readDatabaseFacts(context.workDir);
  return {
    message:
      summary.engine === 'sqlite'
        ? 'The SQLite database was copied in one consistent state.'
        : `${summary.tables} tables of "${summary.name}" were dumped with ${summary.client}.`,
    details: {
      engine: summary.engine,
      version: summary.version,
      tables: summary.tables,
      rows,
      bytes: facts?.bytes ?? 0,
    },
  };
}

/** Whether the dump of an earlier attempt is there and whole. */
export async function isDatabaseDumped(context: BackupStageContext): Promise<boolean> {
  const checkpoint = await context.checkpoints.get<DatabaseCheckpoint>(BACKUP_DB);
  if (checkpoint === null) return false;
  return checkpoint.database === null || (await readDatabaseFacts(context.workDir)) !== null;
}

async function dump(
  context: BackupStageContext,
  install: WordPressInstall,
  database: SiteDatabase,
  journal: WarningCollector,
  level: number,
  excludeTables: readonly string[],
): Promise<{ summary: ManifestDatabaseInfo; rows: number | null }> {
  const { workDir, signal } = context;
  let sink: DatabaseSink | null = null;
  const parent = await context.parent();
  const known = parent === null ? null : await KnownChunks.open(parent, join(workDir, 'database.known'));
  const openSink = async (): Promise<DatabaseSink> => {
    await sink?.abort();
    sink = await openDatabaseSink({ workDir, level, bundle: nextBundleId(parent), known });
    return sink;
  };
  try {
    if (database.engine === 'sqlite') {
      const target = await openSink();
      const { summary, rows } = await dumpSqlite({
        database,
        siteRoot: install.root,
        sink: target,
        workDir,
        signal,
        journal,
      });
      await target.finish();
      return { summary, rows };
    }
    const result = await dumpMySql({ database, openSink, scope: { excludeTables }, workDir, signal, journal });
    await currentOf(sink).finish();
    return { summary: result.summary, rows: result.rows };
  } catch (error) {
    await currentOf(sink, true)?.abort();
    throw error;
  } finally {
    await known?.close();
  }
}

function currentOf(sink: DatabaseSink | null): DatabaseSink;
function currentOf(sink: DatabaseSink | null, optional: true): DatabaseSink | null;
function currentOf(sink: DatabaseSink | null, optional = false): DatabaseSink | null {
  if (sink === null && !optional) throw new Error('the dump ended without a sink');
  return sink;
}

function databaseOf(install: WordPressInstall): SiteDatabase {
  if (install.database !== null) return install.database;
  throw new AppError({
    code: 'DATABASE_UNKNOWN',
    kind: 'source',
    message: `The configuration does not say which database the site uses: ${install.unknown.join('; ') || 'no settings found'}.`,
    hint: 'Give the missing values as overrides of the site (DB_NAME, DB_USER, DB_PASSWORD, DB_HOST, table_prefix, or env.NAME), or set "database" to false.',
    retry: 'never',
    context: { configFile: install.configFile },
  });
}
