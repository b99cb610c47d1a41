import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../../common/errors/index.js';
import { D1Client } from './d1/d1-client.js';
import { D1Timings } from './d1/d1-timings.js';
import { KnownRows } from './known-rows.js';
import { LocalRows, type TableBalance } from './local-rows.js';
import { confirmLosses, losses, refuseToEmpty } from './mirror-guard.js';
import { MirrorSettings, targetTag, type MirrorConfig } from './mirror-settings.js';
import { mirroredTables, type MirroredTable } from './mirrored-tables.js';
import { RemoteMirror } from './remote-mirror.js';
import { RowBatch } from './row-batch.js';
import { type SqlSession, SqlSessions } from './sql-session.js';

/** SQLSTATE of a statement that took longer than it may. */
const QUERY_CANCELLED = '57014';

export interface SyncOptions {
  /** The mirror may be emptied: a person said so. */
  force: boolean;
  /** Count the rows in D1 too, and learn anew what is there where that differs. */
  audit: boolean;
  signal: AbortSignal;
}

/** What a run has done so far; kept up to date while it runs, so that a failed one tells too. */
export interface SyncTally {
  sent: number;
  deleted: number;
  /** Too large for D1: left out. */
  tooLarge: { rows: number; example: string };
}

/** One run's parts. */
interface Run {
  /** Holds the mirror's lock; for the notes. */
  held: SqlSession;
  remote: RemoteMirror;
  known: KnownRows;
  tally: SyncTally;
  options: SyncOptions;
}

/**
 * Brings D1 up to date with the catalogue. Rows are read in one repeatable-read snapshot and noted as mirrored only when D1 has
 * confirmed them: a run that is cut off anywhere is simply followed by another. Deletes go last, after all of the catalogue was
 * read without an error.
 */
@Injectable()
export class MirrorSync {
  constructor(
    private readonly sessions: SqlSessions,
    private readonly settings: MirrorSettings,
    private readonly timings: D1Timings,
  ) {}

  /** The session holds the mirror's lock. Errors: those of D1, MIRROR_WOULD_EMPTY, MIRROR_READ_DOUBTFUL. */
  async run(held: SqlSession, config: MirrorConfig, options: SyncOptions, tally: SyncTally): Promise<void> {
    const client = new D1Client(await this.settings.target(config), this.timings, options.signal);
    const run: Run = {
      held,
      remote: new RemoteMirror(client, config.serverId),
      known: new KnownRows(targetTag(config)),
      tally,
      options,
    };
    await run.remote.prepare();
    await this.learn(run);
    await this.snapshot(async (sql) => {
      const local = new LocalRows(sql, run.known);
      const balance = await local.balance();
      if (!options.force) {
        refuseToEmpty(balance, false);
        if (losses(balance).length > 0) confirmLosses(balance, await this.readAgain(run));
      }
      for (const table of mirroredTables) await this.sendChanged(run, local, table);
      // What refers to others goes first.
      for (const table of mirroredTables.toReversed()) await this.deleteGone(run, local, table);
    });
    await run.known.forgetOtherTargets(held);
  }

  /** Rows that are still to be sent or deleted; null when counting them takes too long. */
  async waiting(config: MirrorConfig): Promise<number | null> {
    try {
      return await this.snapshot(async (sql) => {
        await sql.rows(`set local statement_timeout to '5s'`);
        return new LocalRows(sql, new KnownRows(targetTag(config))).waiting();
      });
    } catch (error) {
      if (errnoOf(error) === QUERY_CANCELLED) return null;
      throw error;
    }
  }

  /**
   * Takes over what D1 has where nothing is known of it (a new set-up, a database brought back) or where an audit counts other
   * rows. All or nothing, and only when the catalogue then would not empty the mirror.
   */
  private async learn({ held, remote, known, options }: Run): Promise<void> {
    const counts = await known.counts(held);
    const isNew = [...counts.values()].every((rows) => rows === 0);
    if (!isNew && !options.audit) return;
    const states = await remote.states(mirroredTables.map(({ name }) => name));
    const differing = mirroredTables.filter(({ name }) => states.get(name)?.rows !== counts.get(name));
    if (differing.length === 0) return;
    await held.transaction('', async () => {
      for (const { name } of differing) {
        await known.forgetTable(held, name);
        for await (const page of remote.hashes(name)) await known.note(held, name, page, new Date());
      }
      if (!options.force) refuseToEmpty(await new LocalRows(held, known).balance(), isNew);
    });
  }

  private async readAgain({ known, options }: Run): Promise<TableBalance[]> {
    await sleep(this.timings.confirmMs, undefined, { signal: options.signal });
    return this.snapshot((sql) => new LocalRows(sql, known).balance());
  }

  private async sendChanged(run: Run, local: LocalRows, table: MirroredTable): Promise<void> {
    const { held, remote, known, tally } = run;
    const batch = new RowBatch(async (rows) => {
      const at = new Date();
      await remote.put(table.name, rows, at);
      await known.note(held, table.name, rows, at);
      tally.sent += rows.length;
    });
    for await (const rows of local.changed(table))
      for (const { rowId, data, hash } of rows) {
        if (data !== null) await batch.add({ rowId, data, hash });
        else if (tally.tooLarge.rows++ === 0) tally.tooLarge.example = `${table.name} ${rowId}`;
      }
    await batch.flush();
  }

  private async deleteGone(run: Run, local: LocalRows, table: MirroredTable): Promise<void> {
    const { held, remote, known, tally } = run;
    for await (const rows of local.gone(table)) {
      const rowIds = rows.map(({ rowId }) => rowId);
      await remote.remove(table.name, rowIds);
      await known.forget(held, table.name, rowIds);
      tally.deleted += rowIds.length;
    }
  }

  private snapshot<T>(work: (sql: SqlSession) => Promise<T>): Promise<T> {
    return this.sessions.open((sql) => sql.transaction('isolation level repeatable read read only', () => work(sql)));
  }
}
