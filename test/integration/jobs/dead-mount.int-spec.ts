import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { Patience } from '../../../src/common/patience.js';
import { DestinationChoice } from '../../../src/engine/plans/destination-choice.js';
import { JobEnding } from '../../../src/modules/jobs/job-ending.js';
import { JobHandlers } from '../../../src/modules/jobs/job-handler.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { JobWorker } from '../../../src/modules/jobs/job-worker.js';
import { Job, JobTimings } from '../../../src/modules/jobs/index.js';
import { ResourceService } from '../../../src/modules/resources/index.js';
import { SiteReach } from '../../../src/modules/sites/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite, useJobsApp, workFolders } from './jobs-app.js';

// Two jobs at a time.
const test = useJobsApp({ limits: { io: 2, network: 2, cpu: 2, bandwidthMbps: 0 } });
const timings = (): JobTimings => test.app.get(JobTimings);
const usual = { attempts: 3, stallMs: 1_800_000, deafMs: { cancelled: 4000, stalled: 60_000 } };
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
let number = 0;
const newSite = (): Promise<GatedSite> => GatedSite.make(test, `dead-${++number}`);
const cancel = (job: JobDto): Promise<unknown> => test.operator.call('POST', `/jobs/${job.id}/cancel`);

beforeEach(() => {
  timings().deafMs = { cancelled: 100, stalled: 100 };
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(timings(), usual);
});

/** A job with a stage that hears of nothing, until it is released. */
async function hanging(site: GatedSite, stage = 'create_bundle'): Promise<JobDto> {
  site.deafen(stage);
  const job = await site.start();
  await site.reached(stage);
  return job;
}

it('a cancelled job ends without its stage; what the stage still does has no effect', async () => {
  const site = await newSite();
  const { backupId } = await site.backUp();
  const job = await hanging(site);
  const began = performance.now();
  await cancel(job);
  const ended = await test.admin.ended(job.id);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(ended).toMatchObject({ status: 'cancelled', error: { code: 'STAGE_NOT_STOPPED' } });
  // It lives: what it works on stays, and no other run begins on it.
  await test.app.get(JobSweeper).sweepAll();
  expect(workFolders(test)).toEqual([job.id]);
  expect((await test.admin.call('POST', `/jobs/${job.id}/retry`)).body).toMatchObject({ code: 'JOB_NOT_RETRYABLE' });
  const verify = await test.admin.post<JobDto>(`/backups/${backupId ?? ''}/verify`, { level: 'full' });
  expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed' });
  site.release('create_bundle');
  await until('its work folder to go', () => workFolders(test).length === 0);
  expect(await test.admin.job(job.id)).toMatchObject({ status: 'cancelled', attempts: [{ outcome: 'cancelled' }] });
  expect(await test.admin.backups(site.id)).toHaveLength(1);
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
});

it('stages that hang hold no place that others wait for', async () => {
  const sites = [await newSite(), await newSite(), await newSite()];
  const [first, second, third] = sites as [GatedSite, GatedSite, GatedSite];
  const jobs = [await hanging(first), await hanging(second)];
  expect(test.app.get(ResourceService).usage('io').inUse).toBe(2);
  for (const job of jobs) await cancel(job);
  for (const job of jobs) expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled' });
  const resources = test.app.get(ResourceService);
  for (const kind of ['io', 'network', 'cpu'] as const) expect(resources.usage(kind).inUse, kind).toBe(0);
  expect(await third.backUp()).toMatchObject({ status: 'completed' });
  for (const site of [first, second]) site.release('create_bundle');
  await until('their work folders to go', () => workFolders(test).length === 0);
  for (const kind of ['io', 'network', 'cpu'] as const) expect(resources.usage(kind).inUse, kind).toBe(0);
});

it('a restore is not let go: its site is held until its stage has ended, and then as before', async () => {
  const site = await newSite();
  const { backupId } = await site.backUp();
  writeFileSync(join(site.path, 'index.html'), 'newer');
  site.deafen('apply');
  const job = await test.admin.post<JobDto>(`/backups/${backupId ?? ''}/restore`);
  await site.reached('apply');
  const told = vi.spyOn(test.app.get(JobEnding), 'letGo');
  await cancel(job);
  await until('it to be seen', () => told.mock.calls.length > 1);
  expect(await test.admin.job(job.id)).toMatchObject({ status: 'running' });
  site.release('apply');
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: null });
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe('newer');
});

it('what comes before the stages is stopped like one, and let go like one', async () => {
  const site = await newSite();
  let heard: AbortSignal | undefined;
  const dead = Promise.withResolvers<never>();
  const choose = vi.spyOn(DestinationChoice.prototype, 'choose');
  choose.mockImplementation((context) => {
    heard = context.signal;
    return dead.promise;
  });
  timings().stallMs = 200;
  const stalled = await test.admin.ended((await site.start()).id);
  expect(stalled).toMatchObject({
    status: 'failed',
    error: { code: 'STAGE_NOT_STOPPED', message: expect.stringMatching(/^The preparation was told to stop and still/) },
  });
  expect(heard?.aborted).toBe(true);
  timings().stallMs = usual.stallMs;
  const job = await site.start();
  await until('it to hang again', () => choose.mock.calls.length > 1);
  await cancel(job);
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: { code: 'STAGE_NOT_STOPPED' } });
  choose.mockRestore();
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
  dead.reject(new Error('The mount is back, with an error.'));
  await until('what is left to go', () => workFolders(test).length === 0);
});

it('a site that gives no sign of life is told of at once, with one look for all sites of a mount', async () => {
  const sites = [await newSite(), await newSite()];
  const [first, second] = sites as [GatedSite, GatedSite];
  const { backupId } = await first.backUp();
  const reach = test.app.get(SiteReach, { strict: false });
  const { look } = reach;
  const dead = Promise.withResolvers<string>();
  const looks = vi.fn<() => Promise<string>>(() => dead.promise);
  Object.assign(reach, { look: looks, patience: new Patience(100) });
  timings().attempts = 1;
  const unanswered = { status: 'failed', error: { code: 'SITE_NOT_ANSWERING' } };
  expect(await first.backUp()).toMatchObject(unanswered);
  expect(await second.backUp()).toMatchObject(unanswered);
  const restore = await test.admin.post<JobDto>(`/backups/${backupId ?? ''}/restore`);
  expect(await test.admin.ended(restore.id)).toMatchObject(unanswered);
  // Nor is it taken back there: that waits, and is tried again.
  const row = await test.app.get(MikroORM).em.fork().findOneOrFail(Job, { id: restore.id });
  await expect(test.app.get(JobSweeper).takeBack(row)).rejects.toMatchObject({ code: 'SITE_NOT_ANSWERING' });
  expect(looks).toHaveBeenCalledOnce();
  reach.look = look;
  dead.resolve('');
  await until('it to be taken back', async () => (await test.app.get(JobSweeper).takeBack(row)) === 'taken-back');
  expect(await second.backUp()).toMatchObject({ status: 'completed' });
});

it('one that stood still and is then cancelled ends as soon as any other', async () => {
  let stopped = 0;
  const deafMs = {
    cancelled: 100,
    get stalled(): number {
      stopped += 1;
      return 600_000;
    },
  };
  Object.assign(timings(), { deafMs, stallMs: 500 });
  const site = await newSite();
  const staged = await hanging(site, 'backup_db');
  await until('the stage to be stopped', () => stopped === 1);
  await cancel(staged);
  expect(await test.admin.ended(staged.id)).toMatchObject({ status: 'cancelled' });
  site.release('backup_db');
  const dead = Promise.withResolvers<never>();
  vi.spyOn(DestinationChoice.prototype, 'choose').mockReturnValue(dead.promise);
  const prepared = await site.start();
  await until('the preparation to be stopped', () => stopped === 2);
  await cancel(prepared);
  expect(await test.admin.ended(prepared.id)).toMatchObject({ status: 'cancelled' });
  dead.reject(new Error('The mount is back, with an error.'));
  await until('what is left to go', () => workFolders(test).length === 0);
});

it('one that is cancelled just before its preparation hangs ends too', async () => {
  const site = await newSite();
  const dead = Promise.withResolvers<never>();
  const room = Promise.withResolvers<void>();
  const makeRoom = vi.spyOn(test.app.get(JobSweeper), 'makeRoom').mockReturnValueOnce(room.promise);
  vi.spyOn(DestinationChoice.prototype, 'choose').mockReturnValue(dead.promise);
  const told = vi.spyOn(test.app.get(JobWorker), 'cancel');
  const job = await site.start();
  await until('it to begin', () => makeRoom.mock.calls.length > 0);
  await cancel(job);
  await until('it to be told', () => told.mock.calls.length > 0);
  room.resolve();
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: { code: 'STAGE_NOT_STOPPED' } });
  dead.reject(new Error('The mount is back, with an error.'));
  await until('what is left to go', () => workFolders(test).length === 0);
});

it('a site that can not be released, as it lies on what is dead, holds nothing up', async () => {
  const handlers = test.app.get(JobHandlers);
  const { patience } = handlers;
  handlers.patience = new Patience(50);
  const release = vi.spyOn(handlers.get('backup'), 'release').mockReturnValue(new Promise<never>(() => undefined));
  const site = await newSite();
  site.fail('create_bundle', { code: 'TEST', kind: 'source', retry: 'never', message: 'Broken.' });
  expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'TEST' } });
  await until('what it left to go', () => workFolders(test).length === 0);
  // None is begun again while it hangs.
  expect(release).toHaveBeenCalledOnce();
  handlers.patience = patience;
});

it('a stage that hangs in a job that another master has taken over holds no place here', async () => {
  const sites = [await newSite(), await newSite(), await newSite()];
  const [first, second, third] = sites as [GatedSite, GatedSite, GatedSite];
  const jobs = [await hanging(first), await hanging(second)];
  const which = `id in ('${jobs.map(({ id }) => id).join("','")}')`;
  await sql(`update job set delivery_id = gen_random_uuid() where ${which}`);
  for (const job of jobs) await cancel(job);
  expect(await third.backUp()).toMatchObject({ status: 'completed' });
  await sql(`update job set status = 'cancelled', finished_at = now() where ${which}`);
  for (const site of [first, second]) site.release('create_bundle');
  await until('their work folders to go', () => workFolders(test).length === 0);
});

it('what another master left, whose stage does not end, stays for a week and not for ever', async () => {
  const site = await newSite();
  site.fail('create_bundle', { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' });
  const { id } = await site.backUp();
  await until('its own litter to go', () => workFolders(test).length === 0);
  const isLeft = async (ended: string): Promise<boolean> => {
    await sql(
      `update job set litter = true, runner_id = 'gone', error = '{"code": "STAGE_NOT_STOPPED"}', finished_at = ${ended} where id = '${id}'`,
    );
    await test.app.get(JobSweeper).sweepAll();
    return (await sql(`select 1 from job where id = '${id}' and litter`)).length === 1;
  };
  expect(await isLeft(`now() - interval '6 days'`)).toBe(true);
  expect(await isLeft(`now() - interval '8 days'`)).toBe(false);
});
