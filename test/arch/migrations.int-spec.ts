import { MikroORM } from '@mikro-orm/postgresql';
import { expect, it } from 'vitest';
import { migrate, ormOptions } from '../../src/database/index.js';
import { emptyDatabase } from '../support/database.js';

it('the migrations make exactly the tables that the entities say', async () => {
  const database = await emptyDatabase();
  await migrate(database.url);
  const orm = new MikroORM(ormOptions(database.url));
  try {
    // Other schemas (the queue's) and the list of migrations are not the entities' business.
    const difference = await orm.schema.getUpdateSchemaSQL({ wrap: false, dropTables: false });
    expect(difference.trim()).toBe('');
    expect(await migrate(database.url)).toEqual([]);
  } finally {
    await orm.close();
    await database.drop();
  }
});
