import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppConfig } from '../../../src/config/index.js';
import { readRunInfo } from '../../../src/run-info.js';
import { migrate } from '../../../src/database/index.js';
import { type Master, startMaster } from '../../../src/master.js';
import { TestApi } from '../../support/api.js';
import { cloneDatabase, emptyDatabase } from '../../support/database.js';
import { runSql } from '../../support/postgres.js';
import { makeScratch } from '../../support/scratch.js';

/** Making a cluster writes and syncs a lot: slow on a busy disk. */
vi.setConfig({ testTimeout: 120_000 });

let scratch: ReturnType<typeof makeScratch>;
let database: { url: string; drop: () => Promise<void> };
const running: Master[] = [];

beforeEach(async () => {
  scratch = makeScratch('start');
  database = await cloneDatabase();
});
afterEach(async () => {
  for (const master of running.splice(0)) await master.close();
  await database.drop();
  scratch.remove();
});

const configOf = (name: string): AppConfig =>
  AppConfig.of({ dataDir: join(scratch.path, name), databaseUrl: database.url, port: 0 });

async function start(config: AppConfig): Promise<Master> {
  const master = await startMaster(config, { quiet: true });
  running.push(master);
  return master;
}

describe('a start', () => {
  it('with nothing there makes all it needs, its own database included, and ends without a trace of running', async () => {
    const config = AppConfig.of({ dataDir: join(scratch.path, 'fresh'), port: 0 });
    const master = await start(config);
    const token = readFileSync(config.paths.adminToken, 'utf8').trim();
    expect(master.newAdminToken).toBe(token);
    expect(readRunInfo(config.paths)).toEqual({ pid: process.pid, url: master.url });
    expect((await new TestApi(master.url, token).call('GET', '/tokens')).status).toBe(200);
    for (const secret of [config.paths.adminToken, config.paths.secretKey])
      expect(statSync(secret).mode & 0o777).toBe(0o600);
    await master.close();
    await master.close();
    expect(existsSync(config.paths.runInfo)).toBe(false);
    expect(existsSync(join(config.paths.postgres, 'postmaster.pid'))).toBe(false);

    const again = await start(config);
    expect(again.newAdminToken).toBeNull();
    expect((await new TestApi(again.url, token).call('GET', '/tokens')).status).toBe(200);
  });

  it('at the same time as others on the same data dir: exactly one wins, the others name it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => start(configOf('shared'))));
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(3);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'ALREADY_RUNNING', kind: 'conflict' });
    await expect(start(configOf('shared'))).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      context: { pid: process.pid, url: running[0]?.url },
    });
  });

  it('together on one empty database: the schema is made once', async () => {
    const empty = await emptyDatabase();
    try {
      const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(empty.url)));
      expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    } finally {
      await empty.drop();
    }
  });

  it('after an unclean end works at once: a leftover run.json and a held file are no lock', async () => {
    const config = configOf('unclean');
    await (await start(config)).close();
    writeFileSync(config.paths.runInfo, '{"pid":1,"url":"http://127.0.0.1:1"}');
    const master = await start(config);
    expect(readRunInfo(config.paths)?.url).toBe(master.url);
  });

  it('on a database of a newer version is refused, and touches nothing', async () => {
    await runSql(
      database.url,
      `insert into schema_migration (name, executed_at) values ('Migration29990101000000_future', now())`,
    );
    const config = configOf('newer');
    await expect(start(config)).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: expect.stringContaining('Migration29990101000000_future') as string,
    });
    expect(existsSync(config.paths.runInfo)).toBe(false);
    // The failed start has let go of the data dir.
    await runSql(database.url, `delete from schema_migration where name like '%future'`);
    await start(config);
  });

  it('on a taken port, a wrong host, or a folder that can not be made says so, and lets go of all', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start(configOf('port').with({ port }))).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    other.close();
    await expect(start(configOf('port').with({ host: '203.0.113.7' }))).rejects.toMatchObject({ code: 'HOST_INVALID' });
    await start(configOf('port'));
    writeFileSync(join(scratch.path, 'file'), '');
    await expect(start(configOf('file/data'))).rejects.toMatchObject({ code: 'DATA_DIR_NOT_WRITABLE' });
  });

  it('without its database says where it looked, and no password', async () => {
    const databaseUrl = 'postgresql://me:hunter2@127.0.0.1:1/shop';
    const { connect } = await import('../../../src/database/index.js');
    const error: unknown = await connect(databaseUrl, 0).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(String(error)).toContain('127.0.0.1:1');
    expect(String(error)).not.toContain('hunter2');
  });

  it('does not revive an admin token that was removed: the file gets a new one', async () => {
    const config = configOf('revoked');
    const first = await start(config);
    const old = new TestApi(first.url, readFileSync(config.paths.adminToken, 'utf8').trim());
    const list = (await old.call('GET', '/tokens')).body as { items: { id: string }[] };
    const at = `/tokens/${list.items[0]?.id}`;
    expect(await old.call('DELETE', at)).toMatchObject({ status: 409, body: { code: 'LAST_ADMIN_TOKEN' } });
    await old.call('POST', '/tokens', { name: 'other', role: 'admin' });
    expect(await old.call('DELETE', at)).toMatchObject({ status: 204 });
    await first.close();
    const second = await start(config);
    expect(second.newAdminToken).toBe(readFileSync(config.paths.adminToken, 'utf8').trim());
    expect((await new TestApi(second.url, old.token).call('GET', '/tokens')).status).toBe(401);
    expect((await new TestApi(second.url, second.newAdminToken).call('GET', '/tokens')).status).toBe(200);
  });

  it('keeps the token file valid when the database was replaced', async () => {
    const config = configOf('replaced');
    await (await start(config)).close();
    const token = readFileSync(config.paths.adminToken, 'utf8').trim();
    await runSql(database.url, 'delete from api_token');
    const master = await start(config);
    expect(master.newAdminToken).toBeNull();
    expect((await new TestApi(master.url, token).call('GET', '/tokens')).status).toBe(200);
  });
});
