import type { Client } from 'pg';
import type { SeededRandom } from '../../../src/engine/testing/index.js';

const texts = [
  'plain',
  'ünï',
  `it's "quoted"`,
  'back\\slash',
  'tab\tline\nend',
  '\u{1f5ff}',
  '',
  'null',
  '{"a":1}',
  '%_?$1',
];
const json = (random: SeededRandom): string =>
  JSON.stringify({
    a: random.pick(texts),
    b: [random.below(9), null, { c: random.pick(texts) }],
    d: random.chance(0.5),
  });

/** A UUID of the seed, so that a failing run can be repeated. */
function uuid(random: SeededRandom): string {
  const hex = random.bytes(16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const keys: Record<string, string> = {
  setting: 'key',
  backup_copy: 'backup_id::text',
  backup_bundle: 'backup_id::text || bundle_key',
  stored_object: 'provider_id::text || key',
};
/** What tests need to stay. */
const spared: Record<string, string> = {
  setting: `key not like 'mirror%'`,
  storage_provider: `name <> 'local'`,
  site: `overrides = '{}'`,
};

/** One row more, changed, or gone, in any of the mirrored tables. */
export async function changeAtRandom(db: Client, random: SeededRandom): Promise<void> {
  const text = (): string => random.pick(texts);
  const big = String(9_007_199_254_740_993n + BigInt(random.below(1000)));
  const inserts: [string, unknown[]][] = [
    [
      `insert into site (id, name, url, path, module, settings, excludes, overrides, retention, created_at, updated_at)
        values ('${uuid(random)}', $1, $2, '${uuid(random)}'::text || $1, 'wordpress', $3, '["/a"]', '{}', $4, now(), now())`,
      [text(), random.chance(0.5) ? text() : null, json(random), random.chance(0.5) ? json(random) : null],
    ],
    [
      `insert into storage_provider (id, name, kind, settings, created_at, updated_at)
        values ('${uuid(random)}', '${uuid(random)}'::text || $1, 'local', $2, now(), '1970-01-01T00:00:00.001Z')`,
      [text(), json(random)],
    ],
    [
      `insert into setting (key, value, updated_at) values ('${uuid(random)}'::text || $1, $2, now())`,
      [text(), json(random)],
    ],
    [
      `insert into quota (id, scope, subject_id, bytes, over, updated_at)
        values ('${uuid(random)}', 'site', '${uuid(random)}', $1, 'fail', now())`,
      [big],
    ],
    [
      `insert into backup (id, site_id, site_name, module, job_id, bundle_key, bundle_size, bundle_sha256, manifest_key,
          manifest_size, manifest_sha256, file_count, source_bytes, database_bytes, stored_bytes, pin_note, started_at, created_at)
        values ('${uuid(random)}', '${uuid(random)}', $1, 'wordpress', '${uuid(random)}', 'b', $2, 'x', 'm', 1, 'y', 1, 2, 3, $2, $3, now(), now())`,
      [text(), big, random.chance(0.5) ? text() : null],
    ],
    [
      `insert into backup_copy (backup_id, provider_id, state, size, created_at)
        values ('${uuid(random)}', '${uuid(random)}', 'verified', $1, now())`,
      [big],
    ],
    [
      `insert into backup_bundle (backup_id, bundle_key, size, own) values ('${uuid(random)}', $1, $2, true)`,
      [text(), big],
    ],
    [
      `insert into stored_object (provider_id, key, kind, site_id, size, state, created_at)
        values ('${uuid(random)}', $1, 'manifest', '${uuid(random)}', $2, 'missing', now())`,
      [text(), big],
    ],
  ];
  const one = (table: string): string =>
    `ctid = (select ctid from ${table} where ${spared[table] ?? 'true'}
      order by md5(${keys[table] ?? 'id::text'} || '${random.below(1e9)}') limit 1)`;
  const updates: [string, unknown[]][] = [
    [
      `update site set name = $1, settings = $2, node_id = '${uuid(random)}' where ${one('site')}`,
      [text(), json(random)],
    ],
    [`update setting set value = $1 where ${one('setting')}`, [json(random)]],
    [`update backup set pinned = not pinned, expires_at = now(), stored_bytes = $1 where ${one('backup')}`, [big]],
    [`update stored_object set state = 'present', read_at = now(), size = $1 where ${one('stored_object')}`, [big]],
    [`update backup_copy set checked_at = now() where ${one('backup_copy')}`, []],
    // The key itself: one row gone, another one new.
    [`update backup_bundle set bundle_key = bundle_key || '/' || $1 where ${one('backup_bundle')}`, [text()]],
  ];
  const tables = [
    'site',
    'storage_provider',
    'setting',
    'quota',
    'backup',
    'backup_copy',
    'backup_bundle',
    'stored_object',
  ];
  const what = random.below(10);
  if (what < 6) await db.query(...random.pick(inserts));
  else if (what < 9) await db.query(...random.pick(updates));
  else {
    const table = random.pick(tables);
    await db.query(`delete from ${table} where ${one(table)}`);
  }
}
