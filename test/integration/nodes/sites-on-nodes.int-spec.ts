import { chmodSync, chownSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { AlarmDto } from '../../../src/cli/api-types-alarms.js';
import type { JobDto, ScanLine, SiteDto } from '../../../src/cli/api-types.js';
import { requires } from '../../../src/engine/testing/index.js';
import { AlarmWatch } from '../../../src/modules/alarms/index.js';
import { InstallationTasks } from '../../../src/modules/schedules/index.js';
import { SiteWatch } from '../../../src/modules/schedules/site-watch.js';
import { WatchDisk } from '../../../src/modules/schedules/watch-disk.js';
import { runSql } from '../../support/postgres.js';
import { cliAs } from '../core/cli.js';
import { NotesModule } from '../core/notes-module.js';
import { useTestApp } from '../core/test-app.js';
import { ScannerService } from '../../../src/modules/scanner/index.js';
import { FakeNode } from './fake-node.js';

const test = useTestApp([NotesModule]);
let www: string;
/** With an agent, and without one. */
let node: FakeNode;
let away: FakeNode;
beforeAll(async () => {
  www = join(test.folder, 'www');
  node = await FakeNode.add(test, 'web-1');
  away = await FakeNode.add(test, 'web-2', ['other']);
  await node.start([NotesModule]);
});
afterAll(() => node.stop());

function makeSite(name: string): string {
  const path = join(www, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'notes.txt'), `Notes of ${name}\n`);
  return path;
}

const add = (path: string, more: object = {}): Promise<SiteDto> =>
  test.operator.post<SiteDto>('/sites', { module: 'notes', path, nodeId: node.id, ...more });
const run = (...args: string[]): ReturnType<typeof cliAs> => cliAs(test.operator, args);

it('a site on a node is looked at there, and is another one than that of this host at the same path', async () => {
  const path = makeSite('one');
  const here = await test.operator.post<SiteDto>('/sites', { module: 'notes', path });
  const there = await add(`${path}/`, { overrides: { DB_PASSWORD: 'hunter2' } });
  expect(there).toMatchObject({ path, name: 'Notes of one', nodeId: node.id, nodeName: 'web-1' });
  expect(there).toMatchObject({ description: { facts: { password: true } } });
  expect(here).toMatchObject({ path, nodeId: null, nodeName: null });
  expect(await test.operator.call('POST', '/sites', { module: 'notes', path, nodeId: node.id })).toMatchObject({
    status: 409,
    body: { code: 'SITE_EXISTS', context: { id: there.id } },
  });
  for (const [query, ids] of [
    [`nodeId=${node.id}`, [there.id]],
    ['nodeId=self', [here.id]],
  ] as const)
    expect((await test.viewer.get<{ items: SiteDto[] }>(`/sites?${query}`)).items.map(({ id }) => id)).toEqual(ids);
  // Each look is one of the node.
  const moved = makeSite('one-moved');
  expect(await test.operator.call('PATCH', `/sites/${there.id}`, { path: moved })).toMatchObject({
    status: 200,
    body: { path: moved, description: { name: 'Notes of one-moved' } },
  });
});

it.each([
  [{ path: '/nowhere/at/all' }, 400, 'PATH_NOT_FOUND'],
  [{ path: '/tmp' }, 422, 'NOT_A_SITE'],
  [{ path: 'relative' }, 400, 'REQUEST_INVALID'],
  [{ path: '/tmp', nodeId: '01900000-0000-7000-8000-000000000000' }, 404, 'NODE_NOT_FOUND'],
  [{ path: '/tmp', nodeId: 'web-1' }, 400, 'REQUEST_INVALID'],
])('refuses %j: %i %s', async (body, status, code) => {
  const answer = await test.operator.call('POST', '/sites', { module: 'notes', nodeId: node.id, ...body });
  expect(answer).toMatchObject({ status, body: { code } });
});

it('a node without the module gets no site of it', async () => {
  const answer = await test.operator.call('POST', '/sites', { module: 'notes', path: '/tmp', nodeId: away.id });
  expect(answer).toMatchObject({ status: 409, body: { code: 'NODE_LACKS_MODULE' } });
});

it('a scan of a node streams what its agent finds; import registers it there', async () => {
  const root = join(www, 'scanned');
  for (const name of ['a', 'b']) makeSite(`scanned/${name}`);
  mkdirSync(join(root, 'empty'));
  const answer = await fetch(`${test.operator.url}/scan?nodeId=${node.id}&path=${root}`, {
    headers: { Accept: 'application/x-ndjson', Authorization: `Bearer ${String(test.operator.token)}` },
  });
  const lines = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ScanLine);
  expect(lines.filter(({ type }) => type === 'found')).toMatchObject([
    { path: join(root, 'a'), isInstall: true, description: { name: 'Notes of scanned/a' } },
    { path: join(root, 'b'), isInstall: true },
    { path: join(root, 'empty'), isInstall: false, reason: 'has no notes.txt' },
  ]);
  expect(lines.at(-1)).toMatchObject({ type: 'done', found: 3 });
  const imported = await test.operator.post<{ created: SiteDto[] }>('/sites/import', {
    nodeId: node.id,
    roots: [root],
  });
  expect(imported.created.map(({ path, nodeName }) => [path, nodeName])).toEqual([
    [join(root, 'a'), 'web-1'],
    [join(root, 'b'), 'web-1'],
  ]);
});

it('a scan of a node ends when it tells of more than a host can have', async () => {
  const scanner = test.app.get(ScannerService, { strict: false });
  const { mostTold } = scanner;
  scanner.mostTold = 1;
  try {
    const scanned = test.operator.call('POST', '/sites/import', { nodeId: node.id, roots: [join(www, 'scanned')] });
    expect(await scanned).toMatchObject({ status: 503, body: { code: 'NODE_SCAN_ENDLESS' } });
  } finally {
    scanner.mostTold = mostTold;
  }
});

it('the job of a site is for its node', async () => {
  const site = await add(makeSite('jobs'));
  const job = await test.operator.post<JobDto>(`/sites/${site.id}/backups`);
  expect(job).toMatchObject({ nodeId: node.id, status: 'pending' });
  expect(await test.operator.call('POST', `/sites/${site.id}/move`, { nodeId: null, path: site.path })).toMatchObject({
    status: 409,
    body: { code: 'JOB_ACTIVE' },
  });
  await test.operator.post(`/jobs/${job.id}/cancel`);
  await test.operator.ended(job.id);
  const aside = makeSite('jobs-aside');
  await test.operator.post(`/sites/${site.id}/move`, { nodeId: null, path: aside });
  expect(await test.operator.call('POST', `/jobs/${job.id}/retry`)).toMatchObject({
    status: 409,
    body: { code: 'JOB_NOT_RETRYABLE', detail: expect.stringContaining('has moved to another host') },
  });
  await test.operator.post(`/sites/${site.id}/move`, { nodeId: node.id, path: site.path });
  await runSql(String(test.config.databaseUrl), `update node set blocked = true where id = '${node.id}'`);
  expect(await test.operator.call('POST', `/sites/${site.id}/backups`)).toMatchObject({
    status: 409,
    body: { code: 'NODE_BLOCKED' },
  });
  await runSql(String(test.config.databaseUrl), `update node set blocked = false where id = '${node.id}'`);
});

it('a waiting job says what its node keeps it waiting for', async () => {
  const site = await add(makeSite('waits'));
  const job = await test.operator.post<JobDto>(`/sites/${site.id}/backups`);
  const set = (state: string): Promise<unknown> =>
    runSql(String(test.config.databaseUrl), `update node set ${state} where id = '${node.id}'`);
  const usual = `blocked = false, key_hash = '${node.id}', key_used = false, health = 'online'`;
  for (const [state, said] of [
    ['blocked = false', 'on the node "web-1"\n'],
    [`health = 'offline'`, 'is not heard of since'],
    ['blocked = true', 'backupd nodes unblock'],
    ['key_hash = null, key_used = true', 'joined again (`backupd node join`)'],
  ] as const) {
    await set(state);
    const { stdout } = await run('jobs', 'show', job.id);
    await set(usual);
    expect(stdout).toContain(said);
  }
  await test.operator.post(`/jobs/${job.id}/cancel`);
});

it('a site moves to another host with what belongs to it', async () => {
  const site = await add(makeSite('mover'), { nodeId: null, labels: ['shop'] });
  const other = await test.operator.post<SiteDto>('/sites', {
    module: 'notes',
    path: makeSite('taken'),
    nodeId: node.id,
  });
  const target = join(www, 'moved');
  const move = (body: object): Promise<{ status: number; body: Record<string, unknown> }> =>
    test.operator.call('POST', `/sites/${site.id}/move`, body);
  expect(await move({ nodeId: node.id, path: target })).toMatchObject({
    status: 400,
    body: { code: 'PATH_NOT_FOUND' },
  });
  expect(await move({ path: target })).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  cpSync(site.path, target, { recursive: true });
  rmSync(site.path, { recursive: true });
  expect(await move({ nodeId: node.id, path: other.path })).toMatchObject({
    status: 409,
    body: { code: 'SITE_EXISTS' },
  });
  expect(await move({ nodeId: away.id, path: target })).toMatchObject({
    status: 409,
    body: { code: 'NODE_LACKS_MODULE' },
  });
  const moved = { id: site.id, nodeId: node.id, nodeName: 'web-1', path: target, labels: ['shop'] };
  expect(await move({ nodeId: node.id, path: `${target}/` })).toMatchObject({ status: 200, body: moved });
  const later = join(www, 'not-yet');
  expect(await move({ nodeId: null, path: later, force: true })).toMatchObject({
    status: 200,
    body: { nodeId: null, path: later, description: { name: 'Notes of mover' } },
  });
});

it('the command line finds, registers, lists and moves sites on nodes', async () => {
  const path = makeSite('cli/x');
  const scan = await run('scan', join(www, 'cli'), '--node', node.id);
  expect(scan.stdout).toContain(`● ${path}  Notes of cli/x`);
  expect(await run('sites', 'import', 'relative', '--node', node.id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give the whole path'),
  });
  expect((await run('sites', 'import', join(www, 'cli'), '--node', node.id)).stdout).toContain(`+ ${path}`);
  const list = await run('sites', 'list', '--node', node.id, '--search', 'cli/x');
  expect(list.stdout).toMatch(/Notes of cli\/x +– +web-1 +/);
  const move = await run('sites', 'move', path, '--node', 'self');
  expect(move).toMatchObject({ code: 0, stdout: expect.stringContaining(`is on self now, at ${path}`) });
});

it('schedules and quotas may be of a node, and say its name', async () => {
  const site = await add(makeSite('scoped'));
  const rhythm = { every: 'day', at: '03:00' };
  const body = { kind: 'backup', scope: 'node', scopeValue: node.id, rhythm };
  expect(await test.admin.post('/schedules', body)).toMatchObject({
    scopeName: 'web-1',
    name: 'backup of the host web-1',
  });
  expect(await test.admin.call('POST', '/schedules', { ...body, scopeValue: 'nowhere' })).toMatchObject({
    status: 404,
    body: { code: 'NODE_NOT_FOUND' },
  });
  expect((await test.viewer.get<SiteDto>(`/sites/${site.id}`)).nextRun).toMatch(/T/);
  const quota = await test.admin.call('PUT', `/quotas/node/${node.id}`, { bytes: 5, over: 'fail' });
  expect(quota).toMatchObject({ status: 200, body: { name: 'web-1' } });
  const usage = await test.viewer.get<{ items: object[] }>('/usage?scope=node');
  expect(usage.items).toContainEqual(expect.objectContaining({ subjectId: node.id, name: 'web-1', quotaBytes: 5 }));
});

it('a scheduled scan looks on every node that is there, and tells of what is new, has moved or is gone', async () => {
  await runSql(String(test.config.databaseUrl), `update node set health = 'offline' where id = '${away.id}'`);
  rmSync(www, { recursive: true });
  const site = await add(makeSite('watched'));
  makeSite('unknown');
  mkdirSync(join(test.folder, 'empty'));
  const options = { roots: [join(test.folder, 'empty')], followMoves: true };
  const rhythm = { every: 'cron', expression: '0 4 1 1 *' };
  const made = await test.admin.post('/schedules', { kind: 'scan', scope: 'all', rhythm, options });
  const look = async (): Promise<string[]> => {
    const before = await lastEvent();
    await test.admin.post(`/schedules/${String(made['id'])}/run`);
    await test.app.get(InstallationTasks).settled();
    const rows = await runSql(
      String(test.config.databaseUrl),
      `select type || ' ' || (data->>'path') || ' ' || (data->>'nodeName') as told from job_event where id > ${before}
        and type like 'site.%' order by 1`,
    );
    return rows.map((row) => String(Object.values(row as object)[0]).replace(`${www}/`, ''));
  };
  const told = await look();
  expect(told).toContain('site.found unknown web-1');
  expect(told.join()).not.toContain('watched');
  renameSync(site.path, join(www, 'watched-2'));
  rmSync(join(www, 'unknown'), { recursive: true });
  expect(await look()).toEqual(['site.moved watched-2 web-1', 'site.vanished unknown web-1']);
  expect(await test.viewer.get(`/sites/${site.id}`)).toMatchObject({ path: join(www, 'watched-2'), nodeName: 'web-1' });
  makeSite('again');
  expect(await look()).toEqual(['site.found again web-1']);
  rmSync(join(www, 'watched-2'), { recursive: true });
  expect(await look()).toEqual(['site.vanished watched-2 web-1']);
  await test.app.get(AlarmWatch, { strict: false }).round(new Date(), ({ kind }) => kind === 'site.vanished');
  const { items } = await test.viewer.get<{ items: AlarmDto[] }>(`/alarms?siteId=${site.id}`);
  expect(items).toMatchObject([{ kind: 'site.vanished', message: expect.stringContaining('on the node web-1') }]);
  const discovered = await run('sites', 'discovered');
  expect(discovered.stdout).toMatch(new RegExp(`new +web-1 +${join(www, 'again')}`));
  // A fault of one node is told of that one.
  const disk = test.app.get(WatchDisk, { strict: false });
  const scan = vi
    .spyOn(disk, 'scan')
    .mockImplementation(({ nodeId }) =>
      nodeId === null ? Promise.resolve(new Map()) : Promise.reject(new Error('planted')),
    );
  const notes = await test.app.get(SiteWatch, { strict: false }).look({}, new AbortController().signal);
  scan.mockRestore();
  expect(notes).toMatch(/gone\..* web-1: Not looked at to its end: .*planted/);
  expect(notes).toContain(': It is away, so not looked at.');
});

async function lastEvent(): Promise<string> {
  const [row] = await runSql(String(test.config.databaseUrl), 'select coalesce(max(id), 0)::text as id from job_event');
  return String(Object.values(row as object)[0]);
}

it.runIf(requires('root'))('the command of a hook runs on the node, as the owner of the site there', async () => {
  const owner = 4242;
  const site = await add(makeSite('hooked'));
  for (const path of [test.folder, www]) chmodSync(path, 0o755);
  const command = ['sh', '-c', 'id -u; pwd; echo $BACKUPD_SITE_NAME; exit 3'];
  const hook = await test.admin.post('/hooks', { name: 'flush', moment: 'success', siteId: site.id, command });
  const tried = (): Promise<object> => test.admin.post(`/hooks/${String(hook['id'])}/test`);
  expect(await tried()).toMatchObject({ ok: false, end: expect.stringContaining('belongs to root') });
  chownSync(site.path, owner, owner);
  const output = `${owner}\n${site.path}\nNotes of hooked`;
  expect(await tried()).toMatchObject({ ok: false, end: 'exit code 3', output });
});
