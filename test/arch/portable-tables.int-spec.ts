import { MikroORM } from '@mikro-orm/postgresql';
import { beforeAll, expect, it } from 'vitest';
import { ormOptions, portableTables } from '../../src/database/index.js';
import { cloneDatabase } from '../support/database.js';

/** Of one run or one installation, or known again from elsewhere. A new table goes either here or into the portable ones. */
const notPortable = [
  'alarm',
  'audit_entry',
  'job',
  'job_event',
  'mirrored_row',
  'node_join',
  'node_sample',
  'node_task',
  'node_token',
  'notification_cursor',
  'notification_delivery',
  'password_reset',
  'quota_reservation',
  'reconciliation',
  'schedule_slot',
  'schedule_state',
  'seen_site',
  'user_session',
];

/** Primary key columns with their types, by table. */
const keys = new Map<string, { column: string | undefined; type: string | undefined }[]>();
let references: { source: string; target: string }[];
beforeAll(async () => {
  const database = await cloneDatabase();
  const orm = new MikroORM(ormOptions(database.url));
  try {
    for (const meta of orm.getMetadata().getAll().values()) {
      // A view has no rows of its own.
      if (meta.view === true) continue;
      keys.set(
        meta.tableName,
        meta.getPrimaryProps().map(({ fieldNames, columnTypes }) => ({ column: fieldNames[0], type: columnTypes[0] })),
      );
    }
    references = await orm.em
      .fork()
      .execute(
        `select conrelid::regclass::text as source, confrelid::regclass::text as target from pg_constraint where contype = 'f'`,
      );
  } finally {
    await orm.close();
    await database.drop();
  }
});

it('every table is either portable or said not to be', () => {
  const named = [...portableTables.map(({ name }) => name), ...notPortable];
  expect(named.toSorted()).toEqual([...keys.keys()].toSorted());
});

it('the keys are the primary keys; all columns of one but the last are UUIDs', () => {
  for (const { name, key } of portableTables) {
    expect(keys.get(name)?.map(({ column }) => column)).toEqual(key);
    for (const { type } of keys.get(name)?.slice(0, -1) ?? []) expect(type).toBe('uuid');
  }
});

it('a row can be loaded once the tables before its own are', () => {
  const order = portableTables.map(({ name }) => name);
  const tooEarly = references.filter(
    ({ source, target }) => order.includes(source) && !order.slice(0, order.indexOf(source)).includes(target),
  );
  expect(tooEarly).toEqual([]);
});
