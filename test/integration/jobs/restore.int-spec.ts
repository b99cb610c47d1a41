import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import type { Answer } from '../../support/api.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite, useJobsApp, workFolders } from './jobs-app.js';

const test = useJobsApp();

async function made(name: string): Promise<{ site: GatedSite; backupId: string; index: string }> {
  const site = await GatedSite.make(test, name);
  const backupId = (await site.backUp()).backupId ?? '';
  const index = join(site.path, 'index.html');
  writeFileSync(index, 'newer');
  return { site, backupId, index };
}

describe('a restore', () => {
  it('runs the stages of the module', async () => {
    const { site, backupId, index } = await made('restored');
    const job = await test.admin.restore(backupId);
    expect(job).toMatchObject({
      kind: 'restore',
      status: 'completed',
      backupId,
      siteId: site.id,
      result: { targetPath: site.path },
    });
    expect(job.stages.map((stage) => stage.name)).toEqual(['prepare', 'apply', 'finish']);
    expect(readFileSync(index, 'utf8')).toBe('<h1>restored</h1>');
  });

  it('is taken back when it fails, and when it is cancelled', async () => {
    const { site, backupId, index } = await made('taken-back');
    site.fail('apply', { code: 'TEST_BROKEN', kind: 'source', retry: 'later', message: 'Broken.' });
    expect(await test.admin.restore(backupId)).toMatchObject({ status: 'failed', error: { code: 'TEST_BROKEN' } });
    expect(readFileSync(index, 'utf8')).toBe('newer');
    site.hold('apply');
    const job = await test.admin.post<JobDto>(`/backups/${backupId}/restore`);
    await site.reached('apply');
    expect(readFileSync(index, 'utf8')).toBe('<h1>taken-back</h1>');
    await test.admin.post(`/jobs/${job.id}/cancel`);
    expect(await test.admin.ended(job.id, 5000)).toMatchObject({ status: 'cancelled' });
    expect(readFileSync(index, 'utf8')).toBe('newer');
    site.release('apply');
    await until('the work folder to go', () => workFolders(test).length === 0);
  });

  it('says so when it can not be taken back, and keeps trying', async () => {
    const { site, backupId, index } = await made('stuck');
    site.fail('apply', { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' });
    site.fail('rollback', { code: 'TEST_NO_WAY', kind: 'internal', retry: 'later', message: 'Not now.' });
    const job = await test.admin.restore(backupId);
    expect(job).toMatchObject({ status: 'failed', error: { code: 'ROLLBACK_FAILED' } });
    expect(readFileSync(index, 'utf8')).toBe('<h1>stuck</h1>');
    expect(workFolders(test)).toContain(job.id);
    const { JobSweeper } = await import('../../../src/modules/jobs/job-sweeper.js');
    await test.app.get(JobSweeper, { strict: false }).sweepAll();
    expect(readFileSync(index, 'utf8')).toBe('newer');
    expect(workFolders(test)).not.toContain(job.id);
  });

  it('that another master ran is taken back by that one alone', async () => {
    const { site, backupId, index } = await made('of-another');
    site.fail('apply', { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' });
    site.fail('rollback', { code: 'TEST_NO_WAY', kind: 'internal', retry: 'later', message: 'Not now.' });
    const { id } = await test.admin.restore(backupId);
    // As it is seen by a master that the dead one's delivery is handed to: the job runs, with its work in another data folder.
    const { JobRecovery } = await import('../../../src/modules/jobs/job-recovery.js');
    const { JobSweeper } = await import('../../../src/modules/jobs/job-sweeper.js');
    const sweeper = test.app.get(JobSweeper, { strict: false });
    const set = (what: string): Promise<Record<string, unknown>[]> =>
      runSql(
        test.config.databaseUrl ?? '',
        `update job set ${what} where id = '${id}' returning delivery_id, runner_id`,
      );
    const [{ runner_id: own } = {}] = await set('error = null');
    const [{ delivery_id: deliveryId } = {}] = await set(`status = 'running', runner_id = 'another'`);
    const recovery = test.app.get(JobRecovery, { strict: false });
    await recovery.recover({ id, deliveryId: '01a20b8c-d788-7649-97a8-12ebda60f327' });
    expect(await test.admin.job(id)).toMatchObject({ status: 'running' });
    await recovery.recover({ id, deliveryId: String(deliveryId) });
    const ended = await test.admin.job(id);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'ROLLBACK_FAILED' } });
    expect(ended.error?.hint).toContain('Start that backupd again');
    await sweeper.sweepAll();
    expect(await sweeper.sweep({ id })).toBe(false);
    expect(readFileSync(index, 'utf8')).toBe('<h1>of-another</h1>');
    expect(workFolders(test)).toContain(id);
    await set(`runner_id = '${String(own)}'`);
    await sweeper.sweepAll();
    expect(readFileSync(index, 'utf8')).toBe('newer');
    expect(workFolders(test)).not.toContain(id);
  });

  it('keeps passwords sealed, shows them nowhere, and wipes them at the end', async () => {
    const { site, backupId } = await made('secrets');
    site.hold('prepare');
    const job = await test.admin.post<JobDto>(`/backups/${backupId}/restore`, {
      targetDatabase: { name: 'other', user: 'someone', password: 'target-secret-1' },
      adminDatabase: { user: 'root', password: 'admin-secret-2' },
    });
    await site.reached('prepare');
    const row = async (): Promise<Record<string, unknown> | undefined> =>
      (await runSql(test.config.databaseUrl ?? '', `select * from job where id = '${job.id}'`))[0];
    expect((await row())?.['sealed_request']).toMatch(/^v1\./);
    site.release('prepare');
    const ended = await test.admin.ended(job.id);
    // The test module prints the password into its message: blotted out on the way.
    expect(ended).toMatchObject({ status: 'completed' });
    expect(ended.stages[1]?.message).toBe('Applied with ***.');
    expect(await row()).toMatchObject({ sealed_request: null, request: { targetDatabase: { name: 'other' } } });
    const events = await runSql(
      test.config.databaseUrl ?? '',
      `select data::text from job_event where job_id = '${job.id}'`,
    );
    const seen = JSON.stringify([
      ended,
      await row(),
      events,
      await runSql(test.config.databaseUrl ?? '', 'select * from pgboss.job'),
    ]);
    expect(seen).not.toMatch(/target-secret|admin-secret/);
  });

  it('shows what it would do without doing it', async () => {
    const { backupId, index, site } = await made('preview');
    const answer = await test.operator.call('POST', `/backups/${backupId}/restore`, { dryRun: true });
    expect(answer).toMatchObject({ status: 200, body: { targetPath: site.path, files: null, warnings: [] } });
    expect(readFileSync(index, 'utf8')).toBe('newer');
    await until('the work folder to go', () => workFolders(test).length === 0);
    expect(await test.admin.get(`/jobs?siteId=${site.id}&kind=restore`)).toMatchObject({ total: 0 });
  });

  it('knows whether it is to fetch only what differs', async () => {
    const { backupId } = await made('delta');
    const asked = async (body: Record<string, unknown>): Promise<unknown> => {
      const { id } = await test.admin.restore(backupId, body);
      const rows = await runSql(test.config.databaseUrl ?? '', `select request from job where id = '${id}'`);
      return rows[0]?.['request'];
    };
    expect(await asked({})).toMatchObject({ delta: false });
    expect(await asked({ delta: true })).toMatchObject({ delta: true, what: 'all' });
  });

  it('goes elsewhere, also when the site is no longer registered', async () => {
    const { site, backupId } = await made('elsewhere');
    await test.admin.call('DELETE', `/sites/${site.id}`);
    rmSync(site.path, { recursive: true });
    const target = join(test.folder, 'target');
    expect(await test.admin.restore(backupId, { targetPath: `${target}/` })).toMatchObject({ status: 'completed' });
    expect(readFileSync(join(target, 'index.html'), 'utf8')).toBe('<h1>elsewhere</h1>');
    expect(existsSync(site.path)).toBe(false);
    // To where it was.
    expect(await test.admin.restore(backupId)).toMatchObject({ status: 'completed' });
    expect(readdirSync(site.path)).toContain('index.html');
  });

  it.each([
    [{ paths: ['../etc/passwd'] }, 'PATH_INVALID'],
    [{ paths: ['wp-content/../../x'] }, 'PATH_INVALID'],
    [{ paths: ['/etc/passwd'] }, 'PATH_INVALID'],
    [{ paths: ['a//b'] }, 'PATH_INVALID'],
    [{ targetPath: 'relative' }, 'PATH_INVALID'],
    [{ targetPath: '/srv/../etc' }, 'PATH_INVALID'],
    [{ targetPath: '/' }, 'PATH_INVALID'],
    [{ what: 'database', paths: ['x'] }, 'REQUEST_INVALID'],
    [{ what: 'files', targetDatabase: { name: 'a', user: 'b', password: 'c' } }, 'REQUEST_INVALID'],
    [{ what: 'odd' }, 'REQUEST_INVALID'],
    [{ targetDatabase: { name: 'a' } }, 'REQUEST_INVALID'],
    [{ targetDatabase: { name: 'a', user: 'b', password: 'c', prefix: 'x; drop' } }, 'REQUEST_INVALID'],
    [{ delta: 'yes' }, 'REQUEST_INVALID'],
    [{ what: 'database', delta: true }, 'REQUEST_INVALID'],
    [{ rubbish: 1 }, 'REQUEST_INVALID'],
  ])('refuses %j', async (body, code) => {
    const backups = await test.admin.get<{ items: { id: string }[] }>('/backups?limit=1');
    const path = `/backups/${backups.items[0]?.id ?? ''}/restore`;
    expect(await test.operator.call('POST', path, body)).toMatchObject({ status: 400, body: { code } });
  });

  it('refuses its own folders, an unknown backup and a viewer', async () => {
    const { backupId } = await made('refused');
    const path = `/backups/${backupId}/restore`;
    for (const targetPath of [test.config.paths.root, join(test.config.paths.storage, 'x')])
      expect(await test.operator.call('POST', path, { targetPath })).toMatchObject({
        status: 400,
        body: { code: 'TARGET_FORBIDDEN' },
      });
    expect(await test.viewer.call('POST', path)).toMatchObject({ status: 403 });
    const unknown = '/backups/01a20b8c-d788-7649-97a8-12ebda60f327/restore';
    expect(await test.operator.call('POST', unknown, {})).toMatchObject({
      status: 404,
      body: { code: 'BACKUP_NOT_FOUND' },
    });
  });
});

const start = (body: object): Promise<Answer> => test.operator.call('POST', '/daemon/backup/start', body);
const status = (id: string): Promise<Record<string, unknown>> => test.viewer.get(`/daemon/backup/status/${id}`);

describe('the original /daemon interface', () => {
  it('starts, tells, stops and resets by any id the caller uses', async () => {
    const site = await GatedSite.make(test, 'daemon');
    site.hold('create_bundle');
    const body = { site_id: 'shop 17/ä', site_path: site.path, site_name: 'Shop' };
    const started = await start(body);
    expect(started).toMatchObject({ status: 200, body: { success: true, status: 'running', site_id: body.site_id } });
    await site.reached('create_bundle');
    expect(await start(body)).toMatchObject({ status: 409, body: { code: 'JOB_ACTIVE' } });
    const id = encodeURIComponent(body.site_id);
    expect(await status(id)).toMatchObject({
      success: true,
      site_id: body.site_id,
      job_id: started.body['job_id'],
      status: 'running',
      stage: 'create_bundle',
      stages: {
        backup_db: { status: 'completed', duration_seconds: expect.any(Number) },
        cleanup: { status: 'pending' },
      },
    });
    expect(await status(site.id)).toMatchObject({ status: 'running' });
    expect(await test.operator.call('POST', '/daemon/backup/stop', { site_id: body.site_id })).toMatchObject({
      status: 200,
      body: { success: true, job_id: started.body['job_id'] },
    });
    await test.admin.ended(String(started.body['job_id']));
    site.release('create_bundle');
    expect(await status(id)).toMatchObject({ status: 'cancelled' });
    expect(await test.operator.call('POST', '/daemon/backup/stop', { site_id: body.site_id })).toMatchObject({
      status: 409,
      body: { code: 'JOB_NOT_ACTIVE' },
    });
    expect(await test.operator.call('POST', `/daemon/backup/reset/${id}`)).toMatchObject({
      status: 200,
      body: { success: true, status: 'idle' },
    });
    expect(await status(id)).toMatchObject({ status: 'idle', job_id: null, stages: {}, progress: 0 });
    const again = await start({ site_id: body.site_id });
    await test.admin.ended(String(again.body['job_id']));
    expect(await status(id)).toMatchObject({ status: 'completed', progress: 100, error: null });
  });

  it('refuses another folder for a known id, and an unknown id without a folder', async () => {
    const site = await GatedSite.make(test, 'daemon-known');
    const other = join(test.folder, 'other');
    mkdirSync(other);
    expect(await start({ site_id: site.id, site_path: other })).toMatchObject({
      status: 409,
      body: { code: 'SITE_PATH_DIFFERS' },
    });
    expect(await start({ site_id: 'nobody' })).toMatchObject({ status: 404, body: { code: 'SITE_NOT_FOUND' } });
    expect(await start({ site_path: other })).toMatchObject({ status: 400 });
    expect(await start({ site_id: 'x', site_path: '/does/not/exist' })).toMatchObject({ status: 400 });
    expect(await test.viewer.call('GET', '/daemon/backup/status/nobody')).toMatchObject({ status: 404 });
    expect(await test.anyone.call('GET', '/daemon/backup/status/nobody')).toMatchObject({ status: 401 });
  });

  it('says whether there is a site', async () => {
    const folder = join(test.folder, 'empty');
    mkdirSync(folder);
    expect(await test.operator.call('GET', `/daemon/scan?base_path=${folder}`)).toMatchObject({
      status: 200,
      body: { success: true, count: 0, problems: [] },
    });
    const missing = join(test.folder, 'missing');
    expect(await test.operator.call('POST', '/daemon/verify-site', { path: missing })).toMatchObject({
      status: 200,
      body: { success: true, valid: false, path: missing, reason: expect.any(String) },
    });
  });
});
