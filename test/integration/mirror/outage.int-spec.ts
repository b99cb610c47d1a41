import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { D1Timings, MirrorService } from '../../../src/modules/mirror/index.js';
import { type Fate, TestD1 } from '../../support/d1.js';
import { MirrorServer } from './mirror-app.js';

let d1: TestD1;
let server: MirrorServer;
let site: string;
beforeAll(async () => {
  d1 = await TestD1.start();
  server = await MirrorServer.start(d1, 'here');
  site = await server.addSite('a site');
  await server.addBackups(site, 20);
  await server.sync();
});
afterAll(async () => {
  await server.stop();
  await d1.stop();
});
afterEach(() => {
  d1.fate = () => 'pass';
});

/** Something new, something changed, something gone. */
async function change(): Promise<void> {
  await server.addBackups(site, 5);
  await server.db.query('update site set paused = not paused');
  await server.db.query(`delete from backup where id = (select id from backup order by created_at limit 1)`);
}

async function expectCaughtUp(): Promise<void> {
  await server.sync();
  expect(await server.remote()).toEqual(await server.local());
  expect(await server.status()).toMatchObject({ rowsWaiting: 0, behindSince: null, lastError: null });
}

/** The first so many requests that match have this fate. */
function fail(times: number, fate: Fate, matching = /./): () => number {
  let left = times;
  d1.fate = (body) => {
    if (left === 0 || !matching.test(body)) return 'pass';
    left -= 1;
    return fate;
  };
  return () => times - left;
}

/** Requests are never answered, and given up after so long; null: as before. */
async function silence(timeoutMs: number | null): Promise<void> {
  server.test.app.get(D1Timings).timeoutMs = timeoutMs ?? 10_000;
  if (timeoutMs !== null) fail(Infinity, 'silence');
}

describe('an outage', () => {
  it.each([
    ['refused connections', 'MIRROR_UNREACHABLE', () => d1.shut(), () => d1.open()],
    ['errors of the server', 'MIRROR_UNREACHABLE', () => fail(Infinity, { status: 503 }), () => undefined],
    ['lost answers', 'MIRROR_UNREACHABLE', () => fail(Infinity, 'lost-answer'), () => undefined],
    ['silence', 'MIRROR_UNREACHABLE', () => silence(100), () => silence(null)],
    ['throttling', 'MIRROR_THROTTLED', () => fail(Infinity, { status: 429 }), () => undefined],
    [
      'pages of a proxy',
      'MIRROR_ANSWER_INVALID',
      () => fail(Infinity, { status: 200, body: '<html>' }),
      () => undefined,
    ],
  ])('is told and caught up: %s', async (_, code, begin, end) => {
    await change();
    await begin();
    expect(await server.failingSync()).toBe(code);
    const first = await server.status();
    expect(first).toMatchObject({ rowsWaiting: expect.any(Number), lastError: { code } });
    expect(first.rowsWaiting).toBeGreaterThan(30);
    expect(first.behindSince).not.toBeNull();
    await change();
    await server.test.app.get(MirrorService).tick();
    // Still the first failure's time.
    expect((await server.status()).behindSince).toBe(first.behindSince);
    await end();
    d1.fate = () => 'pass';
    await expectCaughtUp();
  });

  it('of a moment is got over within the run', async () => {
    const waits: number[] = [];
    for (const fate of [{ status: 500 }, 'lost-answer', { status: 429, retryAfter: '1' }] as const) {
      await change();
      const failed = fail(2, fate);
      const started = Date.now();
      await server.sync();
      waits.push(Date.now() - started);
      expect(failed()).toBe(2);
      expect(await server.remote()).toEqual(await server.local());
    }
    expect(waits.at(-1)).toBeGreaterThanOrEqual(2_000);
  });

  it('with a long Retry-After ends the run instead of holding it', async () => {
    await change();
    fail(Infinity, { status: 429, retryAfter: '3600' });
    const started = Date.now();
    expect(await server.failingSync()).toBe('MIRROR_THROTTLED');
    expect(Date.now() - started).toBeLessThan(5_000);
    d1.fate = () => 'pass';
    await expectCaughtUp();
  });

  it('in the middle keeps what was confirmed', async () => {
    await server.addBackups(site, 300);
    // Some tables go through, then nothing.
    let puts = 0;
    d1.fate = (body) => (/insert into/.test(body) && ++puts > 2 ? { status: 500 } : 'pass');
    expect(await server.failingSync()).toBe('MIRROR_UNREACHABLE');
    const { rowsWaiting } = await server.status();
    expect(rowsWaiting).toBeGreaterThan(0);
    expect(rowsWaiting).toBeLessThan(2100);
    d1.fate = () => 'pass';
    expect(await server.sync()).toMatchObject({ sent: rowsWaiting });
    expect(await server.remote()).toEqual(await server.local());
  });

  it('of the answer alone does no harm: what was done is done again', async () => {
    await change();
    const { attempts } = server.test.app.get(D1Timings);
    fail(attempts, 'lost-answer', /insert into|delete from/);
    expect(await server.failingSync()).toBe('MIRROR_UNREACHABLE');
    expect((await server.status()).rowsWaiting).toBeGreaterThan(0);
    d1.fate = () => 'pass';
    await expectCaughtUp();
  });
});

describe('a fault on this side', () => {
  it('between a batch and its note leaves nothing wrong', async () => {
    await change();
    await server.db
      .query(`create function no_notes() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$;
      create trigger no_notes before insert or update or delete on mirrored_row execute function no_notes()`);
    expect(await server.failingSync()).toBe('INTERNAL');
    await server.db.query('drop function no_notes cascade');
    await expectCaughtUp();
  });

  it('while the catalogue is read deletes nothing', async () => {
    // Four in five backups are gone, rows are to be sent: the read ends with the first request that sends.
    await server.db.query('delete from backup_bundle where own');
    await server.addBackups(site, 1);
    const bundles = await d1.rows('backup_bundle', 'here');
    let killed = 0;
    d1.fate = async (body): Promise<Fate> => {
      if (killed === 0 && /insert into/.test(body)) {
        const { rowCount } = await server.db.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and state = 'idle in transaction' and query like '%mirror_changed%'`,
        );
        killed += rowCount ?? 0;
      }
      return 'pass';
    };
    await server.failingSync();
    expect(killed).toBe(1);
    const kept = new Set((await d1.rows('backup_bundle', 'here')).map((row) => row.row_id));
    expect(bundles.filter(({ row_id }) => !kept.has(row_id))).toEqual([]);
    d1.fate = () => 'pass';
    await expectCaughtUp();
  });

  it('with a table that can not be read deletes nothing', async () => {
    await server.db.query('delete from stored_object where ctid in (select ctid from stored_object limit 9)');
    const before = await server.remote();
    await server.db.query('alter table backup_copy rename to away');
    expect(await server.failingSync()).toBe('INTERNAL');
    await server.db.query('alter table away rename to backup_copy');
    expect(await server.remote()).toEqual(before);
    await expectCaughtUp();
  });

  it('never lets two runs at a time at the mirror', async () => {
    await change();
    let busy: unknown;
    d1.fate = async (): Promise<Fate> => {
      busy ??= await server.failingSync();
      return 'pass';
    };
    await server.sync();
    expect(busy).toBe('MIRROR_BUSY');
    expect(await server.remote()).toEqual(await server.local());
  });

  it('heals a mirror that was changed or lost over there', async () => {
    await d1.sql(`delete from backupd_backup where row_id in (select row_id from backupd_backup limit 7)`);
    await d1.sql('drop table backupd_site');
    await d1.sql(
      `insert into backupd_quota values ('here', '00000000-0000-7000-8000-000000000000', '{}', 'x', '2026'), ('elsewhere', 'x', '{}', 'x', '2026')`,
    );
    expect(await server.sync()).toMatchObject({ sent: 7 + 1, deleted: 1 });
    expect(await server.remote()).toEqual(await server.local());
    expect(await d1.rows('quota', 'elsewhere')).toHaveLength(1);
  });
});

describe('the test of the mirror says what is wrong', () => {
  it.each([
    ['token', { apiToken: 'wrong' }, 'MIRROR_TOKEN_REFUSED'],
    ['account', { accountId: 'other' }, 'MIRROR_TOKEN_REFUSED'],
    ['database', { databaseId: 'other' }, 'MIRROR_DATABASE_NOT_FOUND'],
    ['address', { baseUrl: 'http://127.0.0.1:9/client/v4' }, 'MIRROR_UNREACHABLE'],
  ])('wrong %s', async (_, wrong, code) => {
    await server.configure(wrong);
    expect((await server.test.admin.call('POST', '/mirror/test')).body).toMatchObject({ code });
    await server.configure();
    expect((await server.test.admin.call('POST', '/mirror/test')).body).toMatchObject({
      ok: true,
      servers: ['elsewhere', 'here'],
    });
  });

  it('settings that can not be', async () => {
    for (const [field, value] of [
      ['baseUrl', 'http://api.example.com/client/v4'],
      ['baseUrl', 'https://user:pass@api.example.com'],
      ['serverId', 'a b'],
      ['databaseId', '../../x'],
      ['apiToken', ''],
    ] as const)
      expect(await server.configure({ [field]: value })).toMatchObject({
        status: 400,
        body: { code: 'REQUEST_INVALID' },
      });
    expect((await server.test.operator.call('PUT', '/mirror', {})).status).toBe(403);
    await server.configure({ enabled: false });
    expect(await server.failingSync()).toBe('MIRROR_DISABLED');
    await server.configure({ enabled: true });
    await expectCaughtUp();
  });
});
