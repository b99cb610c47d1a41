import { setTimeout as delay } from 'node:timers/promises';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import type { DatabaseSummary, JobJournal, MemberSink } from '../../../engine/ports/index.js';
import { rememberChild } from '../../../engine/runner/index.js';
import {
  connect,
  describeTarget,
  findClients,
  resolveEndpoint,
  withOptionFile,
  type MySqlClients,
} from '../mysql/index.js';
import type { SiteDatabase } from '../types.js';
import { findSuspects, type SuspectTable } from './changes.js';
import { dumpArguments, ignoreOptions } from './client-flags.js';
import { changedMeanwhile, dumpFailed, dumpIncomplete, dumpKeptChanging } from './dump-errors.js';
import { DumpParser } from './dump-parser.js';
import { DumpWriter } from './dump-writer.js';
import { pieceSizes } from './row-cutter.js';
import { runDumpClient, type RunningClient } from './run-dump-client.js';
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
  /** About how long a piece of a table's rows is. Default 16 KiB. */
  pieceBytes?: number;
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
/** Smaller: fewer bytes are new when rows change; larger: fewer pieces to list and to load. */
const PIECE_BYTES = 16 * 1024;
/** Tables that may be created between the survey and the dump. */
const SPARE_OBJECTS = 1_000;

/**
 * Dumps a site's database with mariadb-dump or mysqldump into members that load in order into an equal database.
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

interface OneDump {
  summary: DatabaseSummary;
  bytes: number;
  rows: number;
  suspects: SuspectTable[];
  /** Why the client stopped, when a changed table was the reason. */
  error: AppError | null;
}

async function dumpOnce(
  options: DumpMySqlOptions,
  survey: Survey,
  sink: MemberSink,
  progress: DumpProgress,
): Promise<OneDump> {
  const { credentials } = options.database;
  const program = survey.client.path.split('/').at(-1) ?? survey.client.path;
  const writer = new DumpWriter({
    workDir: options.workDir,
    database: credentials.database,
    objects: survey.all.size + SPARE_OBJECTS,
    takes: (name) => survey.scope.takes(name),
    pieces: pieceSizes(options.pieceBytes ?? PIECE_BYTES),
    history: survey.plan.history,
  });
  const takenAt = new Date();
  let bytes = 0;
  try {
    const outcome = await withOptionFile(
      credentials,
      options.workDir,
      async (file) => {
        const client = runDumpClient({
          program: survey.client.path,
          args: dumpArguments(survey.client, survey.server, survey.plan, file.argument),
          fd: file.fd,
          env: file.env,
          secrets: [credentials.password],
        });
        // Not awaited before its output is read: whatever comes of it, the client is ended there.
        const remembered = client.pid === undefined ? null : rememberChild(options.workDir, client.pid);
        remembered?.catch(() => undefined);
        const consumed = await consume(client, writer, sink, options.signal, (done) => {
          bytes = done;
          progress.report(bytes, survey.bytes, writer.tables.size, survey.tables.length, writer.current);
        });
        await (
          await remembered
        )?.();
        return consumed;
      },
      ignoreOptions(survey.plan),
    );
    const { end } = outcome;
    if (end.code !== 0) {
      const target = describeTarget(credentials, resolveEndpoint(credentials));
      const error = dumpFailed(end, program, target);
      if (!changedMeanwhile(end)) throw error;
      const suspects: SuspectTable[] = [{ name: tableIn(end.complaint), why: 'altered', changed: true }];
      return { summary: summaryOf(options, survey, writer, takenAt), bytes, rows: 0, suspects, error };
    }
    if (!outcome.whole) {
      const reason = `the output of ${program} ends without its end mark, though it reported success`;
      throw dumpIncomplete(program, credentials.database, bytes, reason);
    }
    await using session = await connect(credentials, { signal: options.signal });
    const suspects = await findSuspects(session, survey, writer);
    checkAllThere(suspects, survey, program, bytes);
    let rows = 0;
    for (const table of writer.tables.values()) rows += table.rows;
    return { summary: summaryOf(options, survey, writer, takenAt), bytes: sink.bytes, rows, suspects, error: null };
  } finally {
    writer.discard();
  }
}

/** Reads the client's output to its end; the client has ended when this returns or throws. */
async function consume(
  client: RunningClient,
  writer: DumpWriter,
  sink: MemberSink,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<{ end: Awaited<RunningClient['ended']>; whole: boolean }> {
  const parser = new DumpParser(writer);
  const onAbort = (): void => void client.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  let bytes = 0;
  try {
    throwIfAborted(signal);
    for await (const chunk of client.chunks()) {
      parser.push(chunk);
      bytes += chunk.length;
      await deliver(writer, sink);
      onBytes(bytes);
    }
    const end = await client.ended;
    throwIfAborted(signal);
    const whole = end.code === 0 && parser.end() && writer.sawEnd;
    if (whole) {
      writer.finish();
      await deliver(writer, sink);
    }
    return { end, whole };
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.stop();
  }
}

async function deliver(writer: DumpWriter, sink: MemberSink): Promise<void> {
  for (let piece = writer.ready.shift(); piece; piece = writer.ready.shift()) {
    const { path, part, table, rows, body } = piece;
    try {
      // oxlint-disable-next-line no-await-in-loop -- members go into the sink in order
      await sink.add(
        {
          path,
          part,
          size: body.size,
          ...(table === undefined ? {} : { table }),
          ...(rows === undefined ? {} : { rows }),
        },
        body.content,
      );
    } finally {
      body.dispose();
    }
  }
}

function tableIn(complaint: string): string {
  return /table [`']([^`']+)[`']/i.exec(complaint)?.[1] ?? 'a table';
}

/** A table that was there all the time and is not in the dump is no matter of chance. */
function checkAllThere(suspects: readonly SuspectTable[], survey: Survey, program: string, bytes: number): void {
  const missing = suspects.filter((table) => table.why === 'missing' && !table.changed).map((table) => table.name);
  if (missing.length === 0) return;
  throw dumpIncomplete(program, survey.plan.database, bytes, `it lacks ${missing.slice(0, 20).join(', ')}`);
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

function summaryOf(options: DumpMySqlOptions, survey: Survey, writer: DumpWriter, takenAt: Date): DatabaseSummary {
  return {
    engine: survey.server.vendor,
    version: survey.server.version,
    client: survey.client.version,
    name: options.database.credentials.database,
    charset: survey.server.charset,
    collation: survey.server.collation,
    tablePrefix: options.database.tablePrefix,
    dumpCharset: 'utf8mb4',
    tables: writer.tables.size,
    takenAt: takenAt.toISOString(),
  };
}

/** Progress that never goes back, also when a dump is made again. */
class DumpProgress {
  private bytes = 0;

  constructor(private readonly journal: JobJournal) {}

  report(bytes: number, estimate: number, tables: number, allTables: number, current: string | null): void {
    this.bytes = Math.max(this.bytes, bytes);
    this.journal.progress({
      bytesDone: this.bytes,
      bytesTotal: Math.max(estimate, this.bytes),
      itemsDone: Math.max(0, tables - 1),
      itemsTotal: Math.max(allTables, tables),
      ...(current === null ? {} : { current }),
    });
  }

  finish(tables: number): void {
    this.journal.progress({ bytesDone: this.bytes, bytesTotal: this.bytes, itemsDone: tables, itemsTotal: tables });
  }
}
