import { AppError } from '../../../common/errors/index.js';
import type { ManifestDatabaseInfo, ManifestEntry } from '../../../engine/snapshot/manifest/types.js';
import { connect, type MySqlSession } from '../mysql/index.js';
import { ByteSession } from './byte-session.js';
import { fence, fenceOff } from './fence.js';
import { activateKeys, ensureKeys } from './foreign-keys.js';
import { LoadSessions } from './load-sessions.js';
import { LoadWarnings } from './load-warnings.js';
import { DumpLoader } from './loader.js';
import { ObjectsWriter, readObjects } from './objects-file.js';
import { changePrefixInRows } from './prefix.js';
import { previewDatabase, type DatabasePreview } from './preview.js';
import { provision, unprovision } from './provision.js';
import { removeSafetyDump, safetyDumpPath, writeSafetyDump } from './safety-dump.js';
import { StateFile } from './state.js';
import { ObjectActivation, restoreReplaced } from './stored-programs.js';
import { dropLeftovers, isSwapped, makePlan, swapBack, swapIn } from './swap.js';
import { TargetServer } from './target-server.js';
import type { ActivateResult, DatabaseMember, LoadResult, MySqlRestoreOptions } from './types.js';

/**
 * Restores the database of a site: `load` into scratch tables, `activate` by one atomic rename, `commit` (the point of
 * no return: the old tables go) or `rollBack`. Each step may be called again after a stop at any instant; the state is
 * in the work folder. After `rollBack` the database is as it was before `load` (or, from `commit` on, as restored), and
 * no scratch table, database or account is left.
 */
export class MySqlRestore {
  private readonly never = new AbortController().signal;

  constructor(private readonly options: MySqlRestoreOptions) {}

  /** What would change. Changes nothing. */
  preview(info: ManifestDatabaseInfo, entries: AsyncIterable<ManifestEntry>): Promise<DatabasePreview> {
    return previewDatabase(this.options, info, entries);
  }

  /**
   * Loads the dump into scratch tables of the target database, creating database and account where needed and allowed.
   * Begins anew when an earlier run did not finish; does nothing when it did. The live tables are not touched.
   */
  async load(
    info: ManifestDatabaseInfo,
    members: AsyncIterable<DatabaseMember>,
    bytesTotal: number | null = null,
  ): Promise<LoadResult> {
    const { options } = this;
    let state = await StateFile.open(options.workDir);
    if (state !== null && state.state.phase !== 'rolledBack') {
      const { phase, loadResult } = state.state;
      if (phase !== 'loading' && phase !== 'rollingBack' && loadResult !== null) return loadResult;
      await this.rollBack();
    }
    state = await StateFile.create(options.workDir, options.target.database);
    await provision(options, info, state);
    return this.withControl(state, options.signal, (session) => this.loadInto(session, info, members, bytesTotal));
  }

  /**
   * Puts the loaded tables in place of the live ones (one RENAME TABLE), then their foreign keys, routines, views,
   * triggers and events. Tables of this site made after the backup are dumped to the safety folder and put aside.
   * Throws DATABASE_BUSY when a table stays locked. Goes on where a stopped run was.
   */
  async activate(): Promise<ActivateResult> {
    const state = await this.started('activate');
    const { phase } = state.state;
    if (phase === 'activated' || phase === 'committing' || phase === 'committed') return resultOf(state, 0);
    if (phase !== 'loaded' && phase !== 'activating') throw outOfOrder('activate', phase);
    return this.withControl(state, this.options.signal, (session) => this.activateIn(session, state));
  }

  /** Drops what was replaced. From here on the restore is final; a roll-back only finishes this. */
  async commit(): Promise<void> {
    const state = await this.started('commit');
    const { phase } = state.state;
    if (phase === 'committed') return;
    if (phase !== 'activated' && phase !== 'committing') throw outOfOrder('commit', phase);
    await state.update({ phase: 'committing' });
    await this.withControl(state, this.never, async (session) => {
      await dropLeftovers(session, state, 'old');
      await dropLeftovers(session, state, 'scratch');
    });
    await state.removeObjects();
    await state.update({ phase: 'committed' });
  }

  /**
   * Undoes everything up to `commit`: tables, foreign keys, triggers, routines, events, a created database or account,
   * scratch tables, the safety dump. Also ends statements that a killed run left on the server. Ignores the signal.
   */
  async rollBack(): Promise<void> {
    const state = await StateFile.open(this.options.workDir);
    if (state === null) return;
    const { phase } = state.state;
    if (phase === 'rolledBack' || phase === 'committed') return;
    if (phase === 'committing') return this.commit();
    await state.update({ phase: 'rollingBack' });
    if (await this.isReachable(state)) {
      await this.withControl(state, this.never, (session) => this.rollBackIn(session, state));
    }
    await unprovision(this.options, state);
    await removeSafetyDump(state.state.safetyDump ?? safetyDumpPath(this.options));
    await state.removeObjects();
    await state.update({ phase: 'rolledBack' });
  }

  private async loadInto(
    session: MySqlSession,
    info: ManifestDatabaseInfo,
    members: AsyncIterable<DatabaseMember>,
    bytesTotal: number | null,
  ): Promise<LoadResult> {
    const { options } = this;
    const state = await this.started('load');
    const server = await TargetServer.read(session, options.journal);
    const alive = (): void => options.journal.alive?.();
    const common = { charset: info.dumpCharset, id: state.state.id, signal: options.signal, alive };
    await using bytes = await ByteSession.open(options.target, { ...common, role: 'bytes' });
    await using rows = await LoadSessions.open(options.target, common, new LoadWarnings(options.journal));
    const objects = await ObjectsWriter.create(state.objectsFile);
    const loader = new DumpLoader({
      info,
      tablePrefix: options.tablePrefix,
      database: options.target.database,
      bytes,
      rows,
      server,
      state,
      objects,
      journal: options.journal,
      signal: options.signal,
      bytesTotal,
    });
    try {
      await loader.load(members);
      await objects.sync();
    } finally {
      await objects.close();
    }
    const tables = [...loader.tables.values()];
    await changePrefixInRows(session, tables, info.tablePrefix, options.tablePrefix);
    const loadResult: LoadResult = {
      tables: tables.length,
      rows: loader.rows,
      bytes: loader.bytesDone,
      objects: objects.count,
      createdDatabase: state.state.createdDatabase,
      createdUser: state.state.createdUser !== null,
    };
    await state.update({ phase: 'loaded', loadResult });
    return loadResult;
  }

  private async activateIn(session: MySqlSession, state: StateFile): Promise<ActivateResult> {
    const { options } = this;
    const objects = await readObjects(state.objectsFile, {
      tables: new Map(state.state.renames.tables),
      database: state.state.renames.database,
    });
    const resumes = state.state.phase === 'activating' && (await isSwapped(session, state));
    if (!resumes) {
      const plan = await makePlan(session, state, objects, options.tablePrefix, options.keepTables ?? []);
      await state.update({ plan, phase: 'activating', safetyDump: null });
      const extra = plan.moves.filter((move) => move.extra).map((move) => move.from);
      if (extra.length > 0) {
        await state.update({ safetyDump: safetyDumpPath(options) });
        await writeSafetyDump(options, extra);
      }
      await swapIn(session, state);
    }
    const bytes = await ByteSession.open(options.target, {
      charset: null,
      id: state.state.id,
      role: 'bytes',
      signal: options.signal,
      alive: () => options.journal.alive?.(),
    });
    let count: number;
    try {
      const { plan, tables } = state.state;
      if (plan) await activateKeys(session, bytes, plan, tables);
      const server = await TargetServer.read(session, options.journal);
      count = await new ObjectActivation({
        bytes,
        state,
        journal: options.journal,
        currentUser: server.currentUser,
      }).run(objects);
    } finally {
      await bytes.close();
    }
    await state.update({ phase: 'activated' });
    return resultOf(state, count);
  }

  private async rollBackIn(session: MySqlSession, state: StateFile): Promise<void> {
    const { options } = this;
    await swapBack(session, state);
    const { plan, replaced, created, id } = state.state;
    if (plan) {
      await session.run('SET SESSION foreign_key_checks = 0');
      await ensureKeys(session, plan.outsideKeys);
    }
    await dropLeftovers(session, state, 'scratch');
    if (plan) await ensureKeys(session, plan.oldKeys);
    if ((plan?.oldTriggers.length ?? 0) + replaced.length + created.length === 0) return;
    const common = { charset: null, id, signal: this.never };
    const bytes = await ByteSession.open(options.target, { ...common, role: 'bytes' });
    const admin =
      options.admin === null
        ? null
        : await ByteSession.open({ ...options.admin, database: options.target.database }, { ...common, role: 'admin' });
    try {
      await restoreReplaced(bytes, admin, state, options.journal);
    } finally {
      await bytes.close();
      await admin?.close();
    }
  }

  /** False when the target never came to be: then there is nothing of ours in it. */
  private async isReachable(state: StateFile): Promise<boolean> {
    if (state.state.loadResult !== null || state.state.tables.length > 0) return true;
    try {
      const session = await connect(this.options.target);
      await session.close();
      return true;
    } catch (error) {
      const codes = ['DATABASE_NOT_FOUND', 'DATABASE_DENIED', 'DATABASE_LOGIN_REFUSED'];
      if (error instanceof AppError && codes.includes(error.code)) return false;
      throw error;
    }
  }

  private async withControl<T>(
    state: StateFile,
    signal: AbortSignal,
    work: (session: MySqlSession) => Promise<T>,
  ): Promise<T> {
    const session = await connect(this.options.target, { signal, alive: () => this.options.journal.alive?.() });
    try {
      // It idles while the other one loads; shared hosts close idle sessions after a minute.
      await session.run("SET SESSION wait_timeout = 28800, sql_mode = ''");
      await fence(session, state.state.id, 'control', signal);
      // A session of a killed run that loads or creates must have ended, too, before we look at what is there.
      await fenceOff(session, state.state.id, signal);
      return await work(session);
    } finally {
      await session.close();
    }
  }

  private async started(step: string): Promise<StateFile> {
    const state = await StateFile.open(this.options.workDir);
    if (state === null) throw outOfOrder(step, 'nothing loaded');
    return state;
  }
}

function resultOf(state: StateFile, objects: number): ActivateResult {
  const { plan, tables, safetyDump, loadResult } = state.state;
  const moves = plan?.moves ?? [];
  return {
    tables: tables.length,
    replaced: moves.filter((move) => !move.extra).length,
    extra: moves.filter((move) => move.extra).map((move) => move.from),
    safetyDump,
    objects: objects || (loadResult?.objects ?? 0),
  };
}

function outOfOrder(step: string, phase: string): AppError {
  return new AppError({
    code: 'RESTORE_OUT_OF_ORDER',
    kind: 'internal',
    message: `The database restore cannot ${step} now: ${phase}.`,
    hint: 'Start the restore again.',
    retry: 'never',
    context: { step, phase },
  });
}
