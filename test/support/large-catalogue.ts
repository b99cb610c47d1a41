import { Client } from 'pg';

/** Fills a migrated database as years of backups leave it; nothing of it lies in a storage. Takes some seconds for 100,000 backups. */
export async function fillCatalogue(
  url: string,
  { sites, backupsOfEach }: { sites: number; backupsOfEach: number },
): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`insert into storage_provider (id, name, kind, settings, enabled, is_default, created_at, updated_at)
      values (gen_random_uuid(), 'big disk', 'local', '{"path": "/nonexistent/big-disk"}', true, false, now(), now())`);
    await client.query(
      `insert into site (id, name, url, path, module, settings, excludes, overrides, paused, created_at, updated_at)
        select gen_random_uuid(), 'site ' || lpad(n::text, 5, '0') || '.example', 'https://site-' || n || '.example', '/srv/www/site-' || n,
            'wordpress', '{}', '[]', '{}', false, now() - interval '1 year', now()
          from generate_series(1, $1) n`,
      [sites],
    );
    await client.query(
      `insert into backup (id, site_id, site_name, module, job_id, bundle_key, bundle_size, bundle_sha256, manifest_key, manifest_size,
          manifest_sha256, file_count, source_bytes, database_bytes, stored_bytes, warning_count, pinned, started_at, created_at)
        select gen_random_uuid(), s.id, s.name, s.module, gen_random_uuid(), 'sites/' || s.id || '/' || n || '.tar.zst', 2000000, 'x',
            'sites/' || s.id || '/' || n || '.manifest.ndjson.zst', 20000, 'x', 2100, 80000000, 4000000, 2000000, 0, false,
            now() - n * interval '1 day', now() - n * interval '1 day' + interval '20 seconds'
          from site s, generate_series(1, $1) n`,
      [backupsOfEach],
    );
    await client.query(`insert into backup_copy (backup_id, provider_id, state, size, verified_at, checked_at, created_at)
      select b.id, p.id, 'present', 2000000, b.created_at, b.created_at, b.created_at
        from backup b, storage_provider p where p.name = 'big disk'`);
    for (const [key, kind] of [
      ['bundle_key', 'bundle'],
      ['manifest_key', 'manifest'],
    ])
      await client.query(`insert into stored_object (provider_id, key, kind, site_id, size, sha256, state, read_at, read_by, created_at)
        select p.id, b.${key}, '${kind}', b.site_id, 2000000, 'x', 'present', now() - interval '1 hour', 'verify', b.created_at
          from backup b, storage_provider p where p.name = 'big disk'`);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
