import { mirroredTables } from './mirrored-tables.js';
import type { SqlSession } from './sql-session.js';

/** What D1 is known to have of this server: `mirrored_row`, under the target's tag. Notes are made only of what D1 has confirmed. */
export class KnownRows {
  constructor(readonly tag: string) {}

  /** Under which name the rows of the table are noted. Plain characters only. */
  nameOf(table: string): string {
    return `${this.tag}/${table}`;
  }

  /** Idempotent. */
  async note(
    sql: SqlSession,
    table: string,
    rows: readonly { rowId: string; hash: string }[],
    at: Date,
  ): Promise<void> {
    if (rows.length === 0) return;
    const facts = rows.map(({ rowId, hash }) => ({ rowId, hash }));
    await sql.rows(
      `insert into mirrored_row (table_name, row_id, hash, sent_at)
        select $1, r."rowId", r.hash, $2 from jsonb_to_recordset($3::jsonb) as r ("rowId" text, hash text)
        on conflict (table_name, row_id) do update set hash = excluded.hash, sent_at = excluded.sent_at`,
      [this.nameOf(table), at, JSON.stringify(facts)],
    );
  }

  async forget(sql: SqlSession, table: string, rowIds: readonly string[]): Promise<void> {
    if (rowIds.length === 0) return;
    await sql.rows('delete from mirrored_row where table_name = $1 and row_id = any ($2::text[])', [
      this.nameOf(table),
      rowIds,
    ]);
  }

  /** Before all rows of a table are noted anew. */
  async forgetTable(sql: SqlSession, table: string): Promise<void> {
    await sql.rows('delete from mirrored_row where table_name = $1', [this.nameOf(table)]);
  }

  /** What was noted of other targets, once nothing is sent there any more. */
  async forgetOtherTargets(sql: SqlSession): Promise<void> {
    await sql.rows('delete from mirrored_row where table_name not like $1', [this.nameOf('%')]);
  }

  /** Rows known to be there, by table. */
  async counts(sql: SqlSession): Promise<Map<string, number>> {
    const rows = await sql.rows<{ name: string; rows: number }>(
      'select table_name as name, count(*)::int as rows from mirrored_row where table_name like $1 group by 1',
      [this.nameOf('%')],
    );
    const noted = new Map(rows.map(({ name, rows: count }) => [name, count]));
    return new Map(mirroredTables.map(({ name }) => [name, noted.get(this.nameOf(name)) ?? 0]));
  }
}
