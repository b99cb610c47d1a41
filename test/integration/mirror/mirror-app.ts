import { Client } from 'pg';
import type { MirrorDto, MirrorSyncDto } from '../../../src/cli/api-types.js';
import { D1Timings } from '../../../src/modules/mirror/index.js';
import type { Answer } from '../../support/api.js';
import type { TestD1 } from '../../support/d1.js';
import { startTestApp, stopCrons, type TestApp } from '../core/test-app.js';

/** What must be in the mirror; the tests' own list, so that a table that the code forgets is missed. */
export const mirrored = [
  'setting',
  'storage_provider',
  'site',
  'quota',
  'backup',
  'backup_copy',
  'backup_bundle',
  'stored_object',
] as const;

/** A server with a mirror, and a connection of the test's own to its database. */
export class MirrorServer {
  private constructor(
    readonly test: TestApp,
    readonly db: Client,
    readonly d1: TestD1,
    readonly serverId: string,
  ) {}

  /** `configured: false` leaves `PUT /mirror` to the test. */
  static async start(d1: TestD1, serverId: string, { configured = true } = {}): Promise<MirrorServer> {
    const test = await startTestApp();
    // The tests say when the mirror runs; nothing else may tidy the rows that they make up.
    await stopCrons(test.app);
    Object.assign(test.app.get(D1Timings), { firstWaitMs: 5, longestWaitMs: 2_000, confirmMs: 300, timeoutMs: 10_000 });
    const db = new Client({ connectionString: test.config.databaseUrl ?? '' });
    await db.connect();
    await db.query(`set timezone to 'UTC'`);
    const server = new MirrorServer(test, db, d1, serverId);
    if (configured) await server.configure();
    return server;
  }

  configure(more: Record<string, unknown> = {}): Promise<Answer<MirrorDto>> {
    return this.test.admin.call('PUT', '/mirror', { ...this.d1.settings, serverId: this.serverId, ...more });
  }

  async stop(): Promise<void> {
    await this.db.end();
    await this.test.close();
  }

  async sync(force = false): Promise<MirrorSyncDto> {
    return this.test.admin.post<MirrorSyncDto>('/mirror/sync', { force });
  }

  /** A run that is meant to fail: its code. */
  async failingSync(): Promise<unknown> {
    const { status, body } = await this.test.admin.call('POST', '/mirror/sync', {});
    return status < 300 ? `it worked: ${JSON.stringify(body)}` : body['code'];
  }

  async status(): Promise<NonNullable<MirrorDto['status']>> {
    const { status } = await this.test.admin.get<MirrorDto>('/mirror');
    if (status === null) throw new Error('no mirror');
    return status;
  }

  /** Every row that must be mirrored, as text. */
  async local(): Promise<string[]> {
    const all: string[] = [];
    for (const table of mirrored) {
      const where = table === 'setting' ? `where key not like 'mirror%' and key not like 'observed.%'` : '';
      const { rows } = await this.db.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t ${where}`);
      all.push(...rows.map(({ row }) => `${table} ${row}`));
    }
    return all.toSorted();
  }

  /** Every row that D1 has of this server, as text. */
  async remote(serverId = this.serverId): Promise<string[]> {
    const all: string[] = [];
    for (const table of mirrored)
      all.push(...(await this.d1.rows(table, serverId)).map(({ data }) => `${table} ${data}`));
    return all.toSorted();
  }

  async addSite(name: string, more: { overrides?: unknown } = {}): Promise<string> {
    const { rows } = await this.db.query<{ id: string }>(
      `insert into site (id, name, path, module, settings, excludes, overrides, created_at, updated_at)
        values (gen_random_uuid(), $1, '/srv/' || gen_random_uuid(), 'wordpress', '{}', '[]', $2, now(), now()) returning id`,
      [name, JSON.stringify(more.overrides ?? {})],
    );
    return rows[0]?.id ?? '';
  }

  /** So many backups of a site, each with a copy, two bundles and three objects: seven rows. */
  async addBackups(siteId: string, count: number): Promise<void> {
    await this.db.query(
      `with made as (insert into backup (id, site_id, site_name, module, job_id, bundle_key, bundle_size, bundle_sha256,
            manifest_key, manifest_size, manifest_sha256, file_count, source_bytes, database_bytes, stored_bytes, started_at, created_at)
          select gen_random_uuid(), $1, 's', 'wordpress', gen_random_uuid(), 'sites/b' || n, 9007199254740995, repeat('a', 64),
            'sites/m' || n, n, repeat('b', 64), n, n, n, n, now(), now() from generate_series(1, $2::int) n returning *),
        copies as (insert into backup_copy (backup_id, provider_id, state, size, created_at)
          select m.id, p.id, 'present', 7, now() from made m, (select id from storage_provider limit 1) p),
        bundles as (insert into backup_bundle (backup_id, bundle_key, size, own)
          select m.id, 'sites/' || m.id || '/' || k, 5, k = 1 from made m, generate_series(1, 2) k)
      insert into stored_object (provider_id, key, kind, site_id, size, state, created_at)
        select p.id, 'sites/' || m.id || '/' || k, 'bundle', $1, 5, 'present', now()
          from made m, (select id from storage_provider limit 1) p, generate_series(1, 3) k`,
      [siteId, count],
    );
  }
}
