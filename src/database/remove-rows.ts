import type { MikroORM } from '@mikro-orm/postgresql';

const BATCH = 5000;

/** Deletes the rows of the table whose ids the query gives, a batch at a time, each in a transaction of its own; their number. */
export async function removeRows(
  orm: MikroORM,
  table: string,
  idsOf: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  let removed = 0;
  for (let last = BATCH; last === BATCH; removed += last) {
    const sql = `delete from ${table} where id in (${idsOf} limit ${BATCH}) returning id`;
    last = (await orm.em.fork().execute<unknown[]>(sql, [...parameters])).length;
  }
  return removed;
}
