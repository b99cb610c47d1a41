import { dirname, join } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { RestorePreview, RestoreStageContext, RollBackEnd, StageOutcome } from '../../../engine/ports/index.js';
import {
  FileRestore,
  finishFileRestores,
  rollBackFileRestores,
  type StageSummary,
} from '../../../engine/snapshot/restore/index.js';
import type { MySqlRestore } from '../db-restore/index.js';
import { isCore } from '../discovery/layout.js';
import type { Maintenance } from '../maintenance/maintenance.js';
import { wordPressSettings } from '../settings.js';
import { pointConfigAt } from './config-rewrite.js';
import { adminCredentials, databaseTarget, type DatabaseTarget } from './database-target.js';
import { databaseBytes, databaseMembers } from './database-members.js';
import { previewWordPress } from './restore-preview.js';
import { keptPaths, planRestore, sqliteCompanions, type RestorePlan } from './restore-plan.js';
import { mysqlRestoreOf, readState, writeState } from './restore-state.js';

export const RESTORE_STAGES = ['check', 'stage_files', 'load_db', 'activate', 'finish'] as const;

/** One running restore. A restore does not go on after a crash (it is rolled back), so this lives in memory only. */
interface Session {
  plan: RestorePlan;
  files: FileRestore | null;
  config: FileRestore | null;
  sqlite: FileRestore | null;
  mysql: MySqlRestore | null;
}

/**
 * Restores a WordPress site: everything is staged and checked beside the live site first, then swapped in, and the old
 * state is removed last. Until `finish` begins, `rollBack` brings the old site back; from then on it completes.
 */
export class WordPressRestore {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly maintenance: Maintenance) {}

  preview(context: RestoreStageContext): Promise<RestorePreview> {
    return previewWordPress(context);
  }

  run(stage: string, context: RestoreStageContext): Promise<StageOutcome> {
    switch (stage) {
      case 'check':
        return this.check(context);
      case 'stage_files':
        return this.stageFiles(context);
      case 'load_db':
        return this.loadDatabase(context);
      case 'activate':
        return this.activate(context);
      case 'finish':
        return this.finish(context);
      default:
        throw new Error(`a WordPress restore has no stage "${stage}"`);
    }
  }

  async rollBack(context: Omit<RestoreStageContext, 'source'>): Promise<RollBackEnd> {
    try {
      return await this.takeBack(context);
    } finally {
      this.sessions.delete(context.jobId);
      // The old tree may have come back with the file in it; what can't be taken back is for a person, and may take long.
      await this.maintenance.end(context);
    }
  }

  private async takeBack(context: Omit<RestoreStageContext, 'source'>): Promise<RollBackEnd> {
    const state = await readState(context);
    const mysql = mysqlRestoreOf(context, state, adminCredentials(context.request));
    if (state.finishing) {
      await mysql?.commit();
      await finishFileRestores(context.workDir);
    } else {
      await rollBackFileRestores(context.workDir);
      await mysql?.rollBack();
    }
    return state.finishing ? 'finished' : 'taken-back';
  }

  private async check(context: RestoreStageContext): Promise<StageOutcome> {
    const plan = await planRestore(context);
    this.sessions.set(context.jobId, { plan, files: null, config: null, sqlite: null, mysql: null });
    if (plan.leftOut.length > 0) {
      context.journal.warn({
        code: 'EXTERNAL_NOT_RESTORED',
        message: `Files outside the site's folder are in the backup but are not put back: ${plan.leftOut.join(', ')}. Download them from the backup (external/…) if they are missing.`,
        context: { files: plan.leftOut },
      });
    }
    const parts = [plan.files ? 'files' : null, plan.mysql || plan.sqlite !== null ? 'database' : null];
    return {
      message: `Restores ${parts.filter(Boolean).join(' and ')} of ${context.source.header.site.name} to ${plan.root}.`,
      details: { backupId: context.source.backupId, target: plan.root, paths: plan.paths },
    };
  }

  private async stageFiles(context: RestoreStageContext): Promise<StageOutcome> {
    const session = this.session(context);
    const { plan } = session;
    if (!plan.files) return { message: 'No files are restored.', skipped: true };
    const options = { signal: context.signal, onProgress: progressOf(context) };
    session.files = await FileRestore.prepare({
      ...fileOptions(context, plan),
      paths: plan.paths,
      extraFiles: context.request.extraFiles,
      keep: keptPaths(context, plan),
      delta: context.request.delta === true,
      edited: plan.facts.configFile === null ? [] : [plan.facts.configFile],
    });
    const { files } = session;
    const summary = await context.resources.use('io', () => files.stage(context.source, options), {
      signal: context.signal,
    });
    if (plan.configAbove) {
      const above = dirname(plan.facts.root);
      session.config = await FileRestore.prepare({
        ...fileOptions(context, plan),
        target: dirname(plan.root),
        prefix: `external${above}`,
        label: 'config',
        paths: ['wp-config.php'],
        extraFiles: 'keep',
      });
      await session.config.stage(context.source, options);
    }
    return stagedOutcome(summary);
  }

  private async loadDatabase(context: RestoreStageContext): Promise<StageOutcome> {
    const session = this.session(context);
    const { plan, files } = session;
    if (!plan.mysql) return { message: 'No dump is loaded.', skipped: true };
    const target = await databaseTarget(context, plan, files?.stagedTree ?? null);
    const state = {
      sealedTarget: context.sealer.seal(JSON.stringify(target.credentials)),
      tablePrefix: target.tablePrefix,
      keepTables: plan.facts.excludeTables,
      finishing: false,
    };
    await writeState(context, state);
    session.mysql = mysqlRestoreOf(context, state, adminCredentials(context.request));
    const { database } = context.source.header;
    if (session.mysql === null || database === null) throw new Error('the manifest has no database');
    const { mysql } = session;
    const total = await databaseBytes(context.source);
    const loaded = await context.resources.use(
      'io',
      () => mysql.load(database, databaseMembers(context.source, context.signal), total),
      { signal: context.signal },
    );
    if (target.isOther) await this.pointConfig(context, session, target);
    return {
      message: `${loaded.tables} tables were loaded beside the live ones.`,
      details: { ...loaded, database: target.credentials.database },
    };
  }

  /** A site restored with another database must not go on using the old one. */
  private async pointConfig(context: RestoreStageContext, session: Session, target: DatabaseTarget): Promise<void> {
    const { files, plan } = session;
    if (files === null || plan.paths.length > 0) return;
    const missing = await pointConfigAt(files.stagedTree, plan.facts.configFile, target);
    if (missing.length === 0) {
      context.journal.note(`${plan.facts.configFile ?? 'wp-config.php'} was changed to use the target database.`);
      return;
    }
    context.journal.warn({
      code: 'CONFIG_NOT_CHANGED',
      message: `The restored configuration still names the old database; set ${missing.join(', ')} there before the copy is used.`,
      context: { settings: missing },
    });
  }

  private async activate(context: RestoreStageContext): Promise<StageOutcome> {
    const session = this.session(context);
    const { plan } = session;
    const excludes = context.source.header.excludes.map((one) => one.pattern);
    await this.beginMaintenance(context, plan);
    const database = await session.mysql?.activate();
    await session.files?.activate(excludes);
    await session.config?.activate([]);
    if (plan.sqlite !== null) {
      session.sqlite = await FileRestore.prepare({
        ...fileOptions(context, plan),
        prefix: 'database/sqlite',
        label: 'sqlite',
        paths: [plan.sqlite],
        remove: sqliteCompanions(plan.sqlite),
        extraFiles: 'keep',
      });
      await session.sqlite.stage(context.source, { signal: context.signal });
      await session.sqlite.activate([]);
    }
    if (database !== undefined && database.extra.length > 0) {
      context.journal.note(
        `Tables made after the backup went out of use: ${database.extra.join(', ')}. A dump of them is in ${database.safetyDump ?? context.safetyDir}.`,
      );
    }
    await this.maintenance.end(context);
    return { message: 'The restored state is in place.', details: { ...database } };
  }

  /** While the state is swapped, when the site is set to it. What fails is taken back, and with it this. */
  private async beginMaintenance(context: RestoreStageContext, { root, facts }: RestorePlan): Promise<void> {
    const core = join(root, facts.abspath ?? '');
    if (wordPressSettings(context.site.settings).maintenance === 'off' || !isCore(core)) return;
    await this.maintenance.begin(context, core);
  }

  private async finish(context: RestoreStageContext): Promise<StageOutcome> {
    const session = this.session(context);
    await writeState(context, { ...(await readState(context)), finishing: true });
    await session.mysql?.commit();
    for (const restore of [session.sqlite, session.config, session.files]) {
      try {
        await restore?.commit();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // The restored site is live; what can't be removed of the old one is no reason to call it failed.
        context.journal.warn({
          code: 'OLD_STATE_LEFT',
          message:
            `The site is restored, but its old state could not be removed: ${error.message} ${error.hint ?? ''}`.trim(),
        });
      }
    }
    this.sessions.delete(context.jobId);
    return { message: 'The old state was removed.' };
  }

  private session(context: RestoreStageContext): Session {
    const session = this.sessions.get(context.jobId);
    if (session !== undefined) return session;
    throw new AppError({
      code: 'RESTORE_INTERRUPTED',
      kind: 'internal',
      message: 'The restore was interrupted.',
      hint: 'Start it again; the site is as it was before.',
      retry: 'never',
    });
  }
}

function stagedOutcome({ entries, bytes, reuse }: StageSummary): StageOutcome {
  if (reuse === undefined) {
    return { message: `${entries} entries were written beside the site and checked.`, details: { entries, bytes } };
  }
  const { linked, copied, fetched } = reuse;
  const kept = { files: linked.files + copied.files, bytes: linked.bytes + copied.bytes };
  return {
    message: `${entries} entries are beside the site: ${fetched.files} files (${fetched.bytes} bytes) were fetched and checked, ${kept.files} files (${kept.bytes} bytes) were on disk already.`,
    details: { entries, bytes: fetched.bytes, linked, copied, fetched },
  };
}

type FileOptions = Parameters<typeof FileRestore.prepare>[0];

function fileOptions(context: RestoreStageContext, plan: RestorePlan): Omit<FileOptions, 'extraFiles'> {
  return {
    jobId: context.jobId,
    workDir: context.workDir,
    target: plan.root,
    allowedRoots: [dirname(plan.root)],
    onWarning: (warning) => context.journal.warn(warning),
  };
}

function progressOf(context: RestoreStageContext) {
  return (progress: { bytesDone: number; itemsDone: number; current: string }): void => {
    context.journal.progress(progress);
  };
}
