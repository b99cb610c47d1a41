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

const ID = '01a20b8c-d788-7649-97a8-12ebda60f327';
const BACKUP = {
  id: ID,
  site_id: ID,
  site_name: 's',
  module: 'wordpress',
  job_id: ID,
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

async function insert(
  orm: { em: { fork: () => { execute: (sql: string, values: unknown[]) => Promise<unknown> } } },
  table: string,
  row: Record<string, unknown>,
): Promise<void> {
  const names = Object.keys(row);
  const sql = `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
  await orm.em.fork().execute(sql, Object.values(row));
}

it('a backup from before bundles were shared needs its own bundle', async () => {
  const database = await emptyDatabase();
  const orm = new MikroORM(ormOptions(database.url));
  try {
    await orm.migrator.up({ to: 'Migration20261124031410_initial' });
    await insert(orm, 'backup', BACKUP);
    await migrate(database.url);
    const rows = await orm.em.fork().execute<unknown[]>('select * from backup_bundle');
    expect(rows).toEqual([{ backup_id: ID, bundle_key: 'sites/s/1.tar.zst', size: '7', own: true }]);
  } finally {
    await orm.close();
    await database.drop();
  }
});

it('objects of earlier backups are in the ledger, with what was known of them', async () => {
  const database = await emptyDatabase();
  const orm = new MikroORM(ormOptions(database.url));
  const other = '01a20b8c-d788-7649-97a8-12ebda60f328';
  const [good, bad] = ['01a20b8c-d788-7649-97a8-12ebda60f32a', '01a20b8c-d788-7649-97a8-12ebda60f32b'];
  try {
    await orm.migrator.up({ to: 'Migration20261124063500_bundle_references' });
    // The second backup shares the bundle of the first, and one whose backup is gone.
    await insert(orm, 'backup', BACKUP);
    const more = { bundle_key: 'sites/s/2.tar.zst', manifest_key: 'sites/s/2.manifest.ndjson.zst' };
    await insert(orm, 'backup', { ...BACKUP, ...more, id: other });
    const uses = [
      [ID, 'sites/s/1.tar.zst', true],
      [other, 'sites/s/1.tar.zst', false],
      [other, 'sites/s/0.tar.zst', false],
      [other, 'sites/s/2.tar.zst', true],
    ] as const;
    for (const [backup_id, bundle_key, own] of uses)
      await insert(orm, 'backup_bundle', { backup_id, bundle_key, own, size: 7 });
    const at = '2026-02-01T00:00:00Z';
    const copy = { backup_id: ID, provider_id: good, size: 8, created_at: at, verified_at: at, state: 'verified' };
    await insert(orm, 'backup_copy', copy);
    await insert(orm, 'backup_copy', { ...copy, backup_id: other, state: 'present', verified_at: null });
    await insert(orm, 'backup_copy', { ...copy, provider_id: bad, state: 'missing', verified_at: null });
    await insert(orm, 'damaged_bundle', { provider_id: bad, bundle_key: 'sites/s/1.tar.zst', found_at: at });
    await migrate(database.url);
    const rows = await orm.em
      .fork()
      .execute<Record<string, unknown>[]>('select * from stored_object order by provider_id, key');
    const told = rows.map(({ provider_id, key, sha256, state, read_at }) => [
      provider_id === good ? 'good' : 'bad',
      key,
      sha256,
      state,
      read_at !== null,
    ]);
    expect(told).toEqual([
      ['good', 'sites/s/0.tar.zst', null, 'present', false],
      ['good', 'sites/s/1.manifest.ndjson.zst', 'b', 'present', true],
      ['good', 'sites/s/1.tar.zst', 'a', 'present', true],
      ['good', 'sites/s/2.manifest.ndjson.zst', 'b', 'present', false],
      ['good', 'sites/s/2.tar.zst', 'a', 'present', false],
      ['bad', 'sites/s/1.manifest.ndjson.zst', 'b', 'missing', false],
      ['bad', 'sites/s/1.tar.zst', 'a', 'damaged', false],
    ]);
  } finally {
    await orm.close();
    await database.drop();
  }
});
