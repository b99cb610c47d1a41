import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import type { StorageDriver, StoredObject } from '../../../src/engine/ports/index.js';
import { FaultyStorageDriver, SeededRandom } from '../../../src/engine/testing/index.js';
import { BackupRemover } from '../../../src/modules/backups/backup-remover.js';
import { ReconcileSchedule } from '../../../src/modules/reconcile/reconcile-schedule.js';
import { ReconcileService } from '../../../src/modules/reconcile/reconcile.service.js';
import { until } from '../../support/scratch.js';
import { startJobsApp, useJobsApp, storedNames } from '../jobs/jobs-app.js';
import { bundleKey, manifestKey, siteWith, Stored } from './reconcile-support.js';

const test = useJobsApp();
const stored = Stored.use(test);
let really: Pick<StorageDriver, 'list' | 'put' | 'delete' | 'stat'>;
beforeAll(async () => {
  const { driver } = stored;
  really = {
    list: driver.list.bind(driver),
    put: driver.put.bind(driver),
    delete: driver.delete.bind(driver),
    stat: driver.stat.bind(driver),
  };
});
afterEach(() => Object.assign(stored.driver, really));

const all = { actions: ['adopt', 'mark', 'delete'], graceDays: 0 };

/** What the storage lists now, later: as a stale list does. */
async function listNow(): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of really.list('')) objects.push(object);
  return objects;
}

async function* unordered(): AsyncGenerator<StoredObject> {
  yield* (await listNow()).toReversed();
}

describe('what happens meanwhile', () => {
  it('a backup that is being uploaded loses nothing, wherever it is', async () => {
    const { site } = await siteWith(test, 'uploading', 1);
    for (const held of ['.tar.zst', '.manifest.ndjson.zst', 'site.json']) {
      const before = storedNames(test, site.id).length;
      const { promise: gate, resolve: go } = Promise.withResolvers<void>();
      let reached = false;
      stored.driver.put = async (key, source, options) => {
        const answer = await really.put(key, source, options);
        if (key.endsWith(held)) {
          reached = true;
          await gate;
        }
        return answer;
      };
      const { id } = await site.start();
      await until('the object to be stored', () => reached);
      expect(storedNames(test, site.id).length).toBeGreaterThanOrEqual(before);
      const report = await stored.reconcile(all);
      expect(report).toMatchObject({ status: 'completed', findings: [] });
      expect(report.counts['ofJobs']).toBeGreaterThan(0);
      go();
      Object.assign(stored.driver, really);
      expect((await test.admin.ended(id)).status).toBe('completed');
      expect(await stored.verify(await stored.newest(site.id))).toBe('completed');
    }
  });

  it('a list from before the newest backup marks nothing of it, one from after it deletes nothing', async () => {
    const { site } = await siteWith(test, 'stale', 1);
    const before = await listNow();
    stored.driver.list = () => Readable.from(before);
    expect((await site.backUp()).status).toBe('completed');
    const report = await stored.reconcile(all);
    expect(report).toMatchObject({ status: 'completed', findings: [] });
    // The other way round: the list has it, the catalogue as it was read did not.
    stored.driver.list = async function* early() {
      const now = await listNow();
      yield* now.slice(0, -1);
      expect((await site.backUp()).status).toBe('completed');
      yield* (await listNow()).slice(now.length - 1);
    };
    expect(await stored.reconcile(all)).toMatchObject({ status: 'completed', findings: [] });
    const newest = await stored.newest(site.id);
    expect(await stored.verify(newest)).toBe('completed');
  });

  it('a backup that is deleted between listing and acting is neither missing nor adopted again', async () => {
    const { backups } = await siteWith(test, 'going', 3);
    const [first, second] = backups as [BackupDto, BackupDto];
    // The catalogue was read, then it is deleted, then the storage lists.
    stored.driver.list = async function* late() {
      expect(await test.admin.call('DELETE', `/backups/${first.id}`)).toMatchObject({ status: 204 });
      yield* really.list('');
    };
    expect(await stored.reconcile(all)).toMatchObject({ status: 'completed', findings: [] });
    // Listed, then deleted, then the catalogue is read.
    const before = await listNow();
    expect(await test.admin.call('DELETE', `/backups/${second.id}`)).toMatchObject({ status: 204 });
    stored.driver.list = () => Readable.from(before);
    const report = await stored.reconcile(all);
    expect(report).toMatchObject({
      status: 'completed',
      findings: [{ kind: 'orphan', key: manifestKey(second), action: 'waiting', note: 'It is gone.' }],
    });
    for (const { id } of [first, second])
      expect(await test.admin.call('GET', `/backups/${id}`)).toMatchObject({ status: 404 });
  });

  it('while its manifest is deleted already and the rest not yet, it is left alone', async () => {
    const { backups } = await siteWith(test, 'half-gone', 1);
    const [only] = backups as [BackupDto];
    const { promise: gate, resolve: go } = Promise.withResolvers<void>();
    stored.driver.delete = async (key, signal) => {
      await really.delete(key, signal);
      if (key === manifestKey(only)) await gate;
    };
    const deleting = test.admin.call('DELETE', `/backups/${only.id}?force=true`);
    await until('the manifest to be gone', async () => (await really.stat(manifestKey(only))) === null);
    expect(await stored.reconcile(all)).toMatchObject({ status: 'completed', findings: [] });
    expect(await really.stat(bundleKey(only))).not.toBeNull();
    go();
    expect((await deleting).status).toBe(204);
  });

  it('a job that begins while an orphan is deleted waits for that', async () => {
    const { site } = await siteWith(test, 'waits', 1);
    const orphan = stored.write(`sites/${site.id}/20200101T000000Z-${newId()}.tar.zst`, 'orphan', 30);
    const { promise: gate, resolve: go } = Promise.withResolvers<void>();
    let deleting = false;
    stored.driver.delete = async (key, signal) => {
      deleting = true;
      await gate;
      await really.delete(key, signal);
    };
    const { id } = await stored.start({ actions: ['delete'] });
    await until('the delete to begin', () => deleting);
    const order: string[] = [];
    const job = site.start().then((made) => {
      order.push('job');
      return made;
    });
    await until('the job to wait for the lock', async () => {
      const rows = await stored.sql(`select 1 from pg_locks where locktype = 'advisory' and not granted`);
      return rows.length > 0;
    });
    order.push('go');
    go();
    expect(await stored.ended(id)).toMatchObject({ findings: [{ key: orphan, action: 'deleted' }] });
    expect((await test.admin.ended((await job).id)).status).toBe('completed');
    expect(order).toEqual(['go', 'job']);
  });
});

describe('backup, delete and reconcile at the same time', () => {
  it('never lose what a backup needs, and leave no litter', { timeout: 120_000 }, async () => {
    const made = await Promise.all(['race-1', 'race-2'].map((name) => siteWith(test, name, 2)));
    for (let round = 0; round < 10; round++) {
      const work = made.map(async ({ site }) => {
        writeFileSync(join(site.path, `round-${round}.bin`), Buffer.alloc(20_000, `${site.id} ${round} `));
        const oldest = (await test.admin.backups(site.id)).at(-1);
        const deleting = test.admin.call('DELETE', `/backups/${oldest?.id ?? ''}`);
        expect((await site.backUp()).status).toBe('completed');
        await deleting;
      });
      const report = await stored.reconcile(all);
      expect(report.status).toBe('completed');
      expect(report.counts).not.toMatchObject({ missing: expect.anything() });
      await Promise.all(work);
    }
    await test.app.get(BackupRemover, { strict: false }).finishAll();
    for (const { site } of made) {
      const backups = await test.admin.backups(site.id);
      expect(backups.length).toBeLessThan(12);
      for (const backup of backups) expect(await stored.verify(backup)).toBe('completed');
    }
    expect((await stored.reconcile()).findings).toEqual([]);
  });
});

describe('a listing that can not be believed', () => {
  it('marks nothing when it breaks half-way or is out of order', async () => {
    const { backups } = await siteWith(test, 'broken', 2);
    const [first] = backups as [BackupDto];
    const content = stored.take(bundleKey(first));
    const faulty = new FaultyStorageDriver(Object.assign(Object.create(stored.driver) as StorageDriver, really), {
      random: new SeededRandom(1),
    });
    stored.driver.list = faulty.list.bind(faulty);
    for (const fault of ['error', 'broken'] as const) {
      faulty.failNext('list', fault);
      expect(await stored.reconcile(all)).toMatchObject({ status: 'failed', error: { code: 'STORAGE_UNREACHABLE' } });
    }
    stored.driver.list = unordered;
    expect(await stored.reconcile(all)).toMatchObject({
      status: 'failed',
      error: { code: 'STORAGE_LISTING_UNORDERED' },
    });
    expect(await stored.state(bundleKey(first))).toBe('present');
    Object.assign(stored.driver, really);
    stored.write(bundleKey(first), content);
  });

  it('marks nothing when it is empty or lacks most, unless forced, and even then looks each one up', async () => {
    const keys = (await listNow()).map(({ key }) => key);
    for (const few of [0, 1]) {
      stored.driver.list = async function* short() {
        yield* (await listNow()).slice(0, few);
      };
      const report = await stored.reconcile(all);
      expect(report).toMatchObject({ status: 'failed', error: { code: 'RECONCILIATION_DOUBTFUL' } });
      expect(report.counts['missing']).toBeGreaterThan(5);
      expect(report.counts['marked']).toBeUndefined();
    }
    // Only the list was wrong.
    expect(await stored.reconcile({ ...all, force: true })).toMatchObject({ status: 'completed', findings: [] });
    Object.assign(stored.driver, really);
    const contents = keys.map((key) => [key, stored.take(key)] as const);
    expect(await stored.reconcile({ actions: ['mark'] })).toMatchObject({ status: 'failed' });
    expect(await stored.sql(`select 1 from stored_object where state <> 'present'`)).toEqual([]);
    const forced = await stored.reconcile({ actions: ['mark'], force: true });
    expect(forced.counts['marked']).toBe(forced.counts['known']);
    expect(await stored.sql(`select 1 from stored_object where state <> 'missing'`)).toEqual([]);
    for (const [key, content] of contents) stored.write(key, content);
    const back = await stored.reconcile({ actions: ['mark'] });
    expect(back.counts['back']).toBe(forced.counts['known']);
  });
});

describe('one at a time', () => {
  it('a second one of the same storage is refused; one that was cut off is failed at the next start', async () => {
    const { promise: gate, resolve: go } = Promise.withResolvers<void>();
    stored.driver.list = async function* held() {
      await gate;
      yield* really.list('');
    };
    const { id } = await stored.start();
    const path = `/storage/${stored.providerId}/reconciliations`;
    expect(await test.admin.call('POST', path)).toMatchObject({ status: 409, body: { code: 'RECONCILIATION_ACTIVE' } });
    const service = test.app.get(ReconcileService, { strict: false });
    // Held by a live one: not cut off.
    await service.onApplicationBootstrap();
    expect((await stored.report(id)).status).toBe('running');
    go();
    expect((await stored.ended(id)).status).toBe('completed');
    await stored.sql(`update reconciliation set status = 'running', finished_at = null where id = '${id}'`);
    await service.onApplicationBootstrap();
    expect(await stored.report(id)).toMatchObject({
      status: 'failed',
      error: { code: 'RECONCILIATION_INTERRUPTED' },
    });
  });

  it('every week by itself, when it is due', async () => {
    const schedule = test.app.get(ReconcileSchedule, { strict: false });
    const path = '/reconciliations/schedule';
    expect(await test.viewer.get(path)).toEqual({ cron: '17 3 * * 0' });
    expect(await test.operator.call('PUT', path, { cron: null })).toMatchObject({ status: 403 });
    for (const cron of ['often', '* * *', '61 * * * *', '0 0 3 * * 0'])
      expect(await test.admin.call('PUT', path, { cron })).toMatchObject({
        status: 400,
        body: { code: 'CRON_INVALID' },
      });
    expect(await schedule.runDue(new Date())).toEqual([]);
    const nextWeek = new Date(Date.now() + 7 * 86_400_000);
    expect(await schedule.runDue(nextWeek)).toEqual([stored.providerId]);
    const { items } = await test.viewer.get<{ items: { id: string; actions: string[] }[] }>('/reconciliations?limit=1');
    expect(items[0]?.actions).toEqual(['mark']);
    expect((await stored.ended(items[0]?.id ?? '')).status).toBe('completed');
    expect(await test.admin.call('PUT', path, { cron: null })).toMatchObject({ status: 200, body: { cron: null } });
    expect(await schedule.runDue(new Date(Date.now() + 70 * 86_400_000))).toEqual([]);
  });

  it('ends as failed when backupd is stopped', async () => {
    const other = await startJobsApp();
    const its = await Stored.of(other);
    let listing = false;
    its.driver.list = async function* endless(_prefix, signal) {
      await new Promise<void>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
        listing = true;
      });
      yield* [];
    };
    const { id } = await its.start();
    await until('the listing to begin', () => listing);
    await other.app.get(ReconcileService, { strict: false }).beforeApplicationShutdown();
    expect(await its.sql(`select status, error->>'code' as code from reconciliation where id = '${id}'`)).toEqual([
      { status: 'failed', code: 'RECONCILIATION_INTERRUPTED' },
    ]);
    await other.close();
  });
});
