import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase } from '../support/database.js';
import { runSql } from '../support/postgres.js';

describe('the test PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  it('gives each test file its own database in UTF-8', async () => {
    await runSql(database.url, 'create table t (a text)');
    await runSql(database.url, "insert into t values ('🎉')");
    expect(await runSql(database.url, 'select a, length(a) n from t')).toEqual([{ a: '🎉', n: 1 }]);
  });
});
