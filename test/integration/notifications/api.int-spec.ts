import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { cliAs, type CliOptions } from '../core/cli.js';
import { jobFailed, useNewsApp } from './news-app.js';
import { useReceiver } from './receiver.js';

const news = useNewsApp();
const receiver = useReceiver();
const SECRET = 'k9-planted-secret-0123456789';

const notify = (args: string[], options: CliOptions = {}): ReturnType<typeof cliAs> =>
  cliAs(news.test.admin, ['notify', ...args], options);

it('secrets are sealed, shown as ***, kept by ***, and never in answers, deliveries or rows', async () => {
  const { admin, operator } = news.test;
  // The other side repeats everything that it was sent.
  receiver.answer('echo', (response, { path, headers }) =>
    response.writeHead(400).end(`${path} ${headers.authorization} is wrong`),
  );
  const settings = { url: `${receiver.url}/echo/${SECRET}`, secret: `${SECRET}-2`, token: `${SECRET}-3` };
  const made = await admin.post<{ id: string; settings: object }>('/notifications/channels', {
    name: 'echo',
    kind: 'webhook',
    settings,
  });
  expect(made.settings).toEqual({ url: '***', secret: '***', token: '***' });
  const changed = { settings: { url: '***', secret: '***', token: null } };
  expect((await admin.call('PATCH', `/notifications/channels/${made.id}`, changed)).body).toMatchObject({
    settings: { url: '***', secret: '***' },
  });
  const test = await operator.post(`/notifications/channels/${made.id}/test`);
  expect(test).toMatchObject({ ok: false, error: { code: 'NOTIFICATION_REFUSED' } });
  expect(receiver.of('echo').at(-1)?.path).toBe(`/echo/${SECRET}`);
  expect(receiver.of('echo').at(-1)?.headers).toHaveProperty('backupd-signature');
  expect(test['response']).toMatch(/^HTTP 400: .*\*\*\*.* is wrong$/);
  const id = await news.site('secret.example');
  await news.rule(made.id, ['job.failed'], { siteIds: [id] });
  await news.tick();
  await news.happen(jobFailed(id, 'secret.example'));
  await news.pass(60);
  const rows = await news.orm.em
    .fork()
    .execute(
      'select (select json_agg(d) from notification_delivery d) as d, (select json_agg(c) from notification_channel c) as c',
    );
  const seen = JSON.stringify([
    test,
    rows,
    await news.deliveries(made.id),
    await operator.get('/notifications/channels'),
    await operator.get(`/notifications/channels/${made.id}`),
  ]);
  expect(seen).toContain('is wrong');
  expect(seen).not.toContain(SECRET);
});

it('who may do what; and what is refused, with what to do', async () => {
  const { admin, operator, viewer } = news.test;
  const body = { name: 'rights', kind: 'slack', settings: { url: `${receiver.url}/rights` } };
  expect((await operator.call('POST', '/notifications/channels', body)).status).toBe(403);
  const { id } = await admin.post<{ id: string }>('/notifications/channels', body);
  expect((await viewer.call('GET', '/notifications/channels')).status).toBe(403);
  expect((await operator.call('GET', `/notifications/channels/${id}`)).status).toBe(200);
  expect((await operator.call('DELETE', `/notifications/channels/${id}`)).status).toBe(403);
  expect((await admin.call('POST', '/notifications/channels', body)).body).toMatchObject({
    code: 'NOTIFICATION_CHANNEL_NAME_TAKEN',
  });
  const faults: [string, Record<string, unknown>, string][] = [
    ['channels', { ...body, name: 'x', kind: 'pigeon' }, 'NOTIFICATION_CHANNEL_KIND_UNKNOWN'],
    ['channels', { ...body, name: 'x', settings: { url: 'ftp://x' } }, 'REQUEST_INVALID'],
    ['channels', { ...body, name: 'x', settings: {} }, 'REQUEST_INVALID'],
    [
      'channels',
      { name: 'x', kind: 'email', settings: { host: 'h', from: 'a@b', to: 'a@b\nBcc: c@d' } },
      'REQUEST_INVALID',
    ],
    [
      'channels',
      {
        name: 'x',
        kind: 'email',
        settings: { host: 'h', from: 'a@b', to: 'a@b', user: 'u', password: 'p', security: 'none' },
      },
      'REQUEST_INVALID',
    ],
    ['rules', { name: 'r', events: ['*'] }, 'REQUEST_INVALID'],
    ['rules', { name: 'r', channelIds: [id] }, 'REQUEST_INVALID'],
    ['rules', { events: ['*'], channelIds: [id] }, 'REQUEST_INVALID'],
    ['rules', { name: 'r', events: ['job.exploded'], channelIds: [id] }, 'REQUEST_INVALID'],
    ['rules', { name: 'r', events: ['*'], channelIds: [newId()] }, 'REQUEST_INVALID'],
    ['rules', { name: 'r', events: ['*'], channelIds: [id], siteIds: [newId()] }, 'REQUEST_INVALID'],
    ['rules', { name: 'r', events: ['*'], channelIds: [id], digest: { every: 'week' } }, 'REQUEST_INVALID'],
    [
      'rules',
      { name: 'r', events: ['*'], channelIds: [id], quietHours: { from: '25:00', until: '07:00', timeZone: 'UTC' } },
      'REQUEST_INVALID',
    ],
  ];
  for (const [what, given, code] of faults)
    expect((await admin.call('POST', `/notifications/${what}`, given)).body, JSON.stringify(given)).toMatchObject({
      code,
    });
  const rule = await news.rule(id, ['*']);
  for (const field of ['name', 'events', 'channelIds', 'minSeverity', 'recovered', 'enabled'])
    expect((await admin.call('PATCH', `/notifications/rules/${rule}`, { [field]: null })).status, field).toBe(400);
  const never = { from: '22:00', until: '07:00', timeZone: 'UTC' };
  for (const change of [
    { quietHours: { ...never, days: null } },
    { digest: { every: 'day', at: null } },
    { quietHours: [] },
  ])
    expect((await admin.call('PATCH', `/notifications/rules/${rule}`, change)).status).toBe(400);
  for (const field of ['name', 'settings', 'enabled'])
    expect((await admin.call('PATCH', `/notifications/channels/${id}`, { [field]: null })).status, field).toBe(400);
  expect((await admin.call('DELETE', `/notifications/channels/${id}`)).body).toMatchObject({
    code: 'NOTIFICATION_CHANNEL_IN_USE',
  });
  await admin.call('DELETE', `/notifications/rules/${rule}`);
  expect((await admin.call('DELETE', `/notifications/channels/${id}`)).status).toBe(204);
  expect((await admin.call('GET', `/notifications/channels/${id}`)).body).toMatchObject({
    code: 'NOTIFICATION_CHANNEL_NOT_FOUND',
  });
});

it('what waits is dropped, with the reason, when its rule or channel goes', async () => {
  const id = await news.site('gone.example');
  const channel = await news.channel('going', 'slack', { url: `${receiver.url}/going` });
  const rule = await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  await news.happen(jobFailed(id, 'gone.example'));
  await news.tick();
  await news.test.admin.call('DELETE', `/notifications/rules/${rule}`);
  await news.pass(60);
  expect(await news.deliveries(channel)).toMatchObject([{ state: 'dropped', error: 'The rule was removed.' }]);
  expect(receiver.of('going')).toEqual([]);
});

it('a policy that forbids the address says so, and how to allow it', async () => {
  const channel = await news.channel('metadata', 'webhook', { url: 'http://169.254.169.254/latest' });
  const test = await news.test.admin.post<{ error: { code: string; hint: string } }>(
    `/notifications/channels/${channel}/test`,
  );
  expect(test.error.code).toBe('OUTGOING_REFUSED');
  expect(test.error.hint).toContain('BACKUPD_OUTGOING_ALLOW=169.254.169.254');
});

it('the command line sets up, lists, shows, tests, changes and removes', async () => {
  const file = join(news.test.folder, 'url');
  writeFileSync(file, `${receiver.url}/cli/${SECRET}\n`);
  const secret = ['--secret-file', `url=${file}`];
  const inArgs = await notify([
    'channels',
    'add',
    'x',
    '--kind',
    'slack',
    '--setting',
    `url=${receiver.url}/${SECRET}`,
  ]);
  expect(inArgs).toMatchObject({ code: 2 });
  const done = await notify(['setup', '--kind', 'slack', '--name', 'team', ...secret]);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toContain('✔ team took it');
  expect(done.stdout).toContain('team is told of: alarm.*, job.failed:restore');
  expect(receiver.of('cli')).toHaveLength(1);
  receiver.status('cli', 404, {}, 'no_service');
  const failed = await notify(['test', 'team']);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stdout).toContain('its answer: HTTP 404: no_service');
  receiver.well('cli');
  const broken = await notify(['setup', '--kind', 'webhook', '--name', 'no good', '--secret-env', 'url=U'], {
    env: { U: 'http://127.0.0.1:1/x' },
  });
  expect(broken).toMatchObject({ code: 1 });
  expect(broken.stdout).toContain('nothing listens there');
  expect(broken.stdout).toContain('backupd notify test "no good"');
  expect(broken.stdout).toContain('backupd notify rules add "no good" --channel "no good" --event "alarm.*"');
  // A switch that hears of trouble only would never be pinged.
  const silent = await notify(['setup', '--kind', 'healthchecks', '--secret-env', 'url=U'], {
    env: { U: 'http://127.0.0.1:1/x' },
  });
  expect(silent.stdout).toContain(
    'backupd notify rules add healthchecks --channel healthchecks --event "job.*:backup"\n',
  );
  const listed = await notify(['channels']);
  expect(listed.stdout).toMatch(/team +slack +\*\*\*/);
  const rule = [
    'rules',
    'edit',
    'team',
    '--quiet',
    '22:00-07:00',
    '--time-zone',
    'Europe/Berlin',
    '--digest',
    'day@08:30',
  ];
  expect((await notify([...rule, '--remind', '6', '--label', 'shop'])).stdout).toContain(
    'daily at 08:30 Europe/Berlin, quiet 22:00-07:00 Europe/Berlin but critical',
  );
  const rules = await notify(['rules']);
  expect(rules.stdout).toContain('label shop');
  await notify([
    'rules',
    'edit',
    'team',
    '--event',
    'job.failed',
    '--no-quiet',
    '--no-digest',
    '--no-remind',
    '--all-sites',
    '--no-recovered',
  ]);
  const shown = JSON.parse((await notify(['rules', 'show', 'team', '--json'])).stdout) as object;
  expect(shown).toMatchObject({ quietHours: null, digest: null, remindHours: null, labels: null, recovered: false });
  const id = await news.site('cli.example');
  expect((await notify(['rules', 'edit', 'team', '--site', 'cli.example'])).stdout).toMatch(/sites +cli\.example\n/);
  expect((await notify(['rules'])).stdout).toContain(' cli.example ');
  await notify(['rules', 'edit', 'team', '--all-sites']);
  await news.tick();
  receiver.status('cli', 404);
  await news.happen(jobFailed(id, 'cli.example'));
  await news.pass(60);
  const failures = await notify(['deliveries', '--state', 'failed', '--channel', 'team']);
  expect(failures.stdout).toContain('cli.example: backup failed');
  const [first] = JSON.parse((await notify(['deliveries', '--state', 'failed', '--json'])).stdout) as { id: string }[];
  expect((await notify(['deliveries', 'retry', first?.id ?? ''])).stdout).toMatch(/state +waiting\n/);
  receiver.well('cli');
  await news.pass(400);
  expect((await notify(['deliveries', 'show', first?.id ?? ''])).stdout).toMatch(/state +sent/);
  expect((await notify(['channels', 'remove', 'team', '--yes'])).stderr).toContain(
    'Rules send to this channel: "team"',
  );
  expect(await notify(['rules', 'remove', 'team', '--yes'])).toMatchObject({ code: 0 });
  expect(await notify(['channels', 'remove', 'team', '--yes'])).toMatchObject({ code: 0 });
  for (const { stdout, stderr } of [done, failed, listed, failures, inArgs])
    expect(stdout + stderr).not.toContain(SECRET);
});
