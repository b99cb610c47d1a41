import type { EntityManager } from '@mikro-orm/postgresql';
import type { QueryResultRow } from 'pg';
import type { KnownRows } from './known-rows.js';
import { contentOf, mirroredTables, type MirroredTable } from './mirrored-tables.js';
import type { SqlSession } from './sql-session.js';

/** A new or changed row; `data` is null when it is larger than D1 takes. */
export interface ChangedRow {
  rowId: string;
  data: string | null;
  hash: string;
}

/** A table against what the mirror is known to have of it. */
export interface TableBalance {
  table: string;
  rows: number;
  mirrored: number;
  /** Mirrored rows that are no longer here. */
  gone: number;
}

/** D1 takes values of up to 2 MB (1 MB in its beginnings); every quote of the row is escaped on the way. */
export const LARGEST_ROW = 900_000;
const FETCH_ROWS = 100;
/** Reads the catalogue of one snapshot: the session must be in a transaction that is `repeatable read`. PostgreSQL compares; only differences come here. */
export class LocalRows {
  constructor(
    private readonly sql: SqlSession,
    private readonly known: KnownRows,
  ) {}

  /** Rows that the mirror does not have, or not as they are now. */
  changed(table: MirroredTable): AsyncGenerator<ChangedRow[]> {
    return this.fetch<ChangedRow>(
      'mirror_changed',
      `select l.row_id as "rowId", l.hash, case when octet_length(l.data) <= ${LARGEST_ROW} then l.data end as data ${this.join(table)}`,
    );
  }

  /** Ids of mirrored rows that are no longer here. */
  gone(table: MirroredTable): AsyncGenerator<{ rowId: string }[]> {
    return this.fetch<{ rowId: string }>('mirror_gone', `select m.row_id as "rowId" ${this.missing(table)}`);
  }

  /** How many rows are to be sent or deleted. */
  async waiting(): Promise<number> {
    const parts = mirroredTables.flatMap((table) => [
      `(select count(*) ${this.join(table)})`,
      `(select count(*) ${this.missing(table)})`,
    ]);
    const [row] = await this.sql.rows<{ rows: string }>(`select ${parts.join(' + ')} as rows`);
    return Number(row?.rows ?? 0);
  }

  async balance(): Promise<TableBalance[]> {
    const all = mirroredTables.map(
      (
        table,
      ) => `select '${table.name}' as "table", (select count(*)::int from "${table.name}" t where ${table.where}) as rows,
        (select count(*)::int from mirrored_row where table_name = '${this.known.nameOf(table.name)}') as mirrored,
        (select count(*)::int ${this.missing(table)}) as gone`,
    );
    return this.sql.rows<TableBalance>(all.join(' union all '));
  }

  private join(table: MirroredTable): string {
    return `from (${contentOf(table)}) l
      left join mirrored_row m on m.table_name = '${this.known.nameOf(table.name)}' and m.row_id = l.row_id
      where m.hash is distinct from l.hash`;
  }

  private missing(table: MirroredTable): string {
    return `from mirrored_row m where m.table_name = '${this.known.nameOf(table.name)}'
      and not exists (select 1 from "${table.name}" t where ${table.where} and ${table.rowId} = m.row_id)`;
  }

  /** Through a cursor: memory holds some rows at a time. */
  private async *fetch<Row extends QueryResultRow>(cursor: string, sql: string): AsyncGenerator<Row[]> {
    await this.sql.rows(`declare ${cursor} no scroll cursor for ${sql}`);
    for (;;) {
      const rows = await this.sql.rows<Row>(`fetch ${FETCH_ROWS} from ${cursor}`);
      if (rows.length === 0) break;
      yield rows;
    }
    await this.sql.rows(`close ${cursor}`);
  }
}

/** A number that differs when rows of the catalogue may have been written since. Cheap; seen some seconds late at worst. */
export async function changeMark(em: EntityManager): Promise<string> {
  const names = mirroredTables.map(({ name }) => `'${name}'`).filter((name) => name !== `'setting'`);
  const settings = mirroredTables.find(({ name }) => name === 'setting')?.where ?? 'true';
  const [row] = await em.execute<{ mark: string }[]>(
    `select concat_ws('/',
      (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where schemaname = current_schema() and relname in (${names.join(', ')})),
      (select stats_reset from pg_stat_database where datname = current_database()),
      (select md5(string_agg(t.key || t.updated_at::text, '|' order by t.key)) from setting t where ${settings})) as mark`,
  );
  return row?.mark ?? '';
}
