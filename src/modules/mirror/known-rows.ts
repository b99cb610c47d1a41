import type { EntityManager } from '@mikro-orm/postgresql';
import { mirroredTables } from './mirrored-tables.js';

/** What D1 is known to have of this server: `mirrored_row`, under the target's tag. Notes are made only of what D1 has confirmed. */
export class KnownRows {
  constructor(readonly tag: string) {}

  /** Under which name the rows of the table are noted. Plain characters only. */
  nameOf(table: string): string {
    return `${this.tag}/${table}`;
  }

  /** Idempotent. */
  async note(
    em: EntityManager,
    table: string,
    rows: readonly { rowId: string; hash: string }[],
    at: Date,
  ): Promise<void> {
    if (rows.length === 0) return;
    await em.execute(
      `insert into mirrored_row (table_name, row_id, hash, sent_at)
        select ?, r."rowId", r.hash, ? from jsonb_to_recordset(?::jsonb) as r ("rowId" text, hash text)
        on conflict (table_name, row_id) do update set hash = excluded.hash, sent_at = excluded.sent_at`,
      [this.nameOf(table), at.toISOString(), JSON.stringify(rows.map(({ rowId, hash }) => ({ rowId, hash })))],
    );
  }

  async forget(em: EntityManager, table: string, rowIds: readonly string[]): Promise<void> {
    if (rowIds.length === 0) return;
    await em.execute(
      `delete from mirrored_row where table_name = ? and row_id in (select jsonb_array_elements_text(?::jsonb))`,
      [this.nameOf(table), JSON.stringify(rowIds)],
    );
  }

  /** Before all rows of a table are noted anew. */
  async forgetTable(em: EntityManager, table: string): Promise<void> {
    await em.execute('delete from mirrored_row where table_name = ?', [this.nameOf(table)]);
  }

  /** What was noted of other targets, once nothing is sent there any more. */
  async forgetOtherTargets(em: EntityManager): Promise<void> {
    await em.execute('delete from mirrored_row where table_name not like ?', [this.nameOf('%')]);
  }

  /** Rows known to be there, by table. */
  async counts(em: EntityManager): Promise<Map<string, number>> {
    const rows = await em.execute<{ name: string; rows: number }[]>(
      'select table_name as name, count(*)::int as rows from mirrored_row where table_name like ? group by 1',
      [this.nameOf('%')],
    );
    const noted = new Map(rows.map(({ name, rows: count }) => [name, count]));
    return new Map(mirroredTables.map(({ name }) => [name, noted.get(this.nameOf(name)) ?? 0]));
  }
}
