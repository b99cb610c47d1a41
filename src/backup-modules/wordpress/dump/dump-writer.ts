import type { DumpHandler } from './dump-parser.js';
import { fingerprint, type DumpedTable } from './dumped-table.js';
import { MemberQueue, type Piece, type TableMembers } from './member-queue.js';
import { KeyedRowCutter, type PieceSizes, type RowCutter } from './row-cutter.js';
import { RowKey } from './row-key.js';
import { SpillBuffer } from './spill-buffer.js';
import {
  counterStatement,
  HEADER,
  HISTORY,
  keySwitch,
  NAMES,
  newGroup,
  renderStatements,
  withoutDatabaseName,
  withoutSequenceDatabase,
  type Group,
  type Statement,
} from './statement-group.js';
import { insertedTable, kindOfStatement, rowsWithoutTable, type DefinedKind } from './statement-kind.js';
import { insertedColumns, readTableShape, type TableShape } from './table-shape.js';
import { inDependencyOrder } from './view-order.js';

export interface DumpWriterOptions {
  workDir: string;
  database: string;
  /** Upper bound of tables, views and sections. */
  objects: number;
  /** Whether an object of this name belongs to the site. */
  takes: (name: string) => boolean;
  pieces: PieceSizes;
  /** The rows of system-versioned tables come with their history. */
  history: boolean;
}

interface OpenTable {
  name: string;
  /** Null when the table is not taken. */
  members: TableMembers | null;
  /** The schema's group is held until it is known whether rows follow. */
  schema: Group | null;
  /** Its engine builds keys much faster in one go after the rows. */
  slowKeys: boolean;
  switchesKeys: boolean;
  /** Null when the definition was not understood. */
  shape: TableShape | null;
  facts: DumpedTable;
}

const END_MARK = /^-- Dump completed/;
/**
 * Sorts a dump into the members of a backup. Tables, sequences and their rows go out at once; routines, views and
 * events are gathered and go out last, in this order, because views may call functions and name each other, and an
 * event must not run before all else is there. No piece needs session state but the preamble's.
 */
export class DumpWriter implements DumpHandler {
  readonly tables = new Map<string, DumpedTable>();
  readonly views = new Map<string, { name: string; text: Buffer; statements: Statement[] }>();
  /** Whether the last thing seen was the dump program's end mark, after its closing statements. */
  sawEnd = false;
  /** Objects in the dump that were not taken, by kind. */
  readonly leftOut = new Set<string>();

  private readonly queue: MemberQueue;
  private readonly rowBuffer: SpillBuffer;
  private readonly late: Record<'triggers' | 'counters' | 'routines' | 'placeholders' | 'events', SpillBuffer>;
  private readonly cutter: RowCutter;
  private readonly opening: Statement[] = [];
  private readonly closing: Statement[] = [];
  private opened = false;
  private closed = false;
  /** Views whose stand-in was seen. */
  private readonly placeheld = new Set<string>();
  private group = newGroup();
  private table: OpenTable | null = null;

  constructor(private readonly options: DumpWriterOptions) {
    this.queue = new MemberQueue(options.objects);
    this.rowBuffer = new SpillBuffer(options.workDir, options.pieces.max * 2);
    const buffer = (): SpillBuffer => new SpillBuffer(options.workDir, 1024 * 1024);
    this.late = {
      triggers: buffer(),
      counters: buffer(),
      routines: buffer(),
      placeholders: buffer(),
      events: buffer(),
    };
    this.cutter = new KeyedRowCutter(this.rowBuffer, options.pieces, (rows) => this.rowsReady(rows));
  }

  /** Finished members in order; take them after each push. */
  get ready(): Piece[] {
    return this.queue.ready;
  }

  /** The table being read. */
  get current(): string | null {
    return this.table?.name ?? null;
  }

  comment(text: Buffer): void {
    if (text.length > 0) this.sawEnd = this.closed && END_MARK.test(text.subarray(0, 100).toString('latin1'));
  }

  statement(text: Buffer, delimiter: string): void {
    this.sawEnd = false;
    const kind = kindOfStatement(text);
    const statement: Statement = { text, delimiter };
    switch (kind.is) {
      case 'noise':
        return;
      case 'dump-prelude':
        (this.opened ? this.group.statements : this.opening).push(statement);
        return;
      case 'dump-restoring':
        this.endGroup();
        this.closed = true;
        this.closing.push(statement);
        return;
      case 'definition':
        this.define(statement, kind.kind, kind.name);
        return;
      case 'prelude':
        this.prelude(statement, kind.drops);
        return;
      case 'restoring':
        this.group.statements.push(statement);
        return;
      case 'database-collation':
        this.databaseCollation(statement);
        return;
      case 'other':
        this.group.statements.push(statement);
        this.group.defined ??= { kind: 'other', name: '', text };
        return;
    }
  }

  beginInsert(header: Buffer): void {
    if (this.group.defined || this.group.statements.length > 0) this.endGroup();
    const name = insertedTable(header);
    if (!this.table || this.table.name !== name) throw rowsWithoutTable(name);
    this.flushSchema(true);
    if (this.table.members) this.cutter.begin(header, keyOf(this.table.shape, header));
  }

  row(part: Buffer, last: boolean): void {
    if (!this.table?.members) return;
    this.cutter.row(part, last);
    if (last) this.table.facts.rows += 1;
  }

  rows(data: Buffer, start: number, ends: readonly number[]): void {
    if (!this.table?.members) return;
    this.cutter.rows(data, start, ends);
    this.table.facts.rows += ends.length;
  }

  // The next INSERT of the same table goes on in the same statement.
  endInsert(): void {}

  /** The end of the dump: everything that was held back goes to `ready`. */
  finish(): void {
    this.endGroup();
    this.open();
    this.endTable();
    this.queue.section('counters', 'counters', this.late.counters);
    this.queue.section('routines', 'routines', this.late.routines);
    this.queue.section('views', 'view', this.late.placeholders);
    for (const view of inDependencyOrder([...this.views.values()])) {
      this.queue.view(view.name, renderStatements(view.statements));
    }
    this.queue.section('events', 'events', this.late.events);
    this.queue.epilogue(renderStatements(this.closing));
  }

  /** Gives up: removes what was spilled. */
  discard(): void {
    this.queue.discard();
    for (const buffer of [this.rowBuffer, ...Object.values(this.late)]) buffer.discard();
  }

  private define(statement: Statement, kind: DefinedKind, name: string): void {
    if (this.group.defined) this.endGroup();
    const text = kind === 'table' ? withoutSequenceDatabase(statement.text, this.options.database) : statement.text;
    this.group.statements.push({ ...statement, text });
    this.group.defined = { kind, name, text: statement.text };
  }

  private prelude(statement: Statement, drops?: 'table' | 'view' | 'other'): void {
    const isNames = /^(?:\/\*!\d+ )?SET NAMES\b/i.test(statement.text.subarray(0, 40).toString('latin1'));
    const isOpening = !this.opened && this.group.statements.length === 0 && drops === undefined;
    if (isOpening && !/@saved_/i.test(statement.text.toString('latin1'))) {
      // Rows are exact whatever the names' character set is: they are utf8mb4, or all hex. Definitions need utf8mb4.
      this.opening.push(isNames ? NAMES : statement);
      return;
    }
    if (this.group.defined) this.endGroup();
    this.group.statements.push(statement);
    if (drops === 'table' || drops === 'view') this.group.drops[drops] = true;
  }

  private databaseCollation(statement: Statement): void {
    const isBack = this.group.defined !== null && this.group.collationSwitches === 1;
    if (this.group.defined && !isBack) this.endGroup();
    this.group.statements.push({ ...statement, text: withoutDatabaseName(statement.text) });
    this.group.collationSwitches += 1;
  }

  private endGroup(): void {
    const { group } = this;
    this.group = newGroup();
    // Preparations for nothing, e.g. of an empty section.
    if (!group.defined) return;
    this.open();
    switch (group.defined.kind) {
      case 'table':
      case 'sequence':
        this.endTable();
        // Old clients' stand-in for a view is a table.
        if (group.drops.view) this.view(group);
        else this.beginTable(group);
        return;
      case 'trigger':
        this.flushSchema(false);
        if (this.table?.members !== null) gather(this.late.triggers, group);
        return;
      case 'view':
        this.endTable();
        this.view(group);
        return;
      case 'routine':
      case 'event':
        this.endTable();
        if (!this.options.takes(group.defined.name)) this.leftOut.add(`${group.defined.kind} ${group.defined.name}`);
        else gather(group.defined.kind === 'event' ? this.late.events : this.late.routines, group);
        return;
      case 'other':
        this.other(group);
    }
  }

  /** Statements of a kind unknown here stay with what they follow. */
  private other(group: Group): void {
    if (!this.table) gather(this.late.routines, group);
    else if (this.table.schema) this.table.schema.statements.push(...group.statements);
    else if (this.table.members) gather(this.late.triggers, group);
  }

  private beginTable(group: Group): void {
    const name = group.defined?.name ?? '';
    const taken = this.options.takes(name);
    const definition = group.defined?.text.toString() ?? '';
    const shape = readTableShape(group.defined?.text.toString('latin1') ?? '');
    if (taken && shape?.counter) this.takeCounter(name, group, shape.counter);
    const facts: DumpedTable = { name, rows: 0, definition: fingerprint(definition) };
    this.table = {
      name,
      members: taken ? this.queue.table(name) : null,
      schema: taken ? group : null,
      slowKeys: /\bENGINE=(?:MyISAM|Aria)\b/i.test(definition),
      switchesKeys: false,
      shape,
      facts,
    };
    if (taken) this.tables.set(name, facts);
    else this.leftOut.add(`table ${name}`);
  }

  /** The counter moves with every new row, the definition hardly ever: it is set by a statement of its own, after the rows. */
  private takeCounter(table: string, group: Group, counter: NonNullable<TableShape['counter']>): void {
    const statement = group.statements.find(({ text }) => text === group.defined?.text);
    // Adapted already (a sequence in a default): the offsets are of another text.
    if (statement === undefined) return;
    const { text } = statement;
    statement.text = Buffer.concat([text.subarray(0, counter.start), text.subarray(counter.end)]);
    this.late.counters.append(renderStatements([counterStatement(table, counter.value)]));
  }

  private flushSchema(withRows: boolean): void {
    const { table } = this;
    if (!table?.schema || !table.members) return;
    const { statements } = table.schema;
    table.schema = null;
    table.switchesKeys = withRows && table.slowKeys;
    if (table.switchesKeys) statements.push(keySwitch(table.name, 'DISABLE'));
    this.queue.piece(table.members, 'schema', renderStatements(statements));
  }

  private rowsReady(rows: number): void {
    if (this.table?.members) this.queue.piece(this.table.members, 'data', this.rowBuffer.take(), rows);
  }

  private endTable(): void {
    this.flushSchema(false);
    const { table } = this;
    if (table?.members) {
      this.cutter.finish();
      if (table.switchesKeys) {
        this.queue.piece(table.members, 'data', renderStatements([keySwitch(table.name, 'ENABLE')]), 0);
      }
      if (this.late.triggers.size > 0) this.queue.piece(table.members, 'triggers', this.late.triggers.take());
    }
    this.table = null;
  }

  /** Views come twice: first as an empty stand-in, so that others can name it, then as what they are. */
  private view(group: Group): void {
    const { name = '', text = Buffer.alloc(0) } = group.defined ?? {};
    if (!this.options.takes(name)) {
      this.leftOut.add(`view ${name}`);
    } else if (group.drops.table && !this.placeheld.has(name)) {
      this.placeheld.add(name);
      gather(this.late.placeholders, group);
    } else this.views.set(name, { name, text, statements: group.statements });
  }

  private open(): void {
    if (this.opened) return;
    this.opened = true;
    if (this.options.history) {
      this.opening.push(HISTORY.on);
      this.closing.push(HISTORY.off);
    }
    this.queue.preamble(Buffer.concat([Buffer.from(HEADER), renderStatements(this.opening)]));
  }
}

function gather(buffer: SpillBuffer, group: Group): void {
  buffer.append(renderStatements(group.statements));
}

function keyOf(shape: TableShape | null, header: Buffer): RowKey {
  if (shape === null) return new RowKey([]);
  return RowKey.of(insertedColumns(header.toString('latin1')) ?? shape.columns, shape.key);
}
