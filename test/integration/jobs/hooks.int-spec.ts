import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HookDto, HookTestDto } from '../../../src/cli/api-types-hooks.js';
import type { JobDto } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { requires } from '../../../src/engine/testing/index.js';
import { HookRunner } from '../../../src/modules/hooks/hook-runner.js';
import { SitesService } from '../../../src/modules/sites/index.js';
import { JobFollowUps } from '../../../src/modules/jobs/job-follow-ups.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, useJobsApp, workFolders } from './jobs-app.js';

const OWNER = 4242;
const test = useJobsApp({ outgoingAllow: ['127.0.0.1'] });
let site: GatedSite;
/** Where hooks write what they saw. */
let seen: string;

beforeAll(async () => {
  site = await GatedSite.make(test, 'hooked', { labels: ['shop'] });
  for (const path of [test.folder, join(test.folder, 'www')]) chmodSync(path, 0o755);
  chownSync(site.path, OWNER, OWNER);
  seen = join(test.folder, 'seen');
  mkdirSync(seen);
  chmodSync(seen, 0o777);
  test.app.get(HookRunner, { strict: false }).waitMs = 10;
});

afterEach(async () => {
  for (const hook of (await test.admin.get<{ items: HookDto[] }>('/hooks')).items)
    await test.admin.call('DELETE', `/hooks/${hook.id}`);
});

const sh = (script: string): string[] => ['sh', '-c', script];
const add = (hook: Record<string, unknown>): Promise<HookDto> =>
  test.admin.post<HookDto>('/hooks', { name: 'a hook', moment: 'before:backup_db', ...hook });
const isRoot = requires('root');
const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);

const cli = (args: string[], input?: string): ReturnType<typeof cliAs> =>
  cliAs(test.admin, ['hooks', ...args], input === undefined ? {} : { input });

async function notesOf(job: JobDto): Promise<string[]> {
  const rows = await runSql(
    test.config.databaseUrl ?? '',
    `select data from job_event where job_id = '${job.id}' and type = 'job.note' order by id`,
  );
  return rows.map((row) => (row['data'] as { message: string }).message);
}

describe.runIf(isRoot)('commands', () => {
  it('run as the owner of the site alone, in its folder, with the documented environment and nothing else', async () => {
    process.env['PLANTED_OF_BACKUPD'] = 'no';
    await add({
      command: sh(
        'id -u; id -g; id -G; pwd; env | sort; ls /proc/self/fd | wc -l; ps -o pgid= -p $$ | tr -d " "; echo $$',
      ),
      onFailure: 'fail',
    });
    const job = await site.backUp();
    expect(job).toMatchObject({ status: 'completed', warningCount: 0 });
    const note = (await notesOf(job)).find((text) => text.includes('a hook')) ?? '';
    const [, said = ''] = note.split('It said: ');
    const lines = said.split(' / ');
    expect(lines.slice(0, 4)).toEqual([String(OWNER), String(OWNER), String(OWNER), site.path]);
    const environment = Object.fromEntries(lines.filter((line) => line.includes('=')).map((line) => line.split('=')));
    expect(environment).toEqual({
      BACKUPD_BACKUP_ID: job.backupId,
      BACKUPD_HOOK: 'a hook',
      BACKUPD_JOB_ID: job.id,
      BACKUPD_JOB_KIND: 'backup',
      BACKUPD_MOMENT: 'before:backup_db',
      BACKUPD_OUTCOME: 'running',
      BACKUPD_SITE_ID: site.id,
      BACKUPD_SITE_NAME: 'hooked',
      BACKUPD_SITE_PATH: site.path,
      BACKUPD_SITE_URL: '',
      BACKUPD_STAGE: 'backup_db',
      HOME: expect.any(String) as string,
      LANG: 'C.UTF-8',
      PATH: expect.stringContaining('/usr/bin') as string,
      PWD: site.path,
    });
    // stdin, stdout, stderr, and the folder that ls reads.
    const [descriptors, group, pid] = lines.slice(-3);
    expect(descriptors).toBe('4');
    expect(group).toBe(pid);
  });

  it('run around each stage and after the run, in order, for whom they are meant', async () => {
    const log = join(seen, 'order');
    const write = (moment: string, more: Record<string, unknown> = {}): Promise<HookDto> =>
      add({
        name: moment,
        moment,
        command: sh(`echo $BACKUPD_MOMENT $BACKUPD_OUTCOME $BACKUPD_HOOK >> ${log}`),
        ...more,
      });
    await write('after:backup_db', { name: 'second', position: 2 });
    await write('after:backup_db', { name: 'first', position: 1, label: 'shop' });
    await write('before:create_bundle', { siteId: site.id });
    await write('success');
    await write('failure');
    await write('partial');
    await write('before:backup_db', { label: 'other' });
    await write('before:backup_db', { enabled: false });
    await write('before:prepare', { jobs: ['restore'] });
    await site.backUp();
    const lines = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
    await until('the hook of the end', () => lines().length === 4);
    expect(lines()).toEqual([
      'after:backup_db completed first',
      'after:backup_db completed second',
      'before:create_bundle running before:create_bundle',
      'success completed success',
    ]);
    rmSync(log);
    await site.test.admin.call('PATCH', `/sites/${site.id}`, { settings: { gate: site.gate, warnings: 1 } });
    await site.backUp();
    await until('the hook of the end', () => lines().length === 4);
    expect(lines().at(-1)).toBe('partial partial partial');
    rmSync(log);
    await site.test.admin.call('PATCH', `/sites/${site.id}`, { settings: { gate: site.gate } });
    site.hold('create_bundle');
    const job = await site.start();
    await site.reached('create_bundle');
    await test.admin.post(`/jobs/${job.id}/cancel`);
    await until('the hook of the end', () => lines().length === 4);
    site.release('create_bundle');
    expect(lines().at(-1)).toBe('failure cancelled failure');
    await until('no folder to be left', () => workFolders(test).length === 0);
  });

  it('that fail do what their policy says', async () => {
    const failing = { command: sh('echo because; exit 3') };
    const hook = await add({ ...failing, onFailure: 'warn' });
    const warned = await site.backUp();
    expect(warned).toMatchObject({
      status: 'completed',
      warnings: [{ code: 'HOOK_FAILED', message: 'The hook "a hook" (before:backup_db) failed: exit code 3.' }],
    });
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { onFailure: 'ignore' });
    const ignored = await site.backUp();
    expect(ignored).toMatchObject({ status: 'completed', warningCount: 0 });
    expect(await notesOf(ignored)).toContainEqual(expect.stringMatching(/exit code 3 in .* It said: because/));
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { onFailure: 'fail' });
    expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'HOOK_FAILED' } });
    const counter = join(seen, 'tries');
    const flaky = `echo x >> ${counter}; test $(wc -l < ${counter}) -ge 3`;
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { onFailure: 'retry', command: sh(flaky) });
    expect(await site.backUp()).toMatchObject({ status: 'completed', warningCount: 0 });
    rmSync(counter);
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { command: sh(`echo x >> ${counter}; exit 1`) });
    expect(await site.backUp()).toMatchObject({ status: 'failed', error: { code: 'HOOK_FAILED' } });
    expect(readFileSync(counter, 'utf8')).toBe('x\nx\nx\n');
  });

  it('end with all they started: at their time limit, on a cancel, and when they leave something behind', async () => {
    const pids = join(seen, 'pids');
    const script = `sleep 300 & echo $! >> ${pids}; trap '' TERM; echo $$ >> ${pids}; `;
    const children = (): number[] =>
      existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [];
    const hook = await add({ command: sh(`${script} sleep 300; sleep 300`), timeLimitSeconds: 1, onFailure: 'fail' });
    const late = await site.backUp();
    expect(late.error?.message).toContain('ended by its time limit of 1 s');
    await until('all of it to be gone', () => children().every((pid) => !alive(pid)));
    rmSync(pids);
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { timeLimitSeconds: 600 });
    const job = await site.start();
    await until('the hook to run', () => children().length === 2);
    const cancelled = Date.now();
    await test.admin.post(`/jobs/${job.id}/cancel`);
    expect(await test.admin.ended(job.id)).toMatchObject({ status: 'cancelled' });
    expect(Date.now() - cancelled).toBeLessThan(5000);
    expect(children().filter(alive)).toEqual([]);
    rmSync(pids);
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { command: sh(`sleep 300 & echo $! >> ${pids}`) });
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
    await until('what it left to be gone', () => children().every((pid) => !alive(pid)));
  });

  it('are not waited for when something in a session of its own holds their output open', async () => {
    const pids = join(seen, 'sessions');
    const away = `setsid sh -c 'echo $$ >> ${pids}; exec sleep 300' & until test -s ${pids}; do sleep 0.02; done`;
    const left = (): number[] => readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    const hook = await add({ command: sh(`${away}; echo said`) });
    const { id } = hook;
    const started = Date.now();
    expect(await test.admin.post(`/hooks/${id}/test`, { siteId: site.id })).toMatchObject({ ok: true, output: 'said' });
    await test.admin.call('PATCH', `/hooks/${id}`, { command: sh(`${away}; exec sleep 300`), timeLimitSeconds: 1 });
    expect(await test.admin.post(`/hooks/${id}/test`, { siteId: site.id })).toMatchObject({
      ok: false,
      end: 'ended by its time limit of 1 s',
    });
    expect(Date.now() - started).toBeLessThan(10_000);
    for (const pid of left()) process.kill(pid, 'SIGKILL');
  });

  it('never run as root, nor without a shell of the person’s own', async () => {
    chownSync(site.path, 0, 0);
    const hook = await add({ command: sh(`touch ${join(seen, 'as-root')}`), onFailure: 'warn' });
    const job = await site.backUp();
    expect(job.warnings[0]?.message).toMatch(/belongs to root. Commands never run as root/);
    expect(existsSync(join(seen, 'as-root'))).toBe(false);
    chownSync(site.path, OWNER, 0);
    expect((await site.backUp()).warnings[0]?.message).toMatch(/belongs to root/);
    chownSync(site.path, OWNER, OWNER);
    // A site that was exchanged for a link runs nothing in the name of who owns what it leads to.
    const other = join(test.folder, 'of-another');
    mkdirSync(other);
    chownSync(other, OWNER + 1, OWNER + 1);
    renameSync(site.path, `${site.path}.away`);
    symlinkSync(other, site.path);
    expect(await test.admin.post(`/hooks/${hook.id}/test`, { siteId: site.id })).toMatchObject({
      ok: false,
      end: expect.stringContaining(`a link leads from there to ${other}`) as string,
    });
    rmSync(site.path);
    renameSync(`${site.path}.away`, site.path);
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { command: ['echo', '$HOME; id'] });
    const said = await test.admin.post<HookTestDto>(`/hooks/${hook.id}/test`, { siteId: site.id });
    expect(said).toMatchObject({ ok: true, end: 'exit code 0', output: '$HOME; id' });
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { command: ['/nothing/here'] });
    expect(await test.admin.post(`/hooks/${hook.id}/test`, { siteId: site.id })).toMatchObject({
      ok: false,
      end: 'it could not be started (ENOENT)',
    });
    const much = sh('head -c 1000000 /dev/zero | tr "\\\\0" x; echo the end');
    await test.admin.call('PATCH', `/hooks/${hook.id}`, { command: much });
    const bounded = await test.admin.post<HookTestDto>(`/hooks/${hook.id}/test`, { siteId: site.id });
    expect(bounded.output.length).toBeLessThan(5000);
    expect(bounded.output).toMatch(/^… x+the end$/);
  });

  it('after the run and in a trial tell no secret of the site', async () => {
    const own = await GatedSite.make(test, 'telling', { overrides: { DB_PASSWORD: 'planted-password' } });
    chownSync(own.path, OWNER, OWNER);
    const hook = await add({ moment: 'success', siteId: own.id, command: sh('echo it is planted-password') });
    const job = await own.backUp();
    const notes = await until('the hook of the end', async () => {
      const found = (await notesOf(job)).filter((text) => text.includes('It said'));
      return found.length > 0 ? found : null;
    });
    expect(notes).toEqual([expect.stringContaining('It said: it is ***')]);
    expect(await test.admin.post(`/hooks/${hook.id}/test`)).toMatchObject({ output: 'it is ***' });
  });

  it('of a stage that runs again run again, of one that is done they do not', async () => {
    const log = join(seen, 'again');
    const write = sh(`echo $BACKUPD_MOMENT >> ${log}`);
    await add({ moment: 'before:backup_db', command: write });
    await add({ moment: 'before:create_bundle', command: write });
    const fault = { code: 'TEST_PASSING', kind: 'storage', retry: 'later', message: 'passing' };
    site.fail('create_bundle', fault);
    expect(await site.backUp()).toMatchObject({ status: 'completed', attempt: 2 });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
      'before:backup_db',
      'before:create_bundle',
      'before:create_bundle',
    ]);
  });

  it('of the end are not left out because the site can not be read just then', async () => {
    const log = join(seen, 'unread');
    const job = await site.backUp();
    await add({ moment: 'success', label: 'shop', command: sh(`echo $BACKUPD_JOB_ID >> ${log}`) });
    await runSql(test.config.databaseUrl ?? '', `update job set follow_up = true where id = '${job.id}'`);
    const sites = test.app.get(SitesService, { strict: false });
    Object.assign(sites, { get: () => Promise.reject(new Error('the connection broke')) });
    await test.app.get(JobFollowUps, { strict: false }).runDue();
    Reflect.deleteProperty(sites, 'get');
    expect(existsSync(log)).toBe(false);
    await test.app.get(JobFollowUps, { strict: false }).runDue();
    expect(readFileSync(log, 'utf8')).toBe(`${job.id}\n`);
  });

  it('of the end run also when backupd was killed before they did', async () => {
    const log = join(seen, 'killed');
    const job = await site.backUp();
    await add({ moment: 'success', command: sh(`echo $BACKUPD_JOB_ID >> ${log}`) });
    // As a master leaves it that is killed right after it recorded the end.
    await runSql(test.config.databaseUrl ?? '', `update job set follow_up = true where id = '${job.id}'`);
    await test.app.get(JobFollowUps, { strict: false }).runDue();
    expect(readFileSync(log, 'utf8')).toBe(`${job.id}\n`);
    await test.app.get(JobFollowUps, { strict: false }).runDue();
    expect(readFileSync(log, 'utf8')).toBe(`${job.id}\n`);
  });

  it('of the end are run by another master, once, when their own is gone', async () => {
    const log = join(seen, 'gone');
    const job = await site.backUp();
    await add({ moment: 'success', command: sh(`echo $BACKUPD_JOB_ID >> ${log}`) });
    const leave = (ended: string): Promise<unknown> =>
      runSql(
        test.config.databaseUrl ?? '',
        `update job set follow_up = true, runner_id = '${newId()}', finished_at = ${ended} where id = '${job.id}'`,
      );
    const followUps = test.app.get(JobFollowUps, { strict: false });
    await leave('now()');
    await followUps.runDue();
    expect(existsSync(log)).toBe(false);
    await leave(`now() - interval '2 hours'`);
    await followUps.runDue();
    await followUps.runDue();
    expect(readFileSync(log, 'utf8')).toBe(`${job.id}\n`);
  });
});

describe('requests', () => {
  let server: Server;
  let url: string;
  let status = 204;
  const got: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
        response.writeHead(status).end(status === 204 ? undefined : 'no');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/planted-path?token=planted-token`;
  });
  afterAll(() => {
    server.close();
  });

  it('carry the facts; URL and headers are shown nowhere', async () => {
    const hook = await add({ moment: 'success', url, headers: { 'X-Secret': 'planted-header' }, onFailure: 'warn' });
    expect(hook).toMatchObject({
      command: null,
      method: 'POST',
      origin: new URL(url).origin,
      headerNames: ['X-Secret'],
    });
    const job = await site.backUp();
    await until('the request', () => got.length === 1);
    expect(got[0]).toMatchObject({ method: 'POST', path: '/planted-path?token=planted-token' });
    expect(got[0]?.headers).toMatchObject({ 'x-secret': 'planted-header', 'content-type': 'application/json' });
    expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({
      hook: 'a hook',
      moment: 'success',
      outcome: 'completed',
      jobId: job.id,
      siteId: site.id,
      backupId: job.backupId,
    });
    status = 500;
    await site.backUp();
    await until('the second request', () => got.length === 2);
    const warned = await until('its failure to be told', async () => {
      const rows = await runSql(
        test.config.databaseUrl ?? '',
        "select data from job_event where type = 'job.warning' and data->>'code' = 'HOOK_FAILED' order by id desc limit 1",
      );
      return rows[0] === undefined ? null : JSON.stringify(rows[0]);
    });
    expect(warned).toContain('HTTP 500');
    const all = await runSql(test.config.databaseUrl ?? '', 'select * from hook');
    const events = await runSql(test.config.databaseUrl ?? '', 'select data from job_event');
    const audit = await runSql(test.config.databaseUrl ?? '', 'select * from audit_entry');
    expect(JSON.stringify([all, events, audit, (await test.admin.call('GET', '/hooks')).body])).not.toContain(
      'planted-',
    );
  });

  it('are shown, and can be set anew, when the key of what is sealed in them is lost', async () => {
    const { id } = await add({ moment: 'success', url, headers: { 'X-Secret': 'planted-header' } });
    await runSql(test.config.databaseUrl ?? '', `update hook set sealed = 'v1.0000.lost' where id = '${id}'`);
    const { items } = await test.admin.get<{ items: HookDto[] }>('/hooks');
    expect(items).toMatchObject([{ id, origin: new URL(url).origin, headerNames: [] }]);
    // What would be kept of it can't be.
    expect(await test.admin.call('PATCH', `/hooks/${id}`, { method: 'PUT' })).toMatchObject({
      body: { code: 'SECRET_UNREADABLE' },
    });
    const anew = await test.admin.call('PATCH', `/hooks/${id}`, { url, headers: { 'X-New': 'planted-header' } });
    expect(anew).toMatchObject({ status: 200, body: { headerNames: ['X-New'] } });
  });

  it('go nowhere but where the policy lets them', async () => {
    const refused = await test.admin.call('POST', '/hooks', {
      name: 'x',
      moment: 'success',
      url: 'http://169.254.169.254/',
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'OUTGOING_REFUSED' } });
  });
});

describe('the API', () => {
  it('is for admins only, and says what is wrong', async () => {
    expect(await test.operator.call('GET', '/hooks')).toMatchObject({ status: 403 });
    expect(await test.operator.call('POST', '/hooks', {})).toMatchObject({ status: 403 });
    const wrong = async (body: Record<string, unknown>): Promise<string> => {
      const answer = await test.admin.call('POST', '/hooks', {
        name: 'x',
        moment: 'success',
        command: ['true'],
        ...body,
      });
      expect(answer.status).toBe(400);
      return String(answer.body['detail']);
    };
    expect(await wrong({ moment: 'sometime' })).toContain('before:<stage>');
    expect(await wrong({ moment: 'before:nothing' })).toMatch(/no stage "nothing".*backup_db, backup_files/);
    expect(await wrong({ onFailure: 'fail' })).toContain('after the run');
    expect(await wrong({ siteId: site.id, label: 'shop' })).toContain('not both');
    expect(await wrong({ url: 'https://example.com' })).toContain('not both');
    expect(await wrong({ command: undefined })).toContain('a command or a url');
    expect(await wrong({ timeLimitSeconds: 4000 })).toContain('1200');
    const known = await add({ command: ['true'] });
    for (const field of ['name', 'jobs', 'moment', 'position', 'command', 'url', 'headers', 'onFailure', 'enabled'])
      expect((await test.admin.call('PATCH', `/hooks/${known.id}`, { [field]: null })).status, field).toBe(400);
    const nobody = { status: 404, body: { code: 'HOOK_NOT_FOUND' } };
    expect(await test.admin.call('GET', `/hooks/${site.id}`)).toMatchObject(nobody);
    expect(await test.admin.call('DELETE', `/hooks/${site.id}`)).toMatchObject(nobody);
  });

  it('has a command line', async () => {
    expect(await cli(['add', 'flush', '--at', 'success', '--site', 'hooked', '--', 'echo', '--hi'])).toMatchObject({
      code: 0,
    });
    expect((await cli(['list'])).stdout).toMatch(/flush +success +hooked +echo --hi +warn/);
    const url = 'https://hooks.example.com/planted-in-url';
    expect(await cli(['add', 'told', '--at', 'failure', '--url-file', '-'], `${url}\n`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('(failure) is added, for every site'),
    });
    expect((await cli(['list'])).stdout).toMatch(/told +failure +all +POST https:\/\/hooks\.example\.com /);
    expect((await cli(['edit', 'told', '--label', 'shop', '--disable'])).code).toBe(0);
    expect((await cli(['list'])).stdout).toMatch(/told +failure \(disabled\) +label shop/);
    expect((await cli(['test', 'flush'])).stdout).toMatch(isRoot ? /✔ flush: exit code 0/ : /flush: /);
    // As with everything else: it asks, refuses what says nothing, and what contradicts itself.
    expect(await cli(['remove', 'told'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect((await cli(['remove', 'told', '--yes'])).stdout).toContain('told (failure) is removed');
    expect(await cli(['edit', 'flush'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nothing to change'),
    });
    expect(await cli(['edit', 'flush', '--position', 'first'])).toMatchObject({ code: 2 });
    expect(await cli(['edit', 'flush', '--enable', '--disable'])).toMatchObject({ code: 2 });
    expect((await cli(['edit', 'flush', '--position', '-5', '--json'])).stdout).toContain('"position": -5');
    expect((await cli(['add', 'none'])).code).toBe(2);
  });
});
