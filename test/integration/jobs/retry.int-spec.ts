import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { JobTimings } from '../../../src/modules/jobs/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, storedNames, useJobsApp, workFolders } from './jobs-app.js';

const test = useJobsApp({ limits: { io: 2, network: 2, cpu: 2, bandwidthMbps: 0 } });
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
const timings = (): JobTimings => test.app.get(JobTimings);
const broken = (retry: string): { code: string; kind: string; retry: string; message: string } => ({
  code: 'TEST_BROKEN',
  kind: 'source',
  retry,
  message: 'Broken.',
});
let number = 0;
const newSite = (): Promise<GatedSite> => GatedSite.make(test, `retry-${++number}`);
const retry = (id: string): ReturnType<typeof test.admin.call> => test.operator.call('POST', `/jobs/${id}/retry`);
const started = async (id: string): Promise<unknown[]> =>
  (await test.admin.follow(id)).filter(({ type }) => type === 'stage.started').map(({ data }) => data['stage']);

/** A backup that has failed in the stage, and keeps what it had made unless the error says `never`. */
async function failed(site: GatedSite, stage = 'before_upload', advice = 'maybe'): Promise<JobDto> {
  site.fail(stage, broken(advice));
  const job = await site.backUp();
  expect(job).toMatchObject({ status: 'failed', error: { code: 'TEST_BROKEN' } });
  return job;
}

/** Nothing of any job is left: no folder, no mark, no object without a catalogue row. */
async function expectClean(): Promise<void> {
  // Whatever a test has kept goes in the end, all of it.
  timings().keepFreeShare = 0.1;
  await sql(`update job set kept_until = now() - interval '1 minute' where kept_until is not null`);
  await test.app.get(JobSweeper).sweepAll();
  await until('the work folders to go', () => workFolders(test).length === 0);
  expect(await sql('select id from job where litter or kept_until is not null or kept_bytes is not null')).toEqual([]);
  const known = (await sql('select id from backup')).map((row) => String(row['id']));
  const sites = join(test.config.paths.storage, 'sites');
  const stored = readdirSync(sites, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.zst'));
  expect(stored.filter((name) => !known.some((id) => name.includes(id)))).toEqual([]);
}

afterEach(expectClean);

describe('attempts', () => {
  it('go on when the database was away at the moment at which the backup is entered', async () => {
    const site = await newSite();
    // The first who enters a backup loses the connection; a sequence outlives that.
    await sql(`create sequence once; create function cut() returns trigger language plpgsql as $$ begin
      if nextval('once') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end $$;
      create trigger cut before insert on backup for each row execute function cut()`);
    const job = await site.backUp();
    await sql('drop trigger cut on backup; drop function cut; drop sequence once');
    expect(job).toMatchObject({
      status: 'completed',
      attempts: [{ outcome: 'postponed', error: { code: 'CATALOGUE_AWAY' } }, { outcome: 'completed' }],
    });
  });

  it('are all told: what went wrong, where, and when it is tried again', async () => {
    const site = await newSite();
    site.fail('create_bundle', broken('later'));
    const job = await site.start();
    const waiting = await until('it to wait', async () => {
      const now = await test.admin.job(job.id);
      return now.retryAt === null ? null : now;
    });
    expect(waiting).toMatchObject({ status: 'pending', attempts: [{ number: 1, outcome: 'postponed' }] });
    expect(Date.parse(waiting.retryAt ?? '')).toBeGreaterThan(Date.now() - 5000);
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', attempt: 2, retryAt: null, keptUntil: null });
    expect(ended.attempts).toMatchObject([
      { number: 1, outcome: 'postponed', stage: 'create_bundle', error: { code: 'TEST_BROKEN', message: 'Broken.' } },
      { number: 2, outcome: 'completed', stage: null, error: null },
    ]);
    for (const { startedAt, endedAt } of ended.attempts)
      expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
    const shown = await cliAs(test.operator, ['jobs', 'show', job.id]);
    expect(shown.stdout).toMatch(/postponed in create_bundle\s+Broken\. \[TEST_BROKEN\]/);
  });

  it('come at growing, spread distances', () => {
    const patient = new JobTimings(test.config.with({ patience: { ...test.config.patience, retrySeconds: 30 } }));
    const waits = (random: number): number[] => {
      patient.random = () => random;
      return [1, 2, 3, 4, 5, 6, 20].map((failures) => patient.waitSeconds(failures));
    };
    expect(waits(0)).toEqual([15, 30, 60, 120, 240, 450, 450]);
    expect(waits(1)).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });
});

describe('a failed backup that is retried by hand', () => {
  it('goes on from the first stage that is missing, as the same backup', async () => {
    const site = await newSite();
    const job = await failed(site);
    expect(job.keptBytes).toBeGreaterThan(300_000 / 10);
    const hours = (Date.parse(job.keptUntil ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect(workFolders(test)).toEqual([job.id]);
    expect((await cliAs(test.operator, ['jobs', 'show', job.id])).stdout).toMatch(/kept until .*backupd jobs retry/);
    const again = await retry(job.id);
    expect(again).toMatchObject({ status: 202, body: { id: job.id, status: 'pending', error: null, keptUntil: null } });
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', attempt: 2, startedAt: job.startedAt, keptBytes: null });
    const first = ['backup_db', 'backup_files', 'create_bundle', 'upload_remote'];
    expect(await started(job.id)).toEqual([...first, 'upload_remote', 'cleanup']);
    expect(ended.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'completed']);
    expect(await test.admin.backups(site.id)).toMatchObject([{ id: ended.backupId, jobId: job.id }]);
    const verify = await test.admin.post<JobDto>(`/backups/${ended.backupId ?? ''}/verify`, { level: 'full' });
    expect(await test.admin.ended(verify.id)).toMatchObject({ status: 'completed', error: null });
  });

  it('makes again what does not check', async () => {
    const site = await newSite();
    const job = await failed(site);
    rmSync(join(test.config.paths.work, job.id, 'bundle.tar.zst'));
    const run = await cliAs(test.operator, ['jobs', 'retry', job.id, '--wait']);
    expect(run.code).toBe(0);
    expect((await started(job.id)).slice(4)).toEqual(['create_bundle', 'upload_remote', 'cleanup']);
  });

  it('begins anew, at the time of now, where trying again could not help or it was cancelled', async () => {
    const site = await newSite();
    const job = await failed(site, 'create_bundle', 'never');
    expect(job).toMatchObject({ keptUntil: null, keptBytes: null });
    await until('its folder to go', () => workFolders(test).length === 0);
    expect((await retry(job.id)).status).toBe(202);
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', attempt: 2 });
    expect(ended.startedAt).not.toBe(job.startedAt);
    const other = await newSite();
    other.hold('create_bundle');
    const cancelled = await other.start();
    await other.reached('create_bundle');
    await test.admin.post(`/jobs/${cancelled.id}/cancel`);
    expect(await test.admin.ended(cancelled.id)).toMatchObject({ status: 'cancelled', keptUntil: null });
    other.release('create_bundle');
    expect((await retry(cancelled.id)).status).toBe(202);
    expect(await test.admin.ended(cancelled.id)).toMatchObject({ status: 'completed' });
  });

  it('is refused with the reason where it can not be', async () => {
    const site = await newSite();
    const done = await site.backUp();
    expect(await retry(done.id)).toMatchObject({ status: 409, body: { code: 'JOB_NOT_RETRYABLE' } });
    const job = await failed(site);
    site.hold('backup_db');
    const next = await site.start();
    await site.reached('backup_db');
    expect(await retry(next.id)).toMatchObject({ status: 409, body: { code: 'JOB_NOT_RETRYABLE' } });
    expect(await retry(job.id)).toMatchObject({
      status: 409,
      body: { code: 'JOB_ACTIVE', context: { jobId: next.id } },
    });
    site.release('backup_db');
    await test.admin.ended(next.id);
    expect(await retry('01a20b8c-d788-7649-97a8-12ebda60f327')).toMatchObject({ status: 404 });
    expect(await test.viewer.call('POST', `/jobs/${job.id}/retry`)).toMatchObject({ status: 403 });
    site.hold('apply');
    const restore = await test.admin.post<JobDto>(`/backups/${done.backupId ?? ''}/restore`, {
      targetDatabase: { name: 'db', user: 'u', password: 'top-secret-2' },
    });
    await site.reached('apply');
    await test.admin.post(`/jobs/${restore.id}/cancel`);
    await test.admin.ended(restore.id);
    site.release('apply');
    const refused = await retry(restore.id);
    expect(refused).toMatchObject({ status: 409, body: { code: 'JOB_NOT_RETRYABLE' } });
    expect((refused.body as { hint: string }).hint).toContain('Start the restore anew');
    expect(JSON.stringify(refused.body)).not.toContain('top-secret-2');
  });

  it('wins or loses against a sweep, but never meets half of it', async () => {
    const site = await newSite();
    for (let i = 0; i < 3; i++) {
      const job = await failed(site);
      await sql(`update job set kept_until = now() - interval '1 second' where id = '${job.id}'`);
      const [, answer] = await Promise.all([test.app.get(JobSweeper).sweepAll(), retry(job.id)]);
      const end = answer.status === 202 ? await test.admin.ended(job.id) : answer.body;
      expect(end).toMatchObject(answer.status === 202 ? { status: 'completed' } : { code: 'JOB_NOT_RETRYABLE' });
    }
  });
});

/** As when another master, with a folder of its own, has cleared the job. */
const clearedElsewhere = (id: string): Promise<unknown> =>
  sql(`update job set kept_until = null, kept_bytes = null, litter = false where id = '${id}'`);

describe('what lies in the work folder of a job', () => {
  it('is no part of a backup that begins anew', async () => {
    const site = await newSite();
    const job = await failed(site);
    await clearedElsewhere(job.id);
    expect(workFolders(test)).toEqual([job.id]);
    expect((await retry(job.id)).status).toBe(202);
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', attempts: [{}, { outcome: 'completed' }] });
    expect((await started(job.id)).filter((stage) => stage === 'create_bundle')).toHaveLength(2);
    const [backup] = await sql(`select started_at, manifest_key from backup where id = '${ended.backupId ?? ''}'`);
    const begun = new Date(String(backup?.['started_at'])).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    expect(backup?.['manifest_key']).toContain(begun);
  });

  it('goes for many at a time, with the connections that there are', { timeout: 30_000 }, async () => {
    const site = await newSite();
    const jobs: JobDto[] = [];
    for (let i = 0; i < 12; i++) jobs.push(await failed(site, 'backup_db', 'never'));
    await sql(`update job set litter = true where status = 'failed' and site_id = '${site.id}'`);
    const done = jobs.map(({ id }) => test.app.get(JobSweeper).sweep({ id }));
    expect(await Promise.all(done)).toEqual(jobs.map(() => true));
  });
});

describe('what a failed backup keeps', () => {
  it('goes when the next backup of the site begins, and is no obstacle to it', async () => {
    const site = await newSite();
    const job = await failed(site);
    const next = await site.backUp();
    expect(next).toMatchObject({ status: 'completed' });
    expect(await test.admin.job(job.id)).toMatchObject({ status: 'failed', keptUntil: null, keptBytes: null });
    expect(storedNames(test, site.id).filter((name) => name.includes(next.backupId ?? '-'))).toHaveLength(2);
  });

  it('goes when its time is over, also from the storage', async () => {
    const site = await newSite();
    const job = await failed(site);
    await test.app.get(JobSweeper).sweepAll();
    expect(workFolders(test)).toEqual([job.id]);
    await sql(`update job set kept_until = now() - interval '1 second' where id = '${job.id}'`);
    await test.app.get(JobSweeper).sweepAll();
    expect(workFolders(test)).toEqual([]);
    expect(await test.admin.job(job.id)).toMatchObject({ status: 'failed', keptUntil: null });
  });

  it('goes at once where the disk is nearly full, and is not kept there', async () => {
    const [first, second] = [await newSite(), await newSite()];
    const job = await failed(first, 'create_bundle');
    expect(job.keptUntil).not.toBeNull();
    timings().keepFreeShare = 1.1;
    expect(await failed(second, 'create_bundle')).toMatchObject({ keptUntil: null });
    expect(await test.admin.job(job.id)).toMatchObject({ keptUntil: null });
    await until('both folders to go', () => workFolders(test).length === 0);
  });
});
