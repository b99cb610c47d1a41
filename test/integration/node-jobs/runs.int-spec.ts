import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { Patience } from '../../../src/common/patience.js';
import { BackupModuleRegistry } from '../../../src/modules/backup-modules/index.js';
import { JobTimings } from '../../../src/modules/jobs/index.js';
import { NodePlans } from '../../../src/modules/node-jobs/node-plans.js';
import { StuckRestores } from '../../../src/modules/node-jobs/stuck-restores.js';
import { NodeTimings } from '../../../src/modules/nodes/node-timings.js';
import { NodeWatch } from '../../../src/modules/nodes/node-watch.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { stopCrons } from '../core/test-app.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { milestones, straight, TestAgent } from './agent.js';
import { anEnd, forgedReports } from './forged-reports.js';
import { MasterSwitch } from './master-switch.js';

const test = useJobsApp();
let agent: TestAgent;
let way: MasterSwitch;
beforeAll(async () => {
  await stopCrons(test.app);
  way = await MasterSwitch.start(test.anyone.url);
  agent = await TestAgent.join(test, 'web', way.url);
});
afterAll(async () => {
  await agent.stop();
  way.stop();
});
const usual = { deafMs: { cancelled: 4000, stalled: 60_000 } };
afterEach(() => {
  Object.assign(test.app.get(JobTimings), usual);
  way.to(test.anyone.url);
});

let sites = 0;
const newSite = (): Promise<GatedSite> => GatedSite.make(test, `on-node-${++sites}`, { nodeId: agent.id });
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);
const runOf = async ({ id }: JobDto): Promise<string> =>
  String((await sql(`select delivery_id from job where id = '${id}'`))[0]?.['delivery_id']);
const hasFolder = ({ id }: JobDto): boolean => agent.workFolders().includes(id);
const isClean = async ({ id }: JobDto): Promise<boolean> =>
  (await sql(`select 1 from job where id = '${id}' and not litter`)).length === 1;
const cancel = ({ id }: JobDto): Promise<unknown> => test.operator.call('POST', `/jobs/${id}/cancel`);
const code = (answer: { body: Record<string, unknown> }): unknown => answer.body['code'];

async function heldIn(site: GatedSite, stage: string, isDeaf = false): Promise<JobDto> {
  if (isDeaf) site.deafen(stage);
  else site.hold(stage);
  const job = await site.start();
  await site.reached(stage);
  return job;
}

it('backs a site up on its node, each event once and in order; the next backup is compared with it', async () => {
  const site = await newSite();
  const job = await site.backUp();
  expect(job).toMatchObject({ status: 'completed', error: null, attempt: 1, nodeId: agent.id });
  const events = await test.admin.follow(job.id);
  expect(milestones(events)).toEqual(straight(job.stages));
  const again = await site.backUp();
  expect(again.stages.find(({ name }) => name === 'backup_files')?.details).toMatchObject({
    parent: job.backupId,
    kept: 3,
  });
  await until('its work folders to go', () => agent.workFolders().length === 0);
  expect(await test.admin.restore(again.backupId ?? '')).toMatchObject({ status: 'completed', nodeId: agent.id });
});

it('a cancel reaches the node within seconds, and leaves nothing', async () => {
  const job = await heldIn(await newSite(), 'create_bundle');
  const began = performance.now();
  await cancel(job);
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: null });
  expect(performance.now() - began).toBeLessThan(5000);
  await until('its work folder to go', () => !hasFolder(job));
});

it('a stage that does not hear is let go: its job ends, its site is free, and its folder goes when it has ended', async () => {
  test.app.get(JobTimings).deafMs = { cancelled: 100, stalled: 100 };
  const site = await newSite();
  const job = await heldIn(site, 'create_bundle', true);
  await cancel(job);
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: { code: 'STAGE_NOT_STOPPED' } });
  const beats = way.paths.filter((path) => path === '/node/heartbeat').length;
  await until('two heartbeats', () => way.paths.filter((path) => path === '/node/heartbeat').length > beats + 1);
  expect([hasFolder(job), await isClean(job)]).toEqual([true, false]);
  expect(code(await test.admin.call('POST', `/jobs/${job.id}/retry`))).toBe('JOB_NOT_RETRYABLE');
  site.release('create_bundle');
  await until('it to be clean', async () => !hasFolder(job) && (await isClean(job)));
  expect(await test.admin.job(job.id)).toMatchObject({ status: 'cancelled', attempts: [{ outcome: 'cancelled' }] });
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
});

it('a site that can not be released, as it lies on what is dead, holds nothing up', async () => {
  const site = await newSite();
  const plans = agent.get(NodePlans);
  const { patience } = plans;
  plans.patience = new Patience(50);
  const plain = agent.get(BackupModuleRegistry).get('plain');
  const release = vi.fn<() => Promise<void>>(() => new Promise(() => undefined));
  Object.assign(plain, { release });
  site.fail('backup_db', { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' });
  expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'TEST_BROKEN' } });
  expect(release).toHaveBeenCalledOnce();
  Object.assign(plain, { release: undefined });
  plans.patience = patience;
});

it('what a failed backup has made stays on the node for a retry, and goes when it is let go', async () => {
  const site = await newSite();
  const broken = { code: 'TEST_BROKEN', kind: 'source', retry: 'maybe', message: 'Broken.' };
  site.fail('before_upload', broken);
  const failed = await site.backUp();
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'TEST_BROKEN' } });
  expect(hasFolder(failed)).toBe(true);
  const job = await test.admin.post<JobDto>(`/jobs/${failed.id}/retry`);
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'completed' });
  const events = await test.admin.follow(job.id);
  expect(events.filter(({ type, data }) => type === 'stage.started' && data['stage'] === 'create_bundle')).toHaveLength(
    job.id === failed.id ? 1 : 0,
  );
  site.fail('before_upload', broken);
  const second = await site.backUp();
  expect(hasFolder(second)).toBe(true);
  // The next backup of the site lets it go.
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
  await until('its work folder to go', () => !hasFolder(second));
});

/** The node is away until the job is given back, comes again and is given it. */
async function takenAnew({ id }: JobDto): Promise<JobDto> {
  way.cut();
  const timings = test.app.get(NodeTimings);
  const { staleMs, offlineMs, giveBackMs } = timings;
  Object.assign(timings, { staleMs: 100, offlineMs: 200, giveBackMs: 300 });
  await until('it to be given back', async () => {
    await test.app.get(NodeWatch).round();
    return (await test.admin.job(id)).status === 'pending';
  });
  Object.assign(timings, { staleMs, offlineMs, giveBackMs });
  way.to(test.anyone.url);
  return until('the next run to be taken', async () => {
    const now = await test.admin.job(id);
    return now.status === 'running' ? now : null;
  });
}

it('a run that waits for an earlier one of its job can be cancelled; what is left goes when that one has ended', async () => {
  const site = await newSite();
  const job = await heldIn(site, 'create_bundle', true);
  await takenAnew(job);
  await cancel(job);
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled', error: { code: 'STAGE_NOT_STOPPED' } });
  expect(hasFolder(job)).toBe(true);
  site.release('create_bundle');
  await until('it to be clean', () => isClean(job));
  await until('its work folder to go', () => !hasFolder(job));
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
});

it('a node that is away for long loses its jobs; when it is back the old run has stopped before the next begins', async () => {
  const site = await newSite();
  const job = await heldIn(site, 'create_bundle', true);
  const old = await runOf(job);
  expect(await takenAnew(job)).toMatchObject({ attempt: 2 });
  const beats = way.paths.filter((path) => path === '/node/heartbeat').length;
  await until('heartbeats', () => way.paths.filter((path) => path === '/node/heartbeat').length > beats + 2);
  // The old stage still runs: nothing of the new run does, and it is not given back again.
  expect(existsSync(join(site.gate, 'create_bundle.reached'))).toBe(false);
  expect(await test.admin.job(job.id)).toMatchObject({ status: 'running', attempt: 2 });
  // What comes late under the name of the old run changes nothing.
  const late = [
    ['reports', { reports: [{ seq: 1, ageMs: 0, end: { ...anEnd, outcome: 'completed' } }] }],
    ['commit', {}],
    ['uploads', {}],
    ['stat', {}],
  ] as const;
  for (const [path, body] of late) {
    const answer = await agent.node.call('POST', `/node/runs/${old}/${path}`, body);
    expect([path, answer.status >= 400], JSON.stringify(answer.body)).toEqual([path, true]);
  }
  expect(code(await agent.node.call('POST', `/node/runs/${old}/${late[0][0]}`, late[0][1]))).toBe('JOB_LOST');
  site.release('create_bundle');
  const ended = await test.admin.ended(job.id);
  expect(ended).toMatchObject({ status: 'completed', attempt: 2, attempts: [{ outcome: 'cut-off' }, {}] });
  expect(await test.admin.backups(site.id)).toHaveLength(1);
});

it('forged, replayed and reordered reports change nothing', async () => {
  const site = await newSite();
  const job = await heldIn(site, 'create_bundle');
  const run = await runOf(job);
  const state = async (): Promise<unknown> => [
    await sql(
      `select status, stages, warnings, warning_count, progress, report_seq, result from job where id = '${job.id}'`,
    ),
    await sql(`select id from job_event where job_id = '${job.id}' order by id`),
  ];
  await settled(job.id);
  // The node itself tells nothing now.
  way.cut();
  const [{ report_seq: seq = 0 } = {}] = (await sql(`select report_seq from job where id = '${job.id}'`)) as {
    report_seq?: number;
  }[];
  const before = await state();
  const [row] = await sql(`select stages from job where id = '${job.id}'`);
  const stages = row?.['stages'] as object[];
  for (const { what, reports, status, expected } of forgedReports(seq, stages)) {
    const answer = await agent.node.call('POST', `/node/runs/${run}/reports`, { reports });
    const { code: said = null } = answer.body;
    expect([what, answer.status, said], JSON.stringify(answer.body)).toEqual([what, status, expected]);
  }
  expect(await state()).toEqual(before);
  way.to(test.anyone.url);
  site.release('create_bundle');
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'completed', attempt: 1 });
  // Its own end once more, and another one: it has ended.
  for (const outcome of ['completed', 'failed'] as const)
    await agent.node.call('POST', `/node/runs/${run}/reports`, {
      reports: [{ seq: 99, ageMs: 0, end: { ...anEnd, outcome } }],
    });
  expect(await test.admin.job(job.id)).toMatchObject({ status: 'completed', error: null });
});

/** The number of the last report, once the node has told all. */
async function settled(jobId: string): Promise<number> {
  const file = (await sql(`select delivery_id from job where id = '${jobId}'`))[0]?.['delivery_id'];
  const kept = (): number =>
    readFileSync(join(agent.config.paths.root, 'runs', `${String(file)}.reports`), 'utf8').split('\n').length - 1;
  return until('all to be delivered', async () => {
    const seq = Number((await sql(`select report_seq from job where id = '${jobId}'`))[0]?.['report_seq']);
    return seq > 0 && seq === kept() ? seq : null;
  });
}

it('a restore waits for a master that is away while it reads', async () => {
  const site = await newSite();
  const { backupId } = await site.backUp();
  const before = readFileSync(join(site.path, 'index.html'), 'utf8');
  writeFileSync(join(site.path, 'index.html'), 'newer');
  let reads = 0;
  way.route = (path) => (path.includes('/objects') && (reads += 1) <= 3 ? null : test.anyone.url);
  expect(await test.admin.restore(backupId ?? '')).toMatchObject({ status: 'completed', attempt: 1 });
  expect(reads).toBeGreaterThan(3);
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe(before);
});

it('a restore that could not be taken back is tried again by the node until the site is as it was', async () => {
  const site = await newSite();
  const { backupId } = await site.backUp();
  writeFileSync(join(site.path, 'index.html'), 'newer');
  site.fail('apply', { code: 'TEST_BROKEN', kind: 'source', retry: 'never', message: 'Broken.' });
  site.fail('rollback', { code: 'TEST_STUCK', kind: 'source', retry: 'later', message: 'Stuck.' });
  const job = await test.admin.restore(backupId ?? '');
  expect(job).toMatchObject({ status: 'failed', error: { code: 'ROLLBACK_FAILED' } });
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).not.toBe('newer');
  expect([hasFolder(job), await isClean(job)]).toEqual([true, false]);
  await agent.get(StuckRestores).tryAll();
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe('newer');
  await until('the master to hear of it', () => isClean(job));
  expect(hasFolder(job)).toBe(false);
});

it('a node of another version is told what to update, and does not lose its job by that', async () => {
  const site = await newSite();
  const job = await heldIn(site, 'create_bundle');
  const run = await runOf(job);
  const { node } = agent;
  const own = node.version;
  const [major = 0, minor = 0] = own.split('.').map(Number);
  for (const [version, status, expected, hint] of [
    [`${major + 1}.0.0`, 409, 'NODE_TOO_NEW', /Update the master to/],
    [`${major}.${minor + 1}.0`, 409, 'NODE_TOO_NEW', /Update the master to/],
    ['newest', 409, 'NODE_VERSION_UNKNOWN', /Update backupd on the node/],
    [`${major}.${minor}.999`, 200, undefined, /next/],
    [`${major}.${Math.max(0, minor - 1)}.0`, 200, undefined, /next/],
  ] as const) {
    node.version = version;
    const answer = await node.call('POST', `/node/runs/${run}/reports`, { reports: [] });
    expect([version, answer.status, code(answer)]).toEqual([version, status, expected]);
    expect(JSON.stringify(answer.body)).toMatch(hint);
  }
  node.version = own;
  site.release('create_bundle');
  expect(await test.admin.ended(job.id)).toMatchObject({ status: 'completed', attempt: 1 });
});
