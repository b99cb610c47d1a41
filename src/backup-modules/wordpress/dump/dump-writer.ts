import type { DumpHandler } from './dump-parser.js';
import type { DumpedTable } from './dumped-table.js';
import { MemberQueue } from './member-queue.js';
import { SpillBuffer } from './spill-buffer.js';
import {
  gather,
  HEADER,
  HISTORY,
  NAMES,
  newGroup,
  renderStatements,
  withoutDatabaseName,
  withoutSequenceDatabase,
  type Group,
  type Statement,
} from './statement-group.js';
import { kindOfStatement, type DefinedKind } from './statement-kind.js';
import { TableWriter, type TableWriterOptions } from './table-writer.js';
import { inDependencyOrder } from './view-order.js';

export interface DumpWriterOptions extends TableWriterOptions {
  database: string;
  /** Upper bound of tables, views and sections. */
  objects: number;
  /** The rows of system-versioned tables come with their history. */
  history: boolean;
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

  /** Finished members in order; take them after each push. */
  readonly queue: MemberQueue;
  private readonly table: TableWriter;
  private readonly late: Record<'routines' | 'placeholders' | 'events', SpillBuffer>;
  private readonly opening: Statement[] = [];
  private readonly closing: Statement[] = [];
  private opened = false;
  private closed = false;
  /** Views whose stand-in was seen. */
  private readonly placeheld = new Set<string>();
  private group = newGroup();

  constructor(private readonly options: DumpWriterOptions) {
    this.queue = new MemberQueue(options.objects);
    this.table = new TableWriter(options, this.queue, { tables: this.tables, leftOut: this.leftOut });
    const buffer = (): SpillBuffer => new SpillBuffer(options.workDir, 1024 * 1024);
    this.late = { routines: buffer(), placeholders: buffer(), events: buffer() };
  }

  /** The table being read. */
  get current(): string | null {
    return this.table.current;
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
    this.table.beginInsert(header);
  }

  row(part: Buffer, last: boolean): void {
    this.table.row(part, last);
  }

  rows(data: Buffer, start: number, ends: readonly number[]): void {
    this.table.rows(data, start, ends);
  }

  // The next INSERT of the same table goes on in the same statement.
  endInsert(): void {}

  /** The end of the dump: everything that was held back goes to the queue. */
  finish(): void {
    this.endGroup();
    this.open();
    this.table.end();
    this.queue.section('counters', 'counters', this.table.counters);
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
    this.table.discard();
    for (const buffer of Object.values(this.late)) buffer.discard();
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
        this.table.end();
        // Old clients' stand-in for a view is a table.
        if (group.drops.view) this.view(group);
        else this.table.begin(group);
        return;
      case 'trigger':
        this.table.trigger(group);
        return;
      case 'view':
        this.table.end();
        this.view(group);
        return;
      case 'routine':
      case 'event':
        this.table.end();
        if (!this.options.takes(group.defined.name)) this.leftOut.add(`${group.defined.kind} ${group.defined.name}`);
        else gather(group.defined.kind === 'event' ? this.late.events : this.late.routines, group);
        return;
      case 'other':
        this.other(group);
    }
  }

  /** Statements of a kind unknown here stay with what they follow. */
  private other(group: Group): void {
    if (this.table.current === null) gather(this.late.routines, group);
    else this.table.other(group);
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
