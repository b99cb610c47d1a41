import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from '../../../src/cli/api-types.js';
import type { ScheduleDto } from '../../../src/cli/api-types-schedules.js';
import { AppConfig } from '../../../src/config/index.js';
import { TestApi } from '../../support/api.js';
import { spawnChildMaster } from '../../support/built-child.js';
import { cloneDatabase } from '../../support/database.js';
import { runSql } from '../../support/postgres.js';
import { endWithTest, makeScratch, stopChild, until } from '../../support/scratch.js';

const SITES = 200;
/** Of these, whose backups take longer, one master is killed in the midst. */
const AGAIN = 24;

/** A master process on a data dir of its own. */
class Master {
  private constructor(
    readonly config: AppConfig,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(dataDir: string, databaseUrl: string): Promise<Master> {
    const config = AppConfig.of({ dataDir, databaseUrl });
    const settings = JSON.stringify({ dataDir, databaseUrl, logFormat: 'json', limits: { ...config.limits, io: 4 } });
    const child = spawnChildMaster(settings, 'quick');
    endWithTest(child);
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
    const url = await until(
      'the master to start',
      async () => {
        if (child.exitCode !== null) throw new Error(log);
        const info = JSON.parse(await readFile(config.paths.runInfo, 'utf8')) as { pid: number; url: string };
        return info.pid === child.pid ? info.url : null;
      },
      { timeoutMs: 60_000 },
    );
    return new Master(config, url, child);
  }

  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    return stopChild(this.child, signal, 30_000);
  }
}

const scratch = makeScratch('two-masters');
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let one: Master;
let other: Master;
let admin: TestApi;
const siteIds: string[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  const [first, second] = [join(scratch.path, 'one'), join(scratch.path, 'other')];
  one = await Master.start(first, database.url);
  // Masters of one database have one secret key.
  mkdirSync(second);
  copyFileSync(one.config.paths.secretKey, AppConfig.of({ dataDir: second }).paths.secretKey);
  other = await Master.start(second, database.url);
  admin = new TestApi(one.url, readFileSync(one.config.paths.adminToken, 'utf8').trim());
  const paths = Array.from({ length: SITES }, (_, n) => join(scratch.path, 'www', `s${n}`));
  for (const [n, path] of paths.entries()) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'index.html'), `site ${n}`);
    const slow = n < AGAIN;
    const how = slow ? { module: 'plain', labels: ['again'], settings: { gate: gateOf(n) } } : { module: 'tiny' };
    siteIds.push((await admin.addSite(path, { ...how, name: `s${n}` })).id);
  }
});
afterAll(async () => {
  await one?.end('SIGTERM');
  await other?.end('SIGKILL');
  await database?.drop();
  scratch.remove();
});

/** Where backups of the site are held as long as there is a file `backup_files.hold`. */
const gateOf = (n: number): string => join(scratch.path, 'gates', `s${n}`);

/** Makes the next slot of all sites of a schedule the minute (or second) that has just begun, with starts within seconds. */
async function dueNow(scope: object, sites: number, which: 'minute' | 'second'): Promise<string> {
  const yearly = { every: 'cron', expression: '0 4 29 2 *' };
  const made = await admin.post<ScheduleDto>('/schedules', {
    kind: 'backup',
    rhythm: yearly,
    timeZone: 'UTC',
    ...scope,
  });
  expect(made.sites).toBe(sites);
  await runSql(
    database.url,
    `update schedule_state set next_slot = date_trunc('${which}', now()), due_at = now() + random() * interval '4 s'
      where schedule_id = '${made.id}'`,
  );
  return made.id;
}

/** Jobs, slots and backups of the schedule; how many masters had a part. */
async function counts(scheduleId: string): Promise<Record<string, unknown>> {
  const [row] = await runSql(
    database.url,
    `select
      (select count(*)::int from schedule_slot where schedule_id = '${scheduleId}' and outcome = 'started') as slots,
      (select count(*)::int from job where schedule_id = '${scheduleId}') as jobs,
      (select count(distinct site_id)::int from job where schedule_id = '${scheduleId}' and status = 'completed') as sites,
      (select count(*)::int from backup b join job j on j.backup_id = b.id where j.schedule_id = '${scheduleId}') as backups,
      (select count(distinct runner_id)::int from job where schedule_id = '${scheduleId}') as masters`,
  );
  return row ?? {};
}

const allDone = (scheduleId: string, sites: number): Promise<unknown> =>
  until(`${sites} backups`, async () => (await counts(scheduleId))['sites'] === sites, {
    timeoutMs: 150_000,
    everyMs: 500,
  });

/** A tick after all is done has come to its end when what it made, for one more site, is done. */
async function oneTickLater(n: number): Promise<void> {
  const schedule = await dueNow({ scope: 'site', scopeValue: siteIds[SITES - n] }, 1, 'second');
  await allDone(schedule, 1);
}

/** No more than so many slots of a schedule can be entered until this is called: a tick stands still in the midst. */
async function stopSlotsAfter(count: number): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock(4711)');
  await holder.query(
    `create function waits() returns trigger language plpgsql as $$ begin
        if (select count(*) from schedule_slot where schedule_id = new.schedule_id) >= ${count} then
          perform pg_advisory_xact_lock_shared(4711);
        end if; return new; end $$;
      create trigger waits before insert on schedule_slot for each row execute function waits()`,
  );
  return async () => {
    // The lock ends with its connection; the table is free when who waited for it is done.
    await holder.end();
    await runSql(database.url, 'drop trigger waits on schedule_slot; drop function waits');
  };
}

it('two masters run each of 200 slots of one minute exactly once', async () => {
  const schedule = await dueNow({ scope: 'all' }, SITES, 'minute');
  await allDone(schedule, SITES);
  const all = { slots: SITES, jobs: SITES, sites: SITES, backups: SITES, masters: 2 };
  expect(await counts(schedule)).toEqual(all);
  await oneTickLater(1);
  expect(await counts(schedule)).toEqual(all);
  expect((await admin.get<Page<unknown>>('/backups?limit=1')).total).toBe(SITES + 1);
}, 180_000);

it('a master that is killed in the midst loses nothing: the other one does it all, and nothing twice', async () => {
  // One master is killed in the midst of a tick, and of jobs.
  const goOn = await stopSlotsAfter(AGAIN / 3);
  const holds = Array.from({ length: AGAIN }, (_, n) => join(gateOf(n), 'backup_files.hold'));
  for (const hold of holds) writeFileSync(hold, '');
  const schedule = await dueNow({ scope: 'label', scopeValue: 'again' }, AGAIN, 'second');
  await until('both to be in the midst of it', async () => (await counts(schedule))['masters'] === 2, {
    timeoutMs: 60_000,
  });
  await other.end('SIGKILL');
  const then = await counts(schedule);
  expect(then['sites']).toBe(0);
  expect(then['slots']).toBeLessThan(AGAIN);
  await goOn();
  for (const hold of holds) rmSync(hold);
  await allDone(schedule, AGAIN);
  const all = { slots: AGAIN, jobs: AGAIN, sites: AGAIN, backups: AGAIN };
  expect(await counts(schedule)).toMatchObject(all);
  await oneTickLater(2);
  expect(await counts(schedule)).toMatchObject(all);
  expect((await admin.get<Page<unknown>>('/backups?limit=1')).total).toBe(SITES + 1 + AGAIN + 1);
}, 180_000);
