import { throwIfAborted } from '../../../common/errors/index.js';
import type { DatabasePart, ManifestDatabaseInfo } from '../../../engine/snapshot/manifest/types.js';
import type { JobJournal } from '../../../engine/ports/index.js';
import type { ByteSession } from './byte-session.js';
import { rowTooBig, statementFailed, statementRefused, serverErrno } from './errors.js';
import { rowsMissing, type LoadSessions } from './load-sessions.js';
import type { ObjectsWriter } from './objects-file.js';
import { judge } from './policy.js';
import { renamed } from './prefix.js';
import { RowBatch } from './row-batch.js';
import { checkInsert, isInsert, splitInsert, type InsertCheck } from './sql/insert.js';
import { PLAIN_MODE, quoteNameBytes, type LexMode, type SqlBytes } from './sql/lexer.js';
import { SetInterpreter } from './sql/set.js';
import { StatementSplitter, type Statement } from './sql/splitter.js';
import { unwrapComments } from './sql/unwrap.js';
import type { StateFile, TableState } from './state.js';
import type { TargetServer } from './target-server.js';
import type { DatabaseMember } from './types.js';

const TABLE_EXISTS = 1050;
/** Engines that keep rows in the order they come in where there is no primary key, or all the same. */
const UNORDERED_ENGINES = /^(?:InnoDB|XtraDB)$/i;
/** Of a packet, for the command. */
const PACKET_MARGIN = 16;
/** One byte per character in a string of the engine; a statement must fit. */
const MAX_STATEMENT = 500 * 1024 * 1024;
/** Only rows are long; anything else of this size is no DDL a dump writes. */
const MAX_DDL = 16 * 1024 * 1024;

export interface LoaderOptions {
  info: ManifestDatabaseInfo;
  /** Prefix in the target. */
  tablePrefix: string;
  /** Name of the target's database. */
  database: string;
  /** For definitions. */
  bytes: ByteSession;
  /** For rows. */
  rows: LoadSessions;
  server: TargetServer;
  state: StateFile;
  objects: ObjectsWriter;
  journal: JobJournal;
  signal: AbortSignal;
  bytesTotal: number | null;
}

/**
 * Loads the pieces of a dump into scratch tables: statement by statement, each one checked, with the table's name (and
 * nothing else of a row) replaced. Views, triggers, routines and events are checked and put aside for activation.
 */
export class DumpLoader {
  rows = 0;
  bytesDone = 0;
  readonly tables = new Map<string, TableState>();
  private readonly views = new Set<string>();
  private readonly renames = new Map<string, string>();
  /** Tables whose rows must not overtake each other. */
  private readonly ordered = new Set<TableState>();
  /** Rows on their way to the server. */
  private batch: RowBatch | null = null;
  /** Of the piece being read. */
  private member: { path: string; part: DatabasePart; table: string | null; counted: boolean } = {
    path: '',
    part: 'data',
    table: null,
    counted: false,
  };
  private set = new SetInterpreter();
  private mode: LexMode = { ...PLAIN_MODE };

  constructor(private readonly options: LoaderOptions) {}

  async load(members: AsyncIterable<DatabaseMember>): Promise<void> {
    for await (const member of members) {
      throwIfAborted(this.options.signal);
      await this.piece(member);
    }
    await this.settle();
    // A stand-in for a view that was written as a table is no table.
    for (const view of this.views) {
      const table = this.tables.get(view);
      if (!table) continue;
      await this.options.bytes.send(`DROP TABLE ${quoteNameBytes(table.scratch)}`);
      this.tables.delete(view);
    }
    await this.saveTables();
  }

  private async piece(member: DatabaseMember): Promise<void> {
    if (member.part === undefined || member.part === 'sqlite') {
      throw statementRefused(member.path, 'a part of an unknown kind');
    }
    this.member = {
      path: member.path,
      part: member.part,
      table: member.table ?? null,
      counted: member.rows !== undefined,
    };
    this.set = new SetInterpreter();
    this.mode = { ...PLAIN_MODE };
    const splitter = new StatementSplitter({
      mode: this.mode,
      maxBytes: member.part === 'data' ? MAX_STATEMENT : MAX_DDL,
      tooLong: (bytes) => rowTooBig(member.path, bytes, this.options.bytes.maxAllowedPacket),
      refuse: (reason) => statementRefused(member.path, reason),
    });
    let rows = 0;
    for await (const chunk of member.content) {
      throwIfAborted(this.options.signal);
      // oxlint-disable-next-line no-await-in-loop -- in the order of the dump
      for (const statement of splitter.push(chunk)) rows += await this.statement(statement);
      this.count(chunk.length);
    }
    const last = splitter.end();
    if (last !== null) rows += await this.statement(last);
    if (member.rows !== undefined && member.part === 'data' && rows !== member.rows)
      throw rowsMissing(member.path, member.rows, rows);
    this.rows += rows;
  }

  private count(bytes: number): void {
    const { journal, bytesTotal } = this.options;
    this.bytesDone += bytes;
    journal.progress({
      bytesDone: this.bytesDone,
      ...(bytesTotal === null ? {} : { bytesTotal }),
      itemsDone: this.tables.size,
      current: this.member.table ?? this.member.path,
    });
  }

  /** Number of rows in it. */
  private async statement(statement: Statement): Promise<number> {
    if (statement.insert !== null || isInsert(statement.sql)) return this.insert(statement);
    const { path, part } = this.member;
    await this.flush();
    const sql = unwrapComments(statement.sql.toString('latin1'), this.options.server.version, this.mode);
    const verdict = judge(sql, part, this.mode);
    switch (verdict.type) {
      case 'refuse':
        throw statementRefused(path, verdict.reason);
      case 'skip':
        return 0;
      case 'set': {
        const result = this.set.take(sql);
        if (!result.ok) throw statementRefused(path, result.reason);
        const modes = this.set.context.sqlMode ?? '';
        this.mode.ansiQuotes = /\b(?:ANSI_QUOTES|ANSI|DB2|MAXDB|MSSQL|ORACLE|POSTGRESQL)\b/i.test(modes);
        this.mode.noBackslashEscapes = /\bNO_BACKSLASH_ESCAPES\b/i.test(modes);
        return 0;
      }
      case 'table':
        await this.createTable(verdict.statement);
        return 0;
      case 'sequence': {
        const table = this.addTable(verdict.name, []);
        await this.ddl(replaceName(sql, verdict, table.scratch));
        return 0;
      }
      case 'setval':
      case 'counter': {
        const table = this.tables.get(this.targetName(verdict.name));
        if (!table) throw statementRefused(path, `a value for ${verdict.name}, which it did not create`);
        await this.settle();
        await this.ddl(replaceName(sql, verdict, table.scratch));
        return 0;
      }
      case 'object':
        if (verdict.object.kind === 'view') this.views.add(this.targetName(verdict.object.name));
        await this.options.objects.add({
          ...verdict.object,
          context: { ...this.set.context },
          mode: { ...this.mode },
          piece: path,
        });
        return 0;
      default:
        return 0;
    }
  }

  private targetName(source: string): string {
    const name = renamed(source, this.options.info.tablePrefix, this.options.tablePrefix);
    if (name !== source) this.renames.set(source, name);
    return name;
  }

  /** Gives a table of the dump its scratch name; a roll-back finds it by the restore's id in it. */
  private addTable(source: string, foreignKeys: TableState['foreignKeys']): TableState {
    const name = this.targetName(source);
    if (this.tables.has(name)) throw statementRefused(this.member.path, `the table ${source} a second time`);
    const table: TableState = {
      name,
      source,
      scratch: this.options.state.scratchName(this.tables.size),
      foreignKeys: foreignKeys.map((key) => ({ ...key, referencedTable: this.targetName(key.referencedTable) })),
      rows: 0,
    };
    this.tables.set(name, table);
    return table;
  }

  private async createTable(
    statement: Extract<ReturnType<typeof judge>, { type: 'table' }>['statement'],
  ): Promise<void> {
    const { server, journal } = this.options;
    const { create } = statement;
    await server.learn(create.collations, create.charsets);
    const table = this.addTable(create.table, create.foreignKeys);
    if (create.dropped.length > 0) {
      journal.warn({
        code: 'TABLE_OPTION_DROPPED',
        message: `The table ${table.name} is restored without ${create.dropped.join(', ')}: a restore writes only into the database itself.`,
        context: { table: table.name, options: create.dropped },
      });
    }
    const sql = statement.rewrite({
      name: table.scratch,
      engine: server.engine(create.engine, table.name),
      collation: (name) => server.collation(name),
      charset: (name) => server.charset(name),
    });
    await this.ddl(sql);
    const engine = /\bENGINE\s*=\s*(\w+)/i.exec(sql)?.[1] ?? 'InnoDB';
    if (!UNORDERED_ENGINES.test(engine) || !/\bPRIMARY\s+KEY\b/i.test(sql)) this.ordered.add(table);
  }

  private async ddl(sql: SqlBytes): Promise<void> {
    try {
      await this.options.bytes.send(sql);
    } catch (error) {
      if (serverErrno(error) === TABLE_EXISTS) throw statementRefused(this.member.path, 'a table a second time');
      throw statementFailed(this.member.path, error);
    }
  }

  private async insert({ sql, insert: known }: Statement): Promise<number> {
    const { path, part, table: own, counted } = this.member;
    if (part !== 'data') throw statementRefused(path, `rows in a piece of kind ${part}`);
    const checked: InsertCheck = known === null ? checkInsert(sql) : { ok: true, insert: known };
    if (!checked.ok) throw statementRefused(path, checked.reason);
    const { insert } = checked;
    if (own !== null && insert.table !== own) throw statementRefused(path, `rows for the table ${insert.table}`);
    const table = this.tables.get(this.targetName(insert.table));
    if (!table) throw statementRefused(path, `rows for the table ${insert.table}, which it did not create`);
    const name = Buffer.from(quoteNameBytes(table.scratch), 'latin1');
    const { nameStart, nameEnd, valuesStart } = insert;
    const head = Buffer.concat([sql.subarray(0, nameStart), name, sql.subarray(nameEnd, valuesStart)]);
    const tail = sql.subarray(valuesStart);
    const limit = this.options.rows.maxAllowedPacket - PACKET_MARGIN;
    // Where nobody counted them when they were dumped, the server may ignore or replace some.
    const expected = counted ? insert.rows : null;
    if (head.length + tail.length > limit) {
      await this.flush();
      const whole = { ...insert, valuesStart: head.length };
      for (const one of splitInsert(Buffer.concat([head, tail]), whole, limit)) {
        if (one.length > limit) throw rowTooBig(path, one.length, limit);
        await this.send(RowBatch.of(table, one, path, expected === null ? null : 1));
      }
    } else {
      if (this.batch?.accepts(table, head, tail, limit) !== true) {
        await this.flush();
        this.batch = RowBatch.begin(table, head, path, tail.length, this.options.rows.rooms);
      }
      this.batch.add(tail, expected);
    }
    return insert.rows;
  }
  /** Sends the rows that were gathered. */
  private async flush(): Promise<void> {
    const { batch } = this;
    this.batch = null;
    if (batch !== null) await this.send(batch);
  }

  /** All rows so far are in the database. */
  private async settle(): Promise<void> {
    await this.flush();
    await this.options.rows.drain();
  }

  private async send(batch: RowBatch): Promise<void> {
    await this.options.rows.insert(batch, this.ordered.has(batch.table));
  }

  private async saveTables(): Promise<void> {
    const { state, info, database } = this.options;
    await state.update({
      tables: [...this.tables.values()],
      views: [...this.views],
      renames: { tables: [...this.renames], database: { from: info.name, to: database } },
    });
  }
}

function replaceName(sql: SqlBytes, at: { nameStart: number; nameEnd: number }, name: string): SqlBytes {
  return sql.slice(0, at.nameStart) + quoteNameBytes(name) + sql.slice(at.nameEnd);
}
