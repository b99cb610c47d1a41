import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import { tryLock } from '../../../src/database/index.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { FaultyStorageDriver, SeededRandom } from '../../../src/engine/testing/index.js';
import { ProofService } from '../../../src/modules/proof/proof.service.js';
import { ResourceService } from '../../../src/modules/resources/index.js';
import { until } from '../../support/scratch.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { bundleKey, manifestKey, siteWith, Stored } from '../reconcile/reconcile-support.js';
import { broken, ioError, type Proof, type Provider } from './proof-support.js';

const test = useJobsApp({ limits: { io: 1, network: 1, cpu: 2, bandwidthMbps: 0 } });
const stored = Stored.use(test);
let really: Pick<StorageDriver, 'read' | 'stat'>;
let reads: string[] = [];
beforeAll(async () => {
  really = { read: stored.driver.read.bind(stored.driver), stat: stored.driver.stat.bind(stored.driver) };
});
beforeEach(() => {
  reads = [];
  stored.driver.read = (key, range, signal) => {
    reads.push(key);
    return really.read(key, range, signal);
  };
});
afterEach(async () => {
  vi.useRealTimers();
  Object.assign(stored.driver, really);
  // Each test has the storage for itself.
  for (const { key } of await stored.sql('select key from stored_object')) stored.write(String(key), '');
  for (const table of ['stored_object', 'backup_bundle', 'backup_copy', 'backup', 'setting'])
    await stored.sql(`delete from ${table}`);
});

async function provider(): Promise<Provider> {
  const [first] = (await test.viewer.get<Proof>('/proof')).providers;
  if (first === undefined) throw new Error('no provider');
  return first;
}

async function run(body: object = {}): Promise<NonNullable<Provider['last']>> {
  const { startedAt } = await test.operator.post<{ startedAt: string }>('/proof/run', body);
  return until('the reading to end', async () => {
    const { last } = await provider();
    return last !== null && last.startedAt >= startedAt ? last : null;
  });
}

const tick = (): Promise<void> => test.app.get(ProofService, { strict: false }).tick();
const copyOf = async (backup: BackupDto): Promise<BackupDto['copies'][number] | undefined> =>
  (await test.admin.get<BackupDto>(`/backups/${backup.id}`)).copies[0];
const age = (key: string, days: number, column = 'created_at'): Promise<unknown> =>
  stored.sql(`update stored_object set ${column} = now() - interval '${days} days' where key = '${key}'`);

function flip(key: string): void {
  const bytes = stored.take(key);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  stored.write(key, bytes);
}

/** The storage with faults to come, in its place. */
function faulty(): FaultyStorageDriver {
  const inner = Object.assign(Object.create(stored.driver) as StorageDriver, really);
  const driver = new FaultyStorageDriver(inner, { random: new SeededRandom(7) });
  stored.driver.read = driver.read.bind(driver);
  stored.driver.stat = driver.stat.bind(driver);
  return driver;
}

describe('what is found', () => {
  it('one flipped bit damages every backup that needs the object; the others are proven, as of their oldest read', async () => {
    const { backups } = await siteWith(test, 'flipped', 3);
    const [first, second, third] = backups as [BackupDto, BackupDto, BackupDto];
    flip(bundleKey(second));
    // All sizes are right: a quick verify finds nothing, and proves nothing.
    const quick = await test.admin.post<{ id: string }>(`/backups/${third.id}/verify`, { level: 'quick' });
    expect((await test.admin.ended(quick.id)).status).toBe('completed');
    expect(await provider()).toMatchObject({ objects: 6, neverRead: 6, shareReadInTime: 0, damaged: 0 });
    expect(await run()).toMatchObject({ objects: 6, damaged: 1, missing: 0, error: null });
    const copies = await Promise.all([first, second, third].map(copyOf));
    expect(copies.map((copy) => copy?.state)).toEqual(['verified', 'damaged', 'damaged']);
    const [oldest] = await stored.sql(
      `select min(read_at) as at from stored_object where key in ('${bundleKey(first)}', '${manifestKey(first)}')`,
    );
    expect(new Date(copies[0]?.verifiedAt ?? '')).toEqual(oldest?.['at']);
    expect(await stored.sql(`select distinct read_by from stored_object where read_at is not null`)).toEqual([
      { read_by: 'ledger' },
    ]);
    expect(await provider()).toMatchObject({ damaged: 1, neverRead: 1, guaranteed: true });
    // What is known to be damaged waits for its repair.
    reads = [];
    await run();
    expect(reads).not.toContain(bundleKey(second));
  });

  it('a missing object is missing; one that is being deleted is not', async () => {
    const { backups } = await siteWith(test, 'missing', 3);
    const [first, second, third] = backups as [BackupDto, BackupDto, BackupDto];
    stored.take(bundleKey(first));
    await stored.sql(`update backup set deleting_at = now() where id = '${second.id}'`);
    stored.take(manifestKey(second));
    expect(await run()).toMatchObject({ damaged: 0, missing: 1 });
    expect(await stored.state(bundleKey(first))).toBe('missing');
    expect(await stored.state(manifestKey(second))).toBe('present');
    expect((await copyOf(third))?.state).toBe('missing');
  });

  it('nothing, where a transfer was wrong once; what is wrong twice, or on a bad disk, is damaged', async () => {
    const { backups } = await siteWith(test, 'twice', 1);
    const [only] = backups as [BackupDto];
    for (const fault of ['flip', 'truncate'] as const) {
      faulty().failNext('read', fault);
      expect(await run()).toMatchObject({ objects: 2, damaged: 0, unreadable: 0 });
      expect((await copyOf(only))?.state).toBe('verified');
    }
    const twice = faulty();
    twice.failNext('read', 'truncate');
    twice.failNext('read', 'flip');
    expect(await run()).toMatchObject({ objects: 2, damaged: 1 });
    await stored.sql(`update stored_object set state = 'present'`);
    Object.assign(stored.driver, really);
    await run();
    expect((await copyOf(only))?.state).toBe('verified');
    stored.driver.read = (key, range, signal) =>
      key === bundleKey(only) ? Promise.reject(ioError()) : really.read(key, range, signal);
    expect(await run()).toMatchObject({ objects: 2, damaged: 1, unreadable: 0 });
    expect(await stored.state(bundleKey(only))).toBe('damaged');
  });

  it('no damage where the storage does not answer: it is left alone and tried again', async () => {
    const { backups } = await siteWith(test, 'away', 3);
    const down = new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'It is away.' });
    stored.driver.stat = () => Promise.reject(down);
    expect(await run()).toMatchObject({
      objects: 0,
      unreadable: 3,
      damaged: 0,
      error: { code: 'STORAGE_UNREACHABLE' },
    });
    stored.driver.stat = really.stat;
    stored.driver.read = () => Promise.resolve(Readable.from(broken(down)));
    expect(await run()).toMatchObject({ objects: 0, unreadable: 3, damaged: 0 });
    expect(await stored.sql(`select 1 from stored_object where state <> 'present' or read_at is not null`)).toEqual([]);
    Object.assign(stored.driver, really);
    expect(await run()).toMatchObject({ objects: 6, unreadable: 0, error: null });
    expect((await copyOf(backups[0] as BackupDto))?.state).toBe('verified');
  });

  it('a checksum that the catalogue does not know is taken from a manifest', async () => {
    const { backups } = await siteWith(test, 'old-catalogue', 2);
    const [first, second] = backups as [BackupDto, BackupDto];
    await stored.sql(`update stored_object set sha256 = null where kind = 'bundle'`);
    flip(bundleKey(second));
    expect(await run()).toMatchObject({ objects: 4, damaged: 1, unreadable: 0 });
    expect((await copyOf(first))?.state).toBe('verified');
    expect((await copyOf(second))?.state).toBe('damaged');
  });
});

describe('order and budget', () => {
  it('what was read longest ago goes first; bytes are obeyed within one object', async () => {
    const { backups } = await siteWith(test, 'order', 3);
    const [first, second, third] = backups as [BackupDto, BackupDto, BackupDto];
    const order = [
      manifestKey(second),
      bundleKey(third),
      bundleKey(first),
      manifestKey(third),
      bundleKey(second),
      manifestKey(first),
    ];
    for (const [i, key] of order.entries()) {
      await age(key, 60 - i);
      // Every other one was read: what counts then is when.
      if (i % 2 === 1) {
        await age(key, 60 - i, 'read_at');
        await age(key, 90);
      }
    }
    expect(await provider()).toMatchObject({ next: { key: order[0] }, overdue: 6, neverRead: 3 });
    const sizes = await stored.sql('select key, size from stored_object');
    const sizeOf = (key: string): number => Number(sizes.find((row) => row['key'] === key)?.['size']);
    const bytes = order.slice(0, 3).reduce((sum, key) => sum + sizeOf(key), 0);
    reads = [];
    const portion = await run({ bytes: bytes - 1 });
    expect(portion).toMatchObject({ objects: 3, bytes });
    expect(reads).toEqual(order.slice(0, 3));
    await run();
    // The rest, and each once: those that were read just now come last.
    expect(reads).toEqual([...order, ...order.slice(0, 3)]);
  });

  it('the plan reads what is due, and leaves alone what is fresh', async () => {
    const { backups } = await siteWith(test, 'due', 2);
    const [first, second] = backups as [BackupDto, BackupDto];
    reads = [];
    await tick();
    expect(reads).toEqual([]);
    await age(bundleKey(first), 28.5);
    // Another master is at it.
    const lock = await tryLock(test.config.databaseUrl ?? '', `backupd:proof:${stored.providerId}`);
    await tick();
    expect(reads).toEqual([]);
    expect(await test.operator.call('POST', '/proof/run')).toMatchObject({ status: 409 });
    await lock?.release();
    await tick();
    expect(reads).toEqual([bundleKey(first)]);
    // A budget of a person holds, and what it is too small for is said.
    const set = await test.admin.call<Proof>('PUT', '/proof', { everyDays: 10, budgetBytes: 10 });
    expect(set.body).toMatchObject({ everyDays: 10, budgetBytes: 10, budgetMinutes: null });
    for (const key of [manifestKey(first), bundleKey(second), manifestKey(second)]) await age(key, 50);
    const { guaranteed, needsBytesPerDay, overdue } = await provider();
    expect({ guaranteed, overdue }).toEqual({ guaranteed: false, overdue: 3 });
    expect(needsBytesPerDay).toBeGreaterThan(10);
    await stored.sql(`update setting set value = value || '{"bytes": 10}' where key like 'proof.state.%'`);
    reads = [];
    await tick();
    await tick();
    expect(reads).toHaveLength(1);
    await test.admin.call('PUT', '/proof', { everyDays: 10 });
    await tick();
    expect(reads).toHaveLength(3);
    expect(await provider()).toMatchObject({ overdue: 0, guaranteed: true });
  });

  it('minutes are obeyed too, by hand and by the plan', async () => {
    await siteWith(test, 'minutes', 1);
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() });
    stored.driver.read = async (key, range, signal) => {
      reads.push(key);
      vi.advanceTimersByTime(700);
      return really.read(key, range, signal);
    };
    expect(await run({ minutes: 0.01 })).toMatchObject({ objects: 1 });
    await test.admin.call('PUT', '/proof', { everyDays: 10, budgetMinutes: 1 });
    await stored.sql(`update stored_object set created_at = now() - interval '20 days', read_at = null`);
    await stored.sql(`update setting set value = value || '{"milliseconds": 500}' where key like 'proof.state.%'`);
    reads = [];
    await tick();
    await tick();
    expect(reads).toHaveLength(1);
  });

  it('begins by itself: credit grows from the first look on, and is used', async () => {
    await stored.sql(`delete from setting where key like 'proof.state.%'`);
    await test.admin.call('PUT', '/proof', { everyDays: 10, budgetBytes: 1_000_000 });
    const { backups } = await siteWith(test, 'begins', 1);
    const [first] = backups as [BackupDto];
    await age(bundleKey(first), 5);
    await tick();
    // A day goes by.
    await stored.sql(`update setting set value = value || jsonb_build_object('at', now() - interval '1 day')
      where key like 'proof.state.%'`);
    await tick();
    expect(reads).toContain(bundleKey(first));
  });

  it('settings are for admins, reading is for operators', async () => {
    expect(await test.operator.call('PUT', '/proof', { everyDays: 5 })).toMatchObject({ status: 403 });
    expect(await test.viewer.call('POST', '/proof/run')).toMatchObject({ status: 403 });
    for (const body of [
      {},
      { everyDays: 0 },
      { everyDays: 30, budgetBytes: -1 },
      { everyDays: 30, budgetMinutes: 2000 },
    ])
      expect(await test.admin.call('PUT', '/proof', body)).toMatchObject({ status: 400 });
    expect(await test.viewer.get('/proof')).toMatchObject({ everyDays: 30, budgetBytes: null, budgetMinutes: null });
  });

  it('a large object does not keep others from the disk, and is read by one at a time', async () => {
    const size = 200 * 1024 * 1024;
    const content = Buffer.concat([randomBytes(1024), Buffer.alloc(size - 1024)]);
    const key = stored.write('sites/00000000-0000-7000-8000-000000000001/large.tar.zst', content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await stored.sql(`insert into stored_object (provider_id, key, kind, site_id, size, sha256, state, created_at) values
      ('${stored.providerId}', '${key}', 'bundle', '${stored.providerId}', ${size}, '${sha256}', 'present', now() - interval '1 day')`);
    const resources = test.app.get(ResourceService, { strict: false });
    let after = -1;
    const others: Promise<void>[] = [];
    stored.driver.read = (name, range, signal) => {
      if (others.length === 0)
        others.push(
          resources.use('io', async () => {
            after = reads.length;
          }),
        );
      reads.push(name);
      return really.read(name, range, signal);
    };
    const first = run();
    await until('the reading to begin', () => reads.length > 0);
    expect(await test.operator.call('POST', '/proof/run')).toMatchObject({
      status: 409,
      body: { code: 'PROOF_ACTIVE' },
    });
    expect(await first).toMatchObject({ objects: 1, bytes: size, damaged: 0 });
    await Promise.all(others);
    expect(reads).toHaveLength(4);
    expect(after).toBe(1);
  });
});
