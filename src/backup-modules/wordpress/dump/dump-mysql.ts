import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../../../common/errors/index.js';
import type { DatabaseSummary, JobJournal, MemberSink } from '../../../engine/ports/index.js';
import { findClients, type MySqlClients } from '../mysql/index.js';
import type { SiteDatabase } from '../types.js';
import type { SuspectTable } from './changes.js';
import { dumpKeptChanging } from './dump-errors.js';
import { dumpOnce } from './dump-once.js';
import { DumpProgress } from './dump-progress.js';
import type { DumpScope } from './scope.js';
import { surveyDatabase, type Survey } from './survey.js';

export interface DumpMySqlOptions {
  database: Extract<SiteDatabase, { engine: 'mysql' }>;
  /**
   * Gives an empty sink for each try. A dump in which a table changed is made again, up to three times; what earlier
   * tries put into their sinks is to be thrown away.
   */
  openSink: (attempt: number) => Promise<MemberSink>;
  /** Default: all tables of the prefix, the whole database when no other site shares it. */
  scope?: Partial<DumpScope>;
  /** For rows too large for memory, and for a moment the (unnamed) option file. */
  workDir: string;
  signal: AbortSignal;
  journal: JobJournal;
  /** Default: what is on PATH. */
  clients?: MySqlClients;
  /** About how long a piece of a table's rows is. Default 8 KiB. */
  pieceBytes?: number;
  /** Let the dump program read the rows too. Default: only where we cannot (encrypted connections, history, odd character sets). */
  rowsByClient?: boolean;
}

export interface DumpResult {
  summary: DatabaseSummary;
  /** The sink of the try that counts. */
  sink: MemberSink;
  /** Bytes of SQL in it. */
  bytes: number;
  rows: number;
  attempts: number;
}

const ATTEMPTS = 3;

/**
 * Dumps a site's database into members that load in order into an equal database: definitions by mariadb-dump or mysqldump, rows
 * read over the protocol, which takes a third of the client's time.
 * Streams in bounded memory. Warnings go to the journal. Throws DUMP_CLIENT_MISSING, DUMP_FAILED, DUMP_INCOMPLETE,
 * DUMP_UNREADABLE, DATABASE_* or JOB_CANCELLED; then the sink's content must not be used.
 */
export async function dumpMySql(options: DumpMySqlOptions): Promise<DumpResult> {
  const clients = options.clients ?? (await findClients());
  const scope: DumpScope = { prefix: options.database.tablePrefix, ...options.scope };
  const progress = new DumpProgress(options.journal);
  for (let attempt = 1; ; attempt += 1) {
    throwIfAborted(options.signal);
    // oxlint-disable no-await-in-loop -- a try begins when the last one has failed
    const survey = await surveyDatabase(options.database.credentials, scope, clients, options.signal);
    // The client reads rows right after their definition: the best chance with a table that does not rest.
    if (options.rowsByClient === true || attempt === ATTEMPTS) survey.plan.withoutRows = false;
    const sink = await options.openSink(attempt);
    const result = await dumpOnce(options, survey, sink, progress);
    const isLast = attempt === ATTEMPTS;
    if (result.suspects.length === 0 || (isLast && result.error === null)) {
      report(options, survey, result.suspects);
      progress.finish(result.summary.tables);
      return { summary: result.summary, sink, bytes: result.bytes, rows: result.rows, attempts: attempt };
    }
    const names = result.suspects.map((table) => table.name).join(', ');
    if (isLast && result.error) throw dumpKeptChanging(names, ATTEMPTS, result.error);
    options.journal.note(`The dump is made again: ${names} changed while it was read.`, { attempt });
    await delay(1_000, undefined, { signal: options.signal }).catch(() => undefined);
    // oxlint-enable no-await-in-loop
  }
}

function report(options: DumpMySqlOptions, survey: Survey, suspects: readonly SuspectTable[]): void {
  for (const note of survey.notes) options.journal.note(note);
  for (const warning of survey.warnings) options.journal.warn(warning);
  if (suspects.length === 0) return;
  const names = suspects.map((table) => table.name);
  options.journal.warn({
    code: 'TABLE_CHANGED',
    message: `The definition of these tables changed during each of ${ATTEMPTS} dumps; their rows in this backup may be incomplete: ${names.slice(0, 20).join(', ')}. Run the backup again when the update is over.`,
    context: { tables: names.slice(0, 100) },
  });
}
