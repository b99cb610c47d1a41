import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretKeyId } from '../../../src/common/secret-key.js';
import { SecretBox, sealedColumns, SecretRotation } from '../../../src/modules/secrets/index.js';
import { SettingsService } from '../../../src/modules/settings/index.js';
import { SitesService } from '../../../src/modules/sites/index.js';
import { runSql } from '../../support/postgres.js';
import { NotesModule } from './notes-module.js';
import { startTestApp, useTestApp } from './test-app.js';

const test = useTestApp([NotesModule]);

const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);

/** Names of the keys that stored secrets need, of all columns. */
async function keysInUse(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { table, column } of sealedColumns)
    for (const row of await sql(`select ${column}::text as text from ${table} where ${column} is not null`))
      for (const [, id] of String(row['text']).matchAll(/v1\.([0-9a-f]{8})\./g)) found.add(id ?? '');
  return found;
}

describe('rotating the secret key', () => {
  it('knows every column that holds sealed texts', async () => {
    const rows = await sql(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and (column_name like '%seal%' or column_name = 'overrides')`,
    );
    const known = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    expect(rows.map((row) => String(row['name'])).toSorted()).toEqual(known.toSorted());
  });

  it('seals all again with a new key, while secrets are read and written', async () => {
    const settings = test.app.get(SettingsService);
    const sites = test.app.get(SitesService);
    const rotation = test.app.get(SecretRotation);
    const ids: string[] = [];
    for (const name of ['a', 'b']) {
      const path = join(test.folder, 'www', name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'notes.txt'), name);
      const overrides = { DB_PASSWORD: `pass ${name}`, DB_HOST: 'db.example' };
      ids.push((await test.admin.addSite(path, { module: 'notes', overrides })).id);
    }
    for (let i = 0; i < 30; i += 1) await settings.set(`test.${i}`, {}, { token: `token ${i}` });
    const state = { running: true, rounds: 0 };
    const load = async (which: number): Promise<void> => {
      for (let i = which; state.running; i = (i + 7) % 30) {
        expect(await settings.secretsOf(`test.${i}`)).toEqual({ token: `token ${i}` });
        await settings.set(`test.${i}`, {}, { token: `token ${i}` });
        expect((await sites.spec(ids[which % 2] ?? '')).overrides['DB_PASSWORD']).toBe(`pass ${'ab'[which % 2] ?? ''}`);
        state.rounds += 1;
      }
    };
    const loads = [0, 1, 2].map(load);
    const keys = new Set<string>();
    for (let i = 0; i < 12; i += 1) {
      const { status, body } = await test.admin.call<{ keyId: string; unreadable: unknown[] }>(
        'POST',
        '/secrets/rotate',
      );
      expect({ status, unreadable: body.unreadable }).toEqual({ status: 200, unreadable: [] });
      keys.add(body.keyId);
    }
    state.running = false;
    await Promise.all(loads);
    expect(keys.size).toBe(12);
    expect(state.rounds).toBeGreaterThan(30);
    const last = await rotation.rotate();
    // Nothing else writes now: all of it, and nothing else, is under the last key.
    expect(last).toMatchObject({ resealed: 32, unreadable: [], made: true });
    expect(await keysInUse()).toEqual(new Set([last.keyId]));
    expect(await rotation.resealAll()).toEqual({ resealed: 0, unreadable: [] });
    expect((await sites.spec(ids[0] ?? '')).overrides).toEqual({ DB_PASSWORD: 'pass a', DB_HOST: 'db.example' });
    // After a restart.
    const again = await SecretBox.open(test.config.paths.secretKey);
    expect(again.keyId).toBe(last.keyId);
    expect(again.keyIds.length).toBeGreaterThanOrEqual(14);
  });

  it('names what it can not open, and goes on with the rest', async () => {
    const stranger = new SecretBox(randomBytes(32));
    await sql(`update setting set sealed = '${stranger.seal('{"token":"x"}')}' where key = 'test.3'`);
    const { body } = await test.admin.call<{ resealed: number; unreadable: unknown }>('POST', '/secrets/rotate');
    expect(body.resealed).toBe(31);
    expect(body.unreadable).toEqual([
      { table: 'setting', id: 'test.3', message: expect.stringContaining(stranger.keyId) as string },
    ]);
    await expect(test.app.get(SettingsService).secretsOf('test.3')).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      context: { keyId: stranger.keyId },
    });
    await sql(`delete from setting where key = 'test.3'`);
  });

  it('a key from the configuration seals, earlier ones open, and none is made beside it', async () => {
    const [secretKey, earlier] = [randomBytes(32), randomBytes(32)];
    const other = await startTestApp([], { secretKey, oldSecretKeys: [earlier] });
    try {
      expect(await other.admin.get('/secrets')).toEqual({
        keyId: secretKeyId(secretKey),
        keyIds: [secretKeyId(earlier), secretKeyId(secretKey)],
        given: true,
      });
      expect(existsSync(other.config.paths.secretKey)).toBe(false);
      const rotated = await other.admin.call('POST', '/secrets/rotate');
      expect(rotated.body).toMatchObject({ keyId: secretKeyId(secretKey), made: false });
    } finally {
      await other.close();
    }
  });

  it('never gives a key', async () => {
    const { body } = await test.admin.call('GET', '/secrets');
    expect(Object.keys(body).toSorted()).toEqual(['given', 'keyId', 'keyIds']);
    expect(await test.operator.call('POST', '/secrets/rotate')).toMatchObject({ status: 403 });
  });
});
