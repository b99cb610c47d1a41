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

it('a backup from before bundles were shared needs its own bundle', async () => {
  const database = await emptyDatabase();
  const orm = new MikroORM(ormOptions(database.url));
  const id = '01a20b8c-d788-7649-97a8-12ebda60f327';
  try {
    await orm.migrator.up({ to: 'Migration20261124031410_initial' });
    const old = {
      id,
      site_id: id,
      site_name: 's',
      module: 'wordpress',
      job_id: id,
      bundle_key: 'sites/s/1.tar.zst',
      bundle_size: 7,
      bundle_sha256: 'a',
      manifest_key: 'sites/s/1.manifest.ndjson.zst',
      manifest_size: 1,
      manifest_sha256: 'b',
      file_count: 1,
      source_bytes: 1,
      database_bytes: 0,
      stored_bytes: 7,
      started_at: '2026-01-01T00:00:00Z',
      created_at: '2026-01-01T00:00:00Z',
    };
    const names = Object.keys(old);
    await orm.em
      .fork()
      .execute(
        `insert into backup (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
        Object.values(old),
      );
    await migrate(database.url);
    const rows = await orm.em.fork().execute<unknown[]>('select * from backup_bundle');
    expect(rows).toEqual([{ backup_id: id, bundle_key: 'sites/s/1.tar.zst', size: '7', own: true }]);
  } finally {
    await orm.close();
    await database.drop();
  }
});
