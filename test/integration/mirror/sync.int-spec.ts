import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { MirrorService } from '../../../src/modules/mirror/index.js';
import { SecretBox } from '../../../src/modules/secrets/index.js';
import { TestD1 } from '../../support/d1.js';
import { MirrorServer } from './mirror-app.js';
import { changeAtRandom } from './random-changes.js';

let d1: TestD1;
let one: MirrorServer;
beforeAll(async () => {
  d1 = await TestD1.start();
  one = await MirrorServer.start(d1, 'one');
});
afterAll(async () => {
  await one.stop();
  await d1.stop();
});

async function expectEqual(server = one): Promise<void> {
  expect(await server.remote()).toEqual(await server.local());
}

describe('the mirror', () => {
  it('has every row after the first run, and sends only what changed after that', async () => {
    const site = await one.addSite(`ünï'"code\\ \u{1f5ff} ${'x'.repeat(5000)}`);
    await one.addBackups(site, 30);
    expect((await one.status()).rowsWaiting).toBe(1 + 1 + 30 * 7);
    expect(await one.sync()).toMatchObject({ sent: 1 + 1 + 30 * 7, deleted: 0 });
    await expectEqual();
    expect(await one.sync()).toMatchObject({ sent: 0, deleted: 0 });
    await one.db.query('update site set paused = true');
    await one.db.query('delete from stored_object where key = (select min(key) from stored_object)');
    expect((await one.status()).rowsWaiting).toBe(2);
    expect(await one.sync()).toMatchObject({ sent: 1, deleted: 1 });
    await expectEqual();
    expect(await one.status()).toMatchObject({ rowsWaiting: 0, behindSince: null, lastError: null });
  });

  it('follows any changes', async () => {
    const random = new SeededRandom(4_711);
    for (let round = 0; round < 25; round += 1) {
      for (let change = random.below(12); change >= 0; change -= 1) await changeAtRandom(one.db, random);
      await one.sync();
      await expectEqual();
    }
    expect((await one.local()).length).toBeGreaterThan(100);
  }, 120_000);

  it('keeps servers that share a database apart', async () => {
    const two = await MirrorServer.start(d1, 'two');
    try {
      const before = await one.remote();
      await two.addBackups(await two.addSite('of two'), 3);
      await two.sync();
      // The same ids on both: a server that was copied.
      const { rows } = await one.db.query<Record<string, unknown>>('select id, name, path from site limit 1');
      const [shared] = rows;
      await two.db.query(
        `insert into site (id, name, path, module, settings, excludes, overrides, created_at, updated_at)
          values ($1, 'other', '/srv/other', 'wordpress', '{}', '[]', '{}', now(), now())`,
        [shared?.['id']],
      );
      await two.sync();
      await expectEqual(two);
      await two.db.query(`delete from site where name = 'other'`);
      await two.db.query('delete from stored_object');
      await two.sync();
      await expectEqual(two);
      expect(await one.remote()).toEqual(before);
      expect((await one.test.admin.post('/mirror/test'))['servers']).toEqual(['one', 'two']);
    } finally {
      await two.stop();
    }
  });

  it('never has tokens, its own settings, or a secret in the clear', async () => {
    const secret = 'p4ss-in-the-clear';
    const sealed = one.test.app.get(SecretBox).seal(secret);
    await one.addSite('sealed', { overrides: { DB_PASSWORD: { sealed } } });
    await one.sync();
    await expectEqual();
    const tables = await d1.sql<{ name: string }>(`select name from sqlite_master where type = 'table'`);
    expect(tables.map(({ name }) => name)).not.toContain('backupd_api_token');
    const everything = (await one.remote()).join('\n');
    expect(everything.includes(sealed)).toBe(true);
    expect(everything.includes(secret)).toBe(false);
    expect(everything.includes(d1.settings.apiToken)).toBe(false);
    expect(await d1.rows('setting', 'one')).not.toContainEqual(expect.objectContaining({ row_id: 'mirror' }));
    const shown = await one.test.viewer.call('GET', '/mirror');
    expect(JSON.stringify(shown.body)).not.toContain(d1.settings.apiToken);
  });

  it('is not busy with what is merely observed, as whether a storage answers', async () => {
    await one.sync();
    const observe = (): Promise<unknown> =>
      one.db.query(
        `insert into setting (key, value, updated_at) values ('observed.reach.x', '{}', now())
          on conflict (key) do update set updated_at = now() + interval '1 second'`,
      );
    await observe();
    expect(await one.sync()).toMatchObject({ sent: 0, deleted: 0 });
    await observe();
    expect(await one.sync()).toMatchObject({ sent: 0, deleted: 0 });
    expect((await one.remote()).join('\n')).not.toContain('observed.');
  });

  it('leaves out what D1 would not take, and says so', async () => {
    const id = await one.addSite('huge');
    await one.db.query(`update site set settings = jsonb_build_object('x', repeat('y', 1000000)) where id = $1`, [id]);
    expect(await one.sync()).toMatchObject({ sent: 0, tooLarge: 1 });
    expect((await one.status()).lastError).toMatchObject({ code: 'MIRROR_ROW_TOO_LARGE' });
    // As large as it may be, and every character escaped on the way.
    await one.db.query(`update site set settings = jsonb_build_object('x', repeat('"', 440000)) where id = $1`, [id]);
    expect(await one.sync()).toMatchObject({ sent: 1, tooLarge: 0 });
    await expectEqual();
    await one.db.query('delete from site where id = $1', [id]);
    await one.sync();
  });

  it('runs by the clock, when something may have changed, and only then', async () => {
    const cron = one.test.app.get(SchedulerRegistry).getCronJob('mirror');
    expect(cron.nextDates(2).map((date) => date.toJSDate().getSeconds())).toEqual([23, 23]);
    const service = one.test.app.get(MirrorService);
    await service.tick();
    await one.addSite('by the clock');
    // PostgreSQL's statistics come a second late.
    await expect
      .poll(
        async () => {
          await service.tick();
          return (await one.status()).rowsWaiting;
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBe(0);
    await expectEqual();
    await expect
      .poll(
        async () => {
          const before = d1.requestBytes.length;
          await service.tick();
          return d1.requestBytes.length - before;
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBe(0);
  });

  it('sends 20,000 rows in requests and memory of a bounded size', async () => {
    const site = await one.addSite('many');
    await one.addBackups(site, 2860);
    const before = d1.requestBytes.length;
    globalThis.gc?.();
    const base = process.memoryUsage();
    let peak = 0;
    const watch = setInterval(() => {
      const now = process.memoryUsage();
      peak = Math.max(peak, now.heapUsed + now.external - base.heapUsed - base.external);
    }, 5);
    const report = await one.sync();
    clearInterval(watch);
    expect(report.sent).toBe(1 + 2860 * 7);
    const sizes = d1.requestBytes.slice(before);
    console.log(
      `20,021 rows: ${report.durationMs} ms, ${sizes.length} requests, at most ${Math.max(...sizes)} bytes, ${Math.round(peak / 1e6)} MB more memory`,
    );
    expect(Math.max(...sizes)).toBeLessThan(1_300_000);
    expect(peak).toBeLessThan(150e6);
    await expectEqual();
  }, 120_000);
});

describe('an empty or halved catalogue', () => {
  it('does not empty the mirror until a person says so', async () => {
    const gone = await MirrorServer.start(d1, 'gone');
    try {
      await gone.addBackups(await gone.addSite('all there is'), 3);
      await gone.sync();
      const full = await gone.remote();
      await gone.db.query('truncate site, backup, backup_copy, backup_bundle, stored_object');
      await gone.db.query(`update storage_provider set name = 'changed'`);
      expect(await gone.failingSync()).toBe('MIRROR_WOULD_EMPTY');
      await gone.test.app.get(MirrorService).tick();
      // Not even the changed row went over.
      expect(await gone.remote()).toEqual(full);
      expect((await gone.status()).behindSince).not.toBeNull();
      expect(await gone.sync(true)).toMatchObject({ sent: 1, deleted: full.length - 1 });
      await expectEqual(gone);
      expect(await gone.sync()).toMatchObject({ sent: 0, deleted: 0 });
    } finally {
      await gone.stop();
    }
  });

  it('is refused too when a fresh database comes with the same server id', async () => {
    const old = await MirrorServer.start(d1, 'reborn');
    await old.addBackups(await old.addSite('kept'), 3);
    await old.sync();
    const full = await old.remote();
    await old.stop();
    const fresh = await MirrorServer.start(d1, 'reborn');
    try {
      expect(await fresh.failingSync()).toBe('MIRROR_WOULD_EMPTY');
      await fresh.addSite('a first site');
      expect(await fresh.failingSync()).toBe('MIRROR_WOULD_EMPTY');
      expect(await fresh.remote()).toEqual(full);
      await fresh.sync(true);
      await expectEqual(fresh);
    } finally {
      await fresh.stop();
    }
  });

  it('takes over what D1 has when the same server is set up anew', async () => {
    const before = await one.remote();
    expect((await one.test.admin.call('DELETE', '/mirror')).status).toBe(204);
    expect(await one.test.admin.get('/mirror')).toMatchObject({ configured: false, status: null });
    expect(await one.remote()).toEqual(before);
    await one.db.query('delete from site where id = (select id from site limit 1)');
    await one.configure();
    expect(await one.sync()).toMatchObject({ sent: 0, deleted: 1 });
    await expectEqual();
  });

  it('is read again before more than half of many rows are deleted', async () => {
    await one.db.query('begin');
    await one.db.query('create table kept as select * from stored_object');
    await one.db.query('truncate stored_object');
    await one.db.query('commit');
    const before = await one.remote();
    const failing = one.failingSync();
    // The first read has seen the empty table by then; the second one, 300 ms later, sees the rows again.
    await expect
      .poll(
        async () => {
          const { rows } = await one.db.query(
            `select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like '%as gone%'`,
          );
          return rows.length;
        },
        { timeout: 10_000, interval: 10 },
      )
      .toBe(1);
    await one.db.query('insert into stored_object select * from kept');
    expect(await failing).toBe('MIRROR_READ_DOUBTFUL');
    expect(await one.remote()).toEqual(before);
    await one.sync();
    expect(await one.remote()).toEqual(before);
    // Gone for both reads: believed.
    await one.db.query('truncate stored_object');
    await one.sync();
    await expectEqual();
  });
});
