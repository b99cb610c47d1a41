import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { AlarmDto } from '../../../src/cli/api-types-alarms.js';
import type { NodeDetailDto, NodeDto, NodeHistoryDto } from '../../../src/cli/api-types-nodes.js';
import type { DoctorDto, JobDto, Page, SiteDto } from '../../../src/cli/api-types.js';
import { AlarmWatch } from '../../../src/modules/alarms/index.js';
import { Figures } from '../../../src/modules/metrics/figures.js';
import { HeartbeatJobs, NodeTimings } from '../../../src/modules/nodes/index.js';
import { NodeHistory } from '../../../src/modules/nodes/node-history.js';
import { NodeWatch } from '../../../src/modules/nodes/node-watch.js';
import type { Heartbeat } from '../../../src/modules/node-protocol/index.js';
import { cliAs } from '../core/cli.js';
import { stopCrons } from '../core/test-app.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { sql } from '../retention/support.js';
import { heartbeat, liftLimits, TestNode } from './support.js';

const test = useJobsApp();
let node: TestNode;
beforeAll(async () => {
  await stopCrons(test.app);
  liftLimits(test);
  node = await TestNode.join(test, 'web');
});

const one = (id = node.id): Promise<NodeDetailDto> => test.viewer.get<NodeDetailDto>(`/nodes/${id}`);
const round = (): Promise<void> => test.app.get(NodeWatch, { strict: false }).round();
const events = async (id = node.id): Promise<string[]> =>
  (
    await sql(test, `select type from job_event where type like 'node.%' and data->>'nodeId' = '${id}' order by id`)
  ).map(({ type }) => String(type));
/** As if so much time had gone by since the last heartbeat, and the master had heard all the while. */
async function silentFor(seconds: number, id = node.id): Promise<void> {
  await sql(
    test,
    `update node set last_seen_at = clock_timestamp() - interval '${seconds} seconds' where id = '${id}'`,
  );
  Reflect.set(test.app.get(NodeWatch, { strict: false }), 'hearsSince', '2020-01-01T00:00:00Z');
}
const alarms = async (): Promise<AlarmDto[]> => {
  await test.app.get(AlarmWatch, { strict: false }).round(new Date());
  return (await test.viewer.get<Page<AlarmDto>>('/alarms?open=true&kind=node.offline')).items;
};
async function scrape(): Promise<string> {
  const figures = test.app.get(Figures, { strict: false });
  const before = figures.clock;
  figures.clock = () => before() + 2000;
  return (await test.viewer.call<string>('GET', '/metrics')).body;
}

/** A site on the node: the master has never seen its folder. */
async function siteOn(id: string, name: string): Promise<SiteDto> {
  const path = join(test.folder, name);
  mkdirSync(path, { recursive: true });
  const site = await test.admin.addSite(path, { module: 'plain', name });
  await sql(test, `update site set node_id = '${id}' where id = '${site.id}'`);
  return site;
}

function loaded(load1: number, sentBytes: number): Partial<Heartbeat> {
  return { load: { ...heartbeat().load, load1, network: { sentBytes, receivedBytes: 2000 } } };
}

describe('a heartbeat', () => {
  it('says what the host is and how busy, and is answered with the limits of the master', async () => {
    expect((await one()).health).toBe('new');
    const { body } = await node.beat({ isFirst: true });
    expect(body).toEqual({
      nodeId: node.id,
      name: 'web',
      cancel: [],
      lost: [],
      drop: [],
      limits: null,
      everySeconds: 15,
    });
    const shown = await one();
    expect(shown).toMatchObject({ health: 'online', version: '0.1.0', hostname: 'web.example.com', sites: 0 });
    expect(shown.facts).toEqual(heartbeat().facts);
    expect(shown.load).toEqual(heartbeat().load);
    expect(Math.abs(Date.parse(shown.lastSeenAt ?? '') - Date.now())).toBeLessThan(30_000);
    const limited = await cliAs(test.admin, ['nodes', 'limit', 'web', '--bandwidth', '10', '--io', '1']);
    expect(limited.stdout).toContain('io 1, network 1000, cpu 1000, 10 Mbit/s');
    expect((await node.beat()).body.limits).toEqual({ io: 1, network: 1000, cpu: 1000, bandwidthMbps: 10 });
    expect((await cliAs(test.admin, ['nodes', 'limit', 'web', '--none'])).code).toBe(0);
    expect((await node.beat()).body.limits).toBeNull();
    expect((await cliAs(test.viewer, ['nodes', 'list'])).stdout).toMatch(/web +online .* 0\.1\.0 .*1\.50 +4\.0 GB/);
    expect((await cliAs(test.viewer, ['nodes', 'show', 'web'])).stdout).toContain('/: 25 B of 100 B free');
  });

  it('is bounded, and refused when it is not one', async () => {
    const { load, facts } = heartbeat();
    const wrong = [
      { load: { ...load, load1: -1 } },
      { load: { ...load, disks: Array.from({ length: 65 }, () => ({ path: '/', freeBytes: 1, totalBytes: 1 })) } },
      { facts: { ...facts, scanRoots: ['a\0b'] } },
      { facts: { ...facts, modules: ['\uD800'] } },
      { facts: { ...facts, hostname: 'x'.repeat(256) } },
      { runs: [{ jobId: 'x', runId: node.id }] },
      ...[{ runs: [null] }, { load: [] }, { facts: undefined }].map((each) => each as unknown as Partial<Heartbeat>),
      { workOf: Array.from({ length: 10_001 }, () => node.id) },
    ];
    for (const each of wrong) expect((await node.beat(each)).status).toBe(400);
  });

  it('is counted in steps of five minutes, of which the history shows at most 500', async () => {
    await sql(test, `delete from node_sample`);
    for (const [load1, sent] of [
      [1, 1000],
      [2, 1500],
      // The host was started anew.
      [6, 10],
      [3, 40],
    ] as const)
      await node.beat(loaded(load1, sent));
    // All in one step, unless one ended meanwhile.
    await sql(test, `update node_sample set at = date_bin('5 minutes', now(), 'epoch')`).catch(() => undefined);
    const { items, stepSeconds } = await test.viewer.get<NodeHistoryDto>(`/nodes/${node.id}/history`);
    expect(stepSeconds).toBe(300);
    expect(items.reduce((sum, each) => sum + each.heartbeats, 0)).toBe(4);
    expect(items.reduce((sum, each) => sum + each.load1 * each.heartbeats, 0)).toBeCloseTo(12);
    expect(items.reduce((sum, each) => sum + each.sentBytes, 0)).toBe(530);
    expect(items[0]).toMatchObject({ diskFreeShare: 0.25, memoryFreeBytes: 4_000_000_000, runs: 0 });
    await sql(
      test,
      `insert into node_sample select node_id, at - n * interval '5 minutes', 20, 1, 1, null, 0, 0, 0
        from (select * from node_sample limit 1) s, generate_series(2, 8900) n`,
    );
    const from = new Date(Date.now() - 30 * 86_400_000).toISOString();
    const coarse = await test.viewer.get<NodeHistoryDto>(`/nodes/${node.id}/history?from=${from}`);
    expect(coarse.stepSeconds).toBe(18 * 300);
    expect(coarse.items.length).toBeGreaterThan(475);
    expect(coarse.items.length).toBeLessThanOrEqual(500);
    expect((await cliAs(test.viewer, ['nodes', 'history', 'web'])).stdout).toContain('75 %');
    const wrong = await test.viewer.call(
      'GET',
      `/nodes/${node.id}/history?from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z`,
    );
    expect(wrong.status).toBe(400);
    await test.app.get(NodeHistory, { strict: false }).prune();
    const [left] = await sql(test, `select count(*)::int as n from node_sample where at < now() - interval '30 days'`);
    expect(left?.['n']).toBe(0);
  });
});

describe('a node that is not heard of', () => {
  it('is stale, then offline, then online again: each an event once, whoever looks; offline is an alarm', async () => {
    await node.beat();
    const before = (await events()).length;
    await silentFor(40);
    await round();
    expect((await one()).health).toBe('online');
    await silentFor(46);
    // Two masters at the same time.
    await Promise.all([round(), round()]);
    expect((await one()).health).toBe('stale');
    expect(await alarms()).toEqual([]);
    await silentFor(121);
    await Promise.all([round(), round()]);
    expect((await one()).health).toBe('offline');
    expect((await events()).slice(before)).toEqual(['node.stale', 'node.offline']);
    const [alarm] = await alarms();
    expect(alarm).toMatchObject({ subject: node.id, severity: 'warning' });
    expect(alarm?.message).toContain('"web" (web.example.com) has not been heard of since');
    const doctor = await test.admin.get<DoctorDto>('/doctor');
    expect(doctor.checks.find(({ name }) => name === 'nodes')).toMatchObject({
      status: 'warning',
      message: 'Not online: "web" (offline).',
    });
    const text = await scrape();
    expect(text).toContain('backupd_nodes{health="offline"} 1');
    expect(text).toContain('backupd_node_up{node="web"} 0');
    expect(text).not.toContain('backupd_node_load1{node="web"}');
    await node.beat();
    await round();
    expect((await one()).health).toBe('online');
    expect((await events()).slice(before)).toEqual(['node.stale', 'node.offline', 'node.online']);
    expect(await alarms()).toEqual([]);
    const well = await scrape();
    expect(well).toContain('backupd_node_up{node="web"} 1');
    expect(well).toContain('backupd_node_load1{node="web"} 1.5');
    expect(well).toContain('backupd_node_disk_free_ratio{node="web"} 0.25');
  });

  it('has its jobs given back after a quarter of an hour, on every round for as long as it is away', async () => {
    const jobs = test.app.get(HeartbeatJobs, { strict: false });
    const giveBack = vi.spyOn(jobs, 'giveBack');
    await silentFor(800);
    await round();
    expect((await one()).health).toBe('offline');
    expect(giveBack).not.toHaveBeenCalled();
    await silentFor(1000);
    await round();
    await round();
    await node.beat();
    await round();
    expect(giveBack.mock.calls).toEqual([[[node.id]], [[node.id]]]);
    giveBack.mockRestore();
  });

  it('is not silent for the time in which nobody could hear it', async () => {
    await silentFor(1000);
    const watch = test.app.get(NodeWatch, { strict: false });
    // As at the start of a master that was away.
    await watch.onApplicationBootstrap();
    await round();
    expect((await one()).health).toBe('online');
    // As after it stood still.
    await silentFor(1000);
    const timings = test.app.get(NodeTimings, { strict: false });
    timings.stoodStillMs = -1;
    await round();
    timings.stoodStillMs = 30_000;
    expect((await one()).health).toBe('online');
    await node.beat();
  });

  it('is no alarm when it was blocked', async () => {
    await test.admin.post(`/nodes/${node.id}/block`);
    await silentFor(1000);
    await round();
    expect((await one()).health).toBe('offline');
    expect(await alarms()).toEqual([]);
    await test.admin.post(`/nodes/${node.id}/unblock`);
    expect(await alarms()).toHaveLength(1);
    await node.beat();
  });
});

describe('an admin', () => {
  it('renames a node, to a name that is free', async () => {
    const other = await TestNode.join(test, 'other');
    expect((await cliAs(test.admin, ['nodes', 'rename', 'other', 'better'])).code).toBe(0);
    expect((await one(other.id)).name).toBe('better');
    const taken = await cliAs(test.admin, ['nodes', 'rename', 'better', 'web']);
    expect(taken.stderr).toContain('NODE_NAME_TAKEN');
    expect((await test.operator.call('PATCH', `/nodes/${other.id}`, { name: 'x' })).status).toBe(403);
    expect((await cliAs(test.admin, ['nodes', 'remove', 'better', '--yes'])).code).toBe(0);
  });

  it('makes, lists and removes tokens to join with', async () => {
    const made = await cliAs(test.admin, ['nodes', 'token', 'add', '--name', 'next', '--expires', '5']);
    expect(made.stdout).toMatch(/^bkj_[\w-]{43}\n$/);
    const hint = made.stdout.slice(0, 8);
    expect((await cliAs(test.admin, ['nodes', 'token', 'list'])).stdout).toMatch(new RegExp(`${hint} +next +valid`));
    expect((await test.operator.call('GET', '/nodes/tokens')).status).toBe(403);
    expect((await cliAs(test.admin, ['nodes', 'token', 'remove', hint])).code).toBe(0);
    expect((await cliAs(test.admin, ['nodes', 'token', 'list'])).stdout).not.toContain(hint);
  });

  it('removes a node: what becomes of its sites is said, its jobs fail with the reason, its key is worth nothing', async () => {
    const gone = await TestNode.join(test, 'gone');
    await gone.beat();
    const site = await siteOn(gone.id, 'kept');
    const job = await onNode(gone.id, site.id);
    const quota = await cliAs(test.admin, ['quota', 'set', '5GB', '--node', 'gone']);
    expect(quota.stdout).toContain('host gone is 5 GB');
    expect((await cliAs(test.viewer, ['usage'])).stdout).toMatch(/host +gone +0 B/);
    const refused = await test.admin.call('DELETE', `/nodes/${gone.id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'NODE_HAS_SITES', context: { sites: 1 } } });
    expect(await one(gone.id)).toMatchObject({
      sites: 1,
      runningJobs: 1,
      siteList: [{ id: site.id }],
      jobList: [{ id: job }],
    });
    const asked = await cliAs(test.admin, ['nodes', 'remove', 'gone', '--yes']);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--sites keep')]);
    const done = await cliAs(test.admin, ['nodes', 'remove', 'gone', '--sites', 'keep', '--yes']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('1 site stay, paused')]);
    expect(await gone.beat()).toMatchObject({ status: 401 });
    expect((await test.viewer.call('GET', `/nodes/${gone.id}`)).body).toMatchObject({ code: 'NODE_NOT_FOUND' });
    expect(await test.viewer.get<SiteDto>(`/sites/${site.id}`)).toMatchObject({ paused: true });
    expect(await test.viewer.get<JobDto>(`/jobs/${job}`)).toMatchObject({
      status: 'failed',
      error: { code: 'NODE_REMOVED' },
    });
    expect(await events(gone.id)).toEqual(['node.joined', 'node.online', 'node.removed']);
    expect((await cliAs(test.viewer, ['quota'])).stdout).toContain('nothing is limited');
  });

  it('may have the sites of a node forgotten with it', async () => {
    const gone = await TestNode.join(test, 'given-up');
    const site = await siteOn(gone.id, 'forgotten');
    const answer = await test.admin.call('DELETE', `/nodes/${gone.id}?sites=remove`);
    expect(answer).toMatchObject({ status: 200, body: { keptSites: 0, removedSites: 1, failedJobs: 0 } });
    expect((await test.viewer.call('GET', `/sites/${site.id}`)).status).toBe(404);
    const { items } = await test.viewer.get<Page<NodeDto>>('/nodes');
    expect(items.map(({ name }) => name)).toEqual(['web']);
  });
});

/** A backup that the node runs. */
async function onNode(nodeId: string, siteId: string): Promise<string> {
  const [row] = await sql(
    test,
    `insert into job (id, site_id, site_name, module, kind, status, attempt, stages, warnings, backup_id, request, delivery_id, runner_id, node_id, created_at, started_at)
      values (gen_random_uuid(), '${siteId}', 'kept', 'plain', 'backup', 'running', 1, '[]', '[]', gen_random_uuid(), '{}', gen_random_uuid(), '${nodeId}', '${nodeId}', now(), now())
      returning id`,
  );
  return String(row?.['id']);
}
