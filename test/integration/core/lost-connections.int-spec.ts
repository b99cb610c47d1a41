import { MikroORM } from '@mikro-orm/postgresql';
import { expect, it } from 'vitest';
import { ormOptions } from '../../../src/database/index.js';
import { emptyDatabase } from '../../support/database.js';

it('a database that drops all connections in the midst of transactions, again and again, costs none of them', async () => {
  const database = await emptyDatabase();
  const orm = new MikroORM(ormOptions(database.url));
  const cut = (): Promise<unknown> =>
    orm.em.fork().transactional((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
  // More than the pool has, each time.
  for (let round = 0; round < 3; round++) {
    const ends = await Promise.allSettled(Array.from({ length: 12 }, cut));
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(12);
    // One that nobody waited for goes once.
    expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
  }
  await orm.close();
  await database.drop();
});
