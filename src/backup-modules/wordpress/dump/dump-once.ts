import { type AppError, throwIfAborted } from '../../../common/errors/index.js';
import type { DatabaseSummary, MemberSink } from '../../../engine/ports/index.js';
import { translateFull } from '../../../engine/snapshot/work/index.js';
import { connect, describeTarget, resolveEndpoint, translateMySqlError, type DatabaseTarget } from '../mysql/index.js';
import { findSuspects, type SuspectTable } from './changes.js';
import { holdsRows } from './catalogue.js';
import { deliver } from './deliver.js';
import { changedMeanwhile, dumpFailed, dumpIncomplete, isChange } from './dump-errors.js';
import type { DumpMySqlOptions } from './dump-mysql.js';
import { DumpParser } from './dump-parser.js';
import type { DumpProgress } from './dump-progress.js';
import { DumpWriter } from './dump-writer.js';
import { pieceSizes, type PieceSizes } from './row-cutter.js';
import { RowsFailed, RowThread } from './rows/row-thread.js';
import { openSnapshot, type SnapshotReader } from './rows/snapshot-reader.js';
import type { ClientEnd } from './run-dump-client.js';
import { withClientOutput } from './client-output.js';
import { SpillBuffer, type SpilledContent } from './spill-buffer.js';
import type { Survey } from './survey.js';

/** Smaller: fewer bytes are new when rows change; larger: fewer pieces to list and to load. */
const PIECE_BYTES = 8 * 1024;
/** Tables that may be created between the survey and the dump. */
const SPARE_OBJECTS = 1_000;

/** What one try gave. */
export interface OneDump {
  summary: DatabaseSummary;
  bytes: number;
  rows: number;
  suspects: SuspectTable[];
  /** Why it stopped, when a changed table was the reason. */
  error: AppError | null;
}

/** Dumps once. A table that changed meanwhile is a suspect; everything else that goes wrong is thrown. */
export async function dumpOnce(
  options: DumpMySqlOptions,
  survey: Survey,
  sink: MemberSink,
  progress: DumpProgress,
): Promise<OneDump> {
  const dump = new DumpTry(options, survey, sink, progress);
  try {
    return await dump.run();
  } finally {
    dump.discard();
  }
}

class DumpTry {
  private readonly takenAt = new Date();
  private readonly writer: DumpWriter;
  private readonly parser: DumpParser;
  private readonly pieces: PieceSizes;
  private readonly target: DatabaseTarget;
  private readonly program: string;
  /** Bytes of the client's output. */
  private bytes = 0;

  constructor(
    private readonly options: DumpMySqlOptions,
    private readonly survey: Survey,
    private readonly sink: MemberSink,
    private readonly progress: DumpProgress,
  ) {
    const { credentials } = options.database;
    this.program = survey.client.path.split('/').at(-1) ?? survey.client.path;
    this.target = describeTarget(credentials, resolveEndpoint(credentials));
    this.pieces = pieceSizes(options.pieceBytes ?? PIECE_BYTES);
    this.writer = new DumpWriter({
      workDir: options.workDir,
      database: credentials.database,
      objects: survey.all.size + SPARE_OBJECTS,
      takes: (name) => survey.scope.takes(name),
      pieces: this.pieces,
      history: survey.plan.history,
      readsRowsOf: (name) => survey.plan.withoutRows && this.mayHaveRows(name),
    });
    this.parser = new DumpParser(this.writer);
  }

  async run(): Promise<OneDump> {
    const { survey, options } = this;
    let stopped: Stopped | null;
    try {
      stopped = survey.plan.withoutRows ? await this.definitionsThenRows() : await this.everythingByClient();
    } catch (error) {
      throwIfAborted(options.signal);
      // Long rows and many definitions wait in the work folder.
      throw await translateFull(error, options.workDir, null);
    }
    if (stopped !== null) {
      const suspects: SuspectTable[] = [{ name: stopped.table, why: 'altered', changed: true }];
      return { summary: this.summary(), bytes: this.bytes, rows: 0, suspects, error: stopped.error };
    }
    await using session = await connect(options.database.credentials, { signal: options.signal });
    const suspects = await findSuspects(session, survey, this.writer);
    this.checkAllThere(suspects);
    let rows = 0;
    for (const table of this.writer.tables.values()) rows += table.rows;
    return { summary: this.summary(), bytes: this.sink.bytes, rows, suspects, error: null };
  }

  /** Removes what was spilled. */
  discard(): void {
    this.writer.discard();
  }

  private mayHaveRows(name: string): boolean {
    const facts = this.survey.all.get(name);
    return facts === undefined || holdsRows(facts);
  }

  private async everythingByClient(): Promise<Stopped | null> {
    const end = await withClientOutput(this.options, this.survey, async (chunk) => {
      this.bytes += chunk.length;
      this.parser.push(chunk);
      await this.deliver(null);
    });
    return this.stoppedBy(end) ?? this.finish(null);
  }

  private async definitionsThenRows(): Promise<Stopped | null> {
    // Starts while the client works.
    const thread = new RowThread(this.options.workDir, this.pieces);
    try {
      const definitions = await this.definitions();
      return 'error' in definitions ? definitions : await this.rowsBehind(definitions, thread);
    } finally {
      await thread.close();
    }
  }

  /** Logs in only now: where an account may connect only once, two connections would be one too many. */
  private async rowsBehind(definitions: SpilledContent, thread: RowThread): Promise<Stopped | null> {
    const { signal, database } = this.options;
    try {
      await using snapshot = await openSnapshot({
        credentials: database.credentials,
        server: this.survey.server,
        thread,
        signal,
      });
      for await (const chunk of chunksOf(definitions)) {
        this.parser.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
        await this.deliver(snapshot);
      }
      return await this.finish(snapshot);
    } catch (error) {
      if (!(error instanceof RowsFailed) || error.errno === null) throw error;
      const translated = translateMySqlError(error, this.target);
      if (!isChange(error.errno)) throw translated;
      return { table: error.table, error: translated };
    } finally {
      definitions.dispose();
    }
  }

  private async definitions(): Promise<SpilledContent | Stopped> {
    const spool = new SpillBuffer(this.options.workDir);
    try {
      const end = await withClientOutput(this.options, this.survey, async (chunk) => {
        this.bytes += chunk.length;
        spool.append(chunk);
      });
      return this.stoppedBy(end) ?? spool.take();
    } finally {
      spool.discard();
    }
  }

  /** Null when the client did its work; throws when it failed for another reason than a table that changed. */
  private stoppedBy(end: ClientEnd): Stopped | null {
    throwIfAborted(this.options.signal);
    if (end.code === 0) return null;
    const error = dumpFailed(end, this.program, this.target);
    if (!changedMeanwhile(end)) throw error;
    return { table: tableIn(end.complaint), error };
  }

  private async finish(snapshot: SnapshotReader | null): Promise<null> {
    if (!this.parser.end() || !this.writer.sawEnd) {
      const reason = `the output of ${this.program} ends without its end mark, though it reported success`;
      throw dumpIncomplete(this.program, this.survey.plan.database, this.bytes, reason);
    }
    this.writer.finish();
    await this.deliver(snapshot);
    return null;
  }

  private async deliver(snapshot: SnapshotReader | null): Promise<void> {
    await deliver(this.writer.queue, this.sink, snapshot, (table) => this.report(table));
    this.report(this.writer.current);
  }

  private report(current: string | null): void {
    const { survey, writer, sink } = this;
    const done = survey.plan.withoutRows ? sink.bytes : this.bytes;
    this.progress.report(done, survey.bytes, writer.tables.size, survey.tables.length, current);
  }

  /** A table that was there all the time and is not in the dump is no matter of chance. */
  private checkAllThere(suspects: readonly SuspectTable[]): void {
    const missing = suspects.filter((table) => table.why === 'missing' && !table.changed).map((table) => table.name);
    if (missing.length === 0) return;
    const reason = `it lacks ${missing.slice(0, 20).join(', ')}`;
    throw dumpIncomplete(this.program, this.survey.plan.database, this.bytes, reason);
  }

  private summary(): DatabaseSummary {
    const { survey, options, writer } = this;
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
      takenAt: this.takenAt.toISOString(),
    };
  }
}

/** A table changed under the dump. */
interface Stopped {
  table: string;
  error: AppError;
}

function tableIn(complaint: string): string {
  return /table [`']([^`']+)[`']/i.exec(complaint)?.[1] ?? 'a table';
}

function chunksOf({ content }: SpilledContent): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return content instanceof Uint8Array ? [content] : content;
}
