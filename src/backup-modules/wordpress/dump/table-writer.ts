import { fingerprint, type DumpedTable } from './dumped-table.js';
import type { MemberQueue, TableMembers } from './member-queue.js';
import { KeyedRowCutter, longestInMemory, type PieceSizes, type RowCutter } from './row-cutter.js';
import { RowKey } from './row-key.js';
import { SpillBuffer } from './spill-buffer.js';
import { counterStatement, gather, keySwitch, renderStatements, type Group } from './statement-group.js';
import { insertedTable, rowsWithoutTable } from './statement-kind.js';
import { insertedColumns, readTableShape, type TableShape } from './table-shape.js';

export interface TableWriterOptions {
  workDir: string;
  /** Whether an object of this name belongs to the site. */
  takes: (name: string) => boolean;
  pieces: PieceSizes;
  /** Whether a table's rows are not in this dump but to be read elsewhere. Default: never. */
  readsRowsOf?: (table: string) => boolean;
}

/** What was written of tables, for the whole dump. */
export interface WrittenTables {
  tables: Map<string, DumpedTable>;
  /** Objects in the dump that were not taken, by kind. */
  leftOut: Set<string>;
}

const LATE_BYTES = 1024 * 1024;

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

/** Sorts what belongs to one table after the other into members: its definition, its rows in pieces, its triggers. */
export class TableWriter {
  /** Where the tables' AUTO_INCREMENT columns go on, for after all rows. */
  readonly counters: SpillBuffer;
  private readonly triggers: SpillBuffer;
  private readonly rowBuffer: SpillBuffer;
  private readonly cutter: RowCutter;
  private table: OpenTable | null = null;

  constructor(
    private readonly options: TableWriterOptions,
    private readonly queue: MemberQueue,
    private readonly written: WrittenTables,
  ) {
    this.rowBuffer = new SpillBuffer(options.workDir, longestInMemory(options.pieces));
    this.counters = new SpillBuffer(options.workDir, LATE_BYTES);
    this.triggers = new SpillBuffer(options.workDir, LATE_BYTES);
    this.cutter = new KeyedRowCutter(this.rowBuffer, options.pieces, (rows) => this.rowsReady(rows));
  }

  /** The table being written. */
  get current(): string | null {
    return this.table?.name ?? null;
  }

  begin(group: Group): void {
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
    if (taken) this.written.tables.set(name, facts);
    else this.written.leftOut.add(`table ${name}`);
    if (group.defined?.kind === 'table' && this.options.readsRowsOf?.(name) === true) this.placeRows(this.table);
  }

  private placeRows({ members, shape, facts }: OpenTable): void {
    if (members === null) return;
    this.flushSchema(true);
    const counted = (rows: number): void => void (facts.rows += rows);
    this.queue.rowsOf({ members, key: shape?.key ?? [], definition: facts.definition, counted });
  }

  beginInsert(header: Buffer): void {
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

  trigger(group: Group): void {
    this.flushSchema(false);
    if (this.table?.members !== null) gather(this.triggers, group);
  }

  /** Statements of a kind unknown here stay with what they follow. */
  other(group: Group): void {
    if (this.table?.schema) this.table.schema.statements.push(...group.statements);
    else if (this.table?.members) gather(this.triggers, group);
  }

  /** Gives up: removes what was spilled. */
  discard(): void {
    for (const buffer of [this.rowBuffer, this.counters, this.triggers]) buffer.discard();
  }

  /** The counter moves with every new row, the definition hardly ever: it is set by a statement of its own, after the rows. */
  private takeCounter(table: string, group: Group, counter: NonNullable<TableShape['counter']>): void {
    const statement = group.statements.find(({ text }) => text === group.defined?.text);
    // Adapted already (a sequence in a default): the offsets are of another text.
    if (statement === undefined) return;
    const { text } = statement;
    statement.text = Buffer.concat([text.subarray(0, counter.start), text.subarray(counter.end)]);
    this.counters.append(renderStatements([counterStatement(table, counter.value)]));
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

  /** Ends the table, if one is open. */
  end(): void {
    this.flushSchema(false);
    const { table } = this;
    if (table?.members) {
      this.cutter.finish();
      if (table.switchesKeys) {
        this.queue.piece(table.members, 'data', renderStatements([keySwitch(table.name, 'ENABLE')]), 0);
      }
      if (this.triggers.size > 0) this.queue.piece(table.members, 'triggers', this.triggers.take());
    }
    this.table = null;
  }
}

function keyOf(shape: TableShape | null, header: Buffer): RowKey {
  if (shape === null) return new RowKey([]);
  return RowKey.of(insertedColumns(header.toString('latin1')) ?? shape.columns, shape.key);
}
