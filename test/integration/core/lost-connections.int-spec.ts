import { MikroORM } from '@mikro-orm/postgresql';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { takeBackLost } from '../../../src/database/lost-connections.js';
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

it('who gives a lost one back later does no harm to who has its place by then', async () => {
  const database = await emptyDatabase();
  const pool = new Pool({ connectionString: database.url, max: 1 });
  // Its end() does not wait until the server has heard of it: dropping the database may still cut a connection.
  pool.on('error', () => undefined);
  takeBackLost(pool);
  const lost = await pool.connect();
  lost.on('error', () => undefined);
  await expect(lost.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(/terminat/);
  const next = await pool.connect();
  expect(() => lost.release()).not.toThrow();
  expect((await next.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  next.release();
  await pool.end();
  await database.drop();
});
