import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MirrorRestoreDto } from '../../../src/cli/api-types.js';
import { cliAs } from '../core/cli.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { SecretBox } from '../../../src/modules/secrets/index.js';
import { type Fate, TestD1 } from '../../support/d1.js';
import { MirrorServer } from './mirror-app.js';
import { changeAtRandom } from './random-changes.js';

let d1: TestD1;
let source: MirrorServer;
beforeAll(async () => {
  d1 = await TestD1.start();
  source = await MirrorServer.start(d1, 'source');
  const site = await source.addSite('with a secret', {
    overrides: { DB_PASSWORD: { sealed: source.test.app.get(SecretBox).seal('pass') } },
  });
  await source.addBackups(site, 400);
  const random = new SeededRandom(99);
  for (let change = 0; change < 150; change += 1) await changeAtRandom(source.db, random);
  await source.sync();
});
afterAll(async () => {
  await source.stop();
  await d1.stop();
});

/** A new server on an empty database; with the source's key, where a person has put it back. */
async function newServer(serverId: string, { withKey = true, configured = true } = {}): Promise<MirrorServer> {
  const server = await MirrorServer.start(d1, serverId, { configured: false });
  if (withKey) Object.assign(server.test.app.get(SecretBox), source.test.app.get(SecretBox));
  if (configured) await server.configure();
  return server;
}

const restore = (server: MirrorServer, body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> =>
  server.test.admin.call('POST', '/mirror/restore', body);

/** Runs against it and nothing was loaded. */
async function expectRefused(server: MirrorServer, code: string, body: object = {}): Promise<void> {
  const before = await server.local();
  expect((await restore(server, body)).body).toMatchObject({ code });
  expect(await server.local()).toEqual(before);
}

describe('a catalogue from the mirror', () => {
  it('equals its source row by row, and the mirror goes on from there', async () => {
    const server = await newServer('new');
    try {
      expect((await restore(server)).body).toMatchObject({ code: 'MIRROR_EMPTY', context: { known: ['source'] } });
      const { status, body } = await restore(server, { serverId: 'source' });
      expect([status, body['code']]).toEqual([200, undefined]);
      const report = body as unknown as MirrorRestoreDto;
      expect(report.notes).toEqual(['The storage "local" of this database was replaced.']);
      expect(report.rows.reduce((sum, { rows }) => sum + rows, 0)).toBe((await source.local()).length);
      expect(await server.local()).toEqual(await source.local());
      // It is the source's successor, and all that is in the mirror is known to be there.
      expect(await server.test.admin.get('/mirror')).toMatchObject({ serverId: 'source', status: { rowsWaiting: 0 } });
      expect(await server.sync()).toMatchObject({ sent: 0, deleted: 0 });
      await expectRefused(server, 'CATALOGUE_NOT_EMPTY');
      // What it shows works: the application reads the rows.
      expect(await server.test.viewer.get('/sites?limit=1')).toMatchObject({
        total: (await d1.rows('site', 'source')).length,
      });
    } finally {
      await server.stop();
    }
  });

  it('needs the key of its credentials, or a person who does without', async () => {
    const server = await newServer('source', { withKey: false });
    try {
      await expectRefused(server, 'MIRROR_KEY_DIFFERS');
      const { body } = await restore(server, { withoutKey: true });
      expect(body['notes']).toContainEqual(
        expect.stringMatching(/Credentials sealed with another key \([0-9a-f]{8}\)/),
      );
      expect(await server.local()).toEqual(await source.local());
    } finally {
      await server.stop();
    }
  });

  it('is all or nothing: damage, changes meanwhile, short pages and failures', async () => {
    const server = await newServer('source');
    try {
      const [row] = await d1.rows('backup_copy', 'source');
      const set = (data: string): Promise<unknown> =>
        d1.sql(
          `update backupd_backup_copy set data = ? where server_id = 'source' and row_id = ?`,
          data,
          row?.row_id ?? '',
        );
      await set((row?.data ?? '').replace('"size": ', '"size": 1'));
      await expectRefused(server, 'MIRROR_ROW_DAMAGED');
      await set(row?.data ?? '');

      // The source writes while it is read.
      let asked = 0;
      d1.fate = async (body): Promise<Fate> => {
        if (/select row_id, data/.test(body) && ++asked === 3) {
          await source.db.query(`update site set paused = not paused`);
          d1.fate = () => 'pass';
          await source.sync();
        }
        return 'pass';
      };
      await expectRefused(server, 'MIRROR_CHANGED');
      expect(asked).toBe(3);

      // A read that says there is nothing more.
      d1.fate = (body) =>
        /select row_id, data.*backupd_stored_object/s.test(body) && JSON.parse(body).params[1] !== ''
          ? {
              status: 200,
              body: JSON.stringify({ success: true, errors: [], result: [{ success: true, results: [] }] }),
            }
          : 'pass';
      await expectRefused(server, 'MIRROR_CHANGED');

      d1.fate = (body) =>
        /backupd_stored_object/.test(body) && /select row_id, data/.test(body) ? { status: 502 } : 'pass';
      await expectRefused(server, 'MIRROR_UNREACHABLE');
      d1.fate = (body) => (/sqlite_master/.test(body) ? { status: 500 } : 'pass');
      await expectRefused(server, 'MIRROR_UNREACHABLE');
      d1.fate = () => 'pass';
      expect((await restore(server)).status).toBe(200);
      expect(await server.local()).toEqual(await source.local());
    } finally {
      d1.fate = () => 'pass';
      await server.stop();
    }
  });

  it('copes with tables that differ: unknown columns are left out, missing ones take their defaults', async () => {
    const old = await newServer('other-version');
    await old.db.query('alter table site add column added_later text default $$x$$');
    await old.db.query('alter table backup drop column pinned');
    const site = await old.addSite('of another version');
    await old.addBackups(site, 3);
    await old.sync();
    await old.stop();
    await d1.sql(`create table if not exists backupd_from_the_future (server_id text, row_id text)`);
    const server = await newServer('other-version');
    try {
      const { body } = await restore(server);
      expect(body['notes']).toEqual([
        'The table from_the_future of the mirror is unknown to this version: left out.',
        'The storage "local" of this database was replaced.',
        'The column "added_later" of site is unknown to this version: left out.',
      ]);
      const { rows } = await server.db.query('select pinned from backup');
      expect(rows).toEqual([{ pinned: false }, { pinned: false }, { pinned: false }]);
      await d1.sql('drop table backupd_from_the_future');
    } finally {
      await server.stop();
    }
  });

  it('refuses rows that can not fit', async () => {
    const old = await newServer('far-version');
    await old.db.query('alter table site drop column module');
    await old.db.query(
      `insert into site (id, name, path, settings, excludes, overrides, created_at, updated_at)
        values (gen_random_uuid(), 's3cret-name', '/x', '{}', '[]', '{}', now(), now())`,
    );
    await old.sync();
    await old.stop();
    const server = await newServer('far-version');
    try {
      await expectRefused(server, 'MIRROR_SCHEMA_DIFFERS');
      const { body } = await restore(server);
      expect(body['detail']).toContain('column module');
      expect(JSON.stringify(body)).not.toContain('s3cret-name');
    } finally {
      await server.stop();
    }
  });

  it('keeps the storage providers that this database has besides', async () => {
    const server = await newServer('source');
    try {
      await server.db.query(`update storage_provider set name = 'my own'`);
      const { body } = await restore(server);
      expect(body['notes']).toEqual(['The storage "my own" of this database is no longer a default.']);
      const { rows } = await server.db.query(`select is_default from storage_provider where name = 'my own'`);
      expect(rows).toEqual([{ is_default: false }]);
    } finally {
      await server.stop();
    }
  });
});

it('the command line sets up, tests, sends, shows, brings back and removes', async () => {
  const server = await newServer('cli', { configured: false });
  try {
    const backupd = (...args: string[]): ReturnType<typeof cliAs> => cliAs(server.test.admin, args);
    const { accountId, databaseId, baseUrl, apiToken } = d1.settings;
    expect((await backupd('mirror')).stdout).toContain('There is no mirror');
    const where = ['--account', accountId, '--database', databaseId, '--base-url', baseUrl, '--server', 'source'];
    expect(await backupd('mirror', 'add', ...where)).toMatchObject({ code: 2 });
    const file = join(server.test.folder, 'token');
    writeFileSync(file, `${apiToken}\n`, { mode: 0o600 });
    expect(await backupd('mirror', 'add', ...where, '--token-file', file)).toMatchObject({ code: 0 });
    expect((await backupd('mirror', 'test')).stdout).toMatch(/works \(\d+ ms\)\n {2}it has: .*source/);
    expect(await backupd('mirror', 'add', ...where, '--token-file', file)).toMatchObject({ code: 2 });
    const refused = await backupd('mirror', 'sync');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('MIRROR_WOULD_EMPTY')]);
    const status = await backupd('mirror', 'status');
    expect(status).toMatchObject({ code: 3, stdout: expect.stringContaining('mirror restore') });
    expect(status.stdout).not.toContain(apiToken);
    const back = await backupd('mirror', 'restore');
    expect(back).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/the catalogue of "source" is back\n[^]*stored_object +\d/),
    });
    expect(await server.local()).toEqual(await source.local());
    expect((await backupd('mirror', 'sync')).stdout).toContain('0 rows sent, 0 deleted');
    expect(JSON.parse((await backupd('mirror', 'edit', '--disable', '--json')).stdout)).toMatchObject({
      enabled: false,
    });
    expect(await backupd('mirror', 'remove')).toMatchObject({ code: 2 });
    expect(await backupd('mirror', 'remove', '--yes')).toMatchObject({ code: 0 });
    expect((await backupd('mirror')).stdout).toContain('There is no mirror');
  } finally {
    await server.stop();
  }
});
