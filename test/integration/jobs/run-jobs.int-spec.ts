import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { describe, expect, it } from 'vitest';
import type { JobDto, Page } from '../../../src/cli/api-types.js';
import { JobPruner } from '../../../src/modules/jobs/job-pruner.js';
import { StorageMaintenance } from '../../../src/modules/backups/storage-maintenance.js';
import { until } from '../../support/scratch.js';
import { runSql } from '../../support/postgres.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, useJobsApp, storedNames, workFolders } from './jobs-app.js';

const test = useJobsApp({ limits: { io: 2, network: 2, cpu: 2, bandwidthMbps: 0 } });

const later = { code: 'TEST_BUSY', kind: 'source', retry: 'later', message: 'Busy just now.' };
const never = { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' };
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
const ids = (page: Page<JobDto>): string[] => page.items.map((job) => job.id);
const deliveries = (): Promise<Record<string, unknown>[]> =>
  sql("select id, state from pgboss.job where name = 'site-job'");

describe('a backup job', () => {
  it('runs its stages, ends completed, and is in the catalogue', async () => {
    const site = await GatedSite.make(test, 'plain');
    const job = await site.backUp();
    expect(job).toMatchObject({ kind: 'backup', status: 'completed', attempt: 1, error: null, warningCount: 0 });
    expect(job.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'backup_db completed',
      'backup_files completed',
      'create_bundle completed',
      'upload_remote completed',
      'cleanup completed',
    ]);
    const [backup] = await test.admin.backups(site.id);
    expect(backup).toMatchObject({ id: job.backupId, siteId: site.id, jobId: job.id, warnings: 0 });
    expect(backup?.copies).toMatchObject([{ providerName: 'local', state: 'present', verifiedAt: null }]);
    const names = storedNames(test, site.id);
    expect(names).toHaveLength(3);
    expect(names.every((name) => name === 'site.json' || name.includes(job.backupId ?? '-'))).toBe(true);
    await until('the work folder to go', () => workFolders(test).length === 0);
    expect(await test.admin.get(`/sites/${site.id}`)).toMatchObject({
      lastBackup: { id: job.backupId, status: 'completed' },
    });
  });

  it('of another master goes on uploading while a master starts', async () => {
    const site = await GatedSite.make(test, 'shared');
    const { id } = await site.backUp();
    const partials = join(test.config.paths.storage, '.partial');
    mkdirSync(partials, { recursive: true });
    writeFileSync(join(partials, 'half'), 'half an upload');
    const start = (): Promise<void> => test.app.get(StorageMaintenance, { strict: false }).atStart();
    const [own] = await sql(`select runner_id from job where id = '${id}'`);
    await sql(`update job set status = 'running', runner_id = 'another' where id = '${id}'`);
    await start();
    expect(readdirSync(partials)).toEqual(['half']);
    await sql(`update job set status = 'completed', runner_id = '${String(own?.['runner_id'])}' where id = '${id}'`);
    await start();
    expect(readdirSync(partials)).toEqual([]);
  });

  it('exactly one of two that are started at once wins', async () => {
    const site = await GatedSite.make(test, 'twice');
    site.hold('backup_db');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => test.operator.call<JobDto>('POST', `/sites/${site.id}/backups`)),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([202, 409, 409, 409, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.body).toMatchObject({ code: 'JOB_ACTIVE' });
    const won = answers.find((answer) => answer.status === 202)?.body;
    expect(await test.operator.call('DELETE', `/sites/${site.id}`)).toMatchObject({
      status: 409,
      body: { code: 'JOB_ACTIVE', context: { jobId: won?.id } },
    });
    site.release('backup_db');
    expect(await test.admin.ended(won?.id ?? '')).toMatchObject({ status: 'completed' });
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
  });

  it('is refused for a paused and for an unknown site, and for who may not', async () => {
    const site = await GatedSite.make(test, 'paused');
    await test.admin.post(`/sites/${site.id}/pause`);
    const path = `/sites/${site.id}/backups`;
    expect(await test.operator.call('POST', path)).toMatchObject({ status: 409, body: { code: 'SITE_PAUSED' } });
    expect(await test.viewer.call('POST', path)).toMatchObject({ status: 403 });
    expect(await test.anyone.call('POST', path)).toMatchObject({ status: 401 });
    expect(await test.operator.call('POST', path, { rubbish: 1 })).toMatchObject({ status: 400 });
    const unknown = '/sites/01a20b8c-d788-7649-97a8-12ebda60f327/backups';
    expect(await test.operator.call('POST', unknown)).toMatchObject({ status: 404, body: { code: 'SITE_NOT_FOUND' } });
  });

  it('with warnings is completed, counted, and the catalogue says partial', async () => {
    const site = await GatedSite.make(test, 'warnings', { settings: { warnings: 250 } });
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', warningCount: 250 });
    expect(job.warnings).toHaveLength(200);
    expect(await test.admin.backups(site.id)).toMatchObject([{ warnings: 250 }]);
    expect(await test.admin.get(`/sites/${site.id}`)).toMatchObject({ lastBackup: { status: 'partial' } });
  });

  it('fails for good with what to do, and leaves nothing', async () => {
    const site = await GatedSite.make(test, 'fails');
    site.fail('upload_remote', never);
    const job = await site.backUp();
    // Committed already: the failure came after, and nothing good is thrown away.
    expect(job).toMatchObject({ status: 'failed', error: { code: 'TEST_BROKEN' } });
    expect(await test.admin.backups(site.id)).toHaveLength(1);
    site.fail('create_bundle', never);
    const second = await site.backUp();
    expect(second).toMatchObject({ status: 'failed', backupId: null });
    expect(second.stages.map((stage) => stage.status)).toEqual([
      'completed',
      'completed',
      'failed',
      'skipped',
      'completed',
    ]);
    await until('the leftovers to go', () => workFolders(test).length === 0);
    expect(storedNames(test, site.id)).toHaveLength(3);
    expect(await deliveries()).toEqual([]);
  });

  it('is tried again after a passing fault, from where it stood', async () => {
    const site = await GatedSite.make(test, 'later');
    site.fail('create_bundle', later);
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', attempt: 2 });
    expect(job.stages[0]?.details).toEqual({ attempt: 1 });
    const events = await test.admin.follow(job.id);
    expect(events.filter((event) => event.type === 'stage.started').map((event) => event.data['stage'])).toEqual([
      'backup_db',
      'backup_files',
      'create_bundle',
      'create_bundle',
      'upload_remote',
      'cleanup',
    ]);
  });

  it('fails NO_STORAGE when there is no enabled storage', async () => {
    const site = await GatedSite.make(test, 'nowhere');
    const { items } = await test.admin.get<Page<{ id: string }>>('/storage');
    const id = items[0]?.id ?? '';
    await test.admin.call('PATCH', `/storage/${id}`, { enabled: false });
    try {
      expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'NO_STORAGE' }, backupId: null });
      expect(await test.admin.backups(site.id)).toEqual([]);
    } finally {
      await test.admin.call('PATCH', `/storage/${id}`, { enabled: true });
    }
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
  });

  it('never shows a secret of the site', async () => {
    const site = await GatedSite.make(test, 'secret', {
      overrides: { DB_PASSWORD: 'hunter2-hunter2' },
      settings: { warnings: 3 },
    });
    const job = await site.backUp();
    expect(job.status).toBe('completed');
    const events = await test.admin.follow(job.id);
    const rows = await sql(`select j::text as job from job j union all select e::text from job_event e`);
    const seen = JSON.stringify([job, events, rows, await sql('select * from pgboss.job')]);
    expect(seen).toContain('***');
    expect(seen).not.toContain('hunter2');
  });
});

describe('cancelling', () => {
  it('stops a running job within seconds, again and again without harm', async () => {
    const site = await GatedSite.make(test, 'cancel-running');
    site.hold('create_bundle');
    const job = await site.start();
    await site.reached('create_bundle');
    expect(await test.operator.call('POST', `/jobs/${job.id}/cancel`)).toMatchObject({ status: 200 });
    const ended = await test.admin.ended(job.id, 5000);
    expect(ended).toMatchObject({ status: 'cancelled', error: null, backupId: null });
    expect(ended.stages.map((stage) => stage.status)).toEqual([
      'completed',
      'completed',
      'failed',
      'skipped',
      'completed',
    ]);
    expect(await cliAs(test.operator, ['jobs', 'cancel', job.id])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is cancelled'),
    });
    await until('the leftovers to go', () => workFolders(test).length === 0);
    expect(storedNames(test, site.id)).toEqual([]);
    site.release('create_bundle');
    const next = await site.backUp();
    expect(next.status).toBe('completed');
    expect(await test.operator.call('POST', `/jobs/${next.id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'JOB_NOT_ACTIVE' },
    });
  });

  it('removes what a cancelled job has stored already', async () => {
    const site = await GatedSite.make(test, 'cancel-uploaded');
    site.hold('upload_remote');
    const job = await site.start();
    await site.reached('upload_remote');
    await test.admin.post(`/jobs/${job.id}/cancel`);
    // It was committed before: such a backup is good and stays.
    expect((await test.admin.ended(job.id)).status).toBe('cancelled');
    expect(await test.admin.backups(site.id)).toHaveLength(1);
  });

  it('ends a waiting job at once; more important ones go first', async () => {
    const sites = await Promise.all(['w1', 'w2', 'w3', 'w4'].map((name) => GatedSite.make(test, name)));
    const [first, second, third, fourth] = sites as [GatedSite, GatedSite, GatedSite, GatedSite];
    for (const site of [first, second]) {
      site.hold('backup_db');
      await site.start();
      await site.reached('backup_db');
    }
    const low = await third.start();
    const waiting = await fourth.start();
    expect(await test.admin.post(`/jobs/${waiting.id}/cancel`)).toMatchObject({ status: 'cancelled' });
    const high = await test.admin.post<JobDto>(`/sites/${fourth.id}/backups`, { priority: 10 });
    third.hold('backup_db');
    fourth.hold('backup_db');
    first.release('backup_db');
    await fourth.reached('backup_db');
    expect((await test.admin.job(low.id)).status).toBe('pending');
    for (const site of sites) site.release('backup_db');
    for (const job of [low, high]) expect((await test.admin.ended(job.id)).status).toBe('completed');
  });

  it('refuses an unknown job and one who may not', async () => {
    const unknown = '/jobs/01a20b8c-d788-7649-97a8-12ebda60f327';
    expect(await test.operator.call('POST', `${unknown}/cancel`)).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND' },
    });
    expect(await test.viewer.call('POST', `${unknown}/cancel`)).toMatchObject({ status: 403 });
    expect(await test.viewer.call('GET', unknown)).toMatchObject({ status: 404 });
    expect(await test.viewer.call('GET', '/jobs/nonsense')).toMatchObject({ status: 400 });
  });
});

describe('the list of jobs', () => {
  it('pages and filters, newest first', async () => {
    const site = await GatedSite.make(test, 'listed');
    const made: string[] = [];
    for (let i = 0; i < 3; i++) made.unshift((await site.backUp()).id);
    site.fail('backup_db', never);
    made.unshift((await site.backUp()).id);
    const list = (query: string): Promise<Page<JobDto>> => test.viewer.get(`/jobs?siteId=${site.id}${query}`);
    const all = await list('');
    expect(all).toMatchObject({ total: 4, limit: 50, offset: 0 });
    expect(ids(all)).toEqual(made);
    expect(ids(await list('&limit=2&offset=1'))).toEqual(made.slice(1, 3));
    expect(ids(await list('&status=failed'))).toEqual(made.slice(0, 1));
    expect((await list('&status=failed,completed&kind=backup')).total).toBe(4);
    expect((await list('&kind=restore')).total).toBe(0);
    expect(await test.viewer.call('GET', '/jobs?status=odd')).toMatchObject({ status: 400 });
    expect(await test.viewer.call('GET', '/jobs?limit=1000000')).toMatchObject({ status: 400 });
  });

  it('forgets after 90 days what has no backup, is not the newest of its site, and needs nothing more', async () => {
    const site = await GatedSite.make(test, 'long-ago');
    const withBackup = (await site.backUp()).id;
    const failed: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      site.fail('backup_db', never);
      failed.push((await site.backUp()).id);
    }
    const [old = '', littered = '', told = '', recent = '', newest = ''] = failed;
    await until('nothing to be left', async () => {
      const [row] = await sql(
        `select count(*)::int as n from job where site_id = '${site.id}' and (litter or follow_up)`,
      );
      return row?.['n'] === 0;
    });
    await sql(
      `update job set created_at = created_at - interval '91 days', finished_at = finished_at - interval '91 days'
        where site_id = '${site.id}'`,
    );
    // Made long ago, and ended lately.
    await sql(`update job set finished_at = now() - interval '89 days' where id = '${recent}'`);
    await sql(`update job set litter = true where id = '${littered}'`);
    await sql(`update job set follow_up = true where id = '${told}'`);
    const pruner = test.app.get(JobPruner, { strict: false });
    // One that is being tried again at that moment stays.
    await test.app
      .get(MikroORM)
      .em.fork()
      .transactional(async (em) => {
        await em.execute(`select 1 from job where id = '${old}' for update`);
        await pruner.prune();
      });
    expect(await test.viewer.call('GET', `/jobs/${old}`)).toMatchObject({ status: 200 });
    await pruner.prune();
    const kept = [newest, recent, told, littered, withBackup];
    expect(ids(await test.viewer.get(`/jobs?siteId=${site.id}`)).toSorted()).toEqual(kept.toSorted());
    expect(await test.viewer.call('GET', `/jobs/${old}`)).toMatchObject({ status: 404 });
    await sql(`update job set litter = false, follow_up = false where site_id = '${site.id}'`);
  });
});
