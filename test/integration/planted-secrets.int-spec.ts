import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppLogger } from '../../src/common/logging/index.js';
import { DeliverySender } from '../../src/modules/notifications/delivery/delivery-sender.js';
import { NotificationsSchedule, NotificationTimings } from '../../src/modules/notifications/index.js';
import { describeApi } from '../../src/openapi.js';
import { runSql } from '../support/postgres.js';
import { until } from '../support/scratch.js';
import { cliAs } from './core/cli.js';
import { GatedSite, useJobsApp } from './jobs/jobs-app.js';

const test = useJobsApp({ outgoingAllow: ['127.0.0.1'] });
/** What is planted, by where: nobody but the ones concerned may ever see it. */
const planted = new Map<string, string>();
const plant = (where: string, before = ''): string => {
  const secret = `${before}planted${randomBytes(9).toString('hex')}`;
  planted.set(where, secret);
  return secret;
};
/** All that comes out, by where. */
const seen = new Map<string, string>();
const show = (where: string, text: unknown): void => {
  seen.set(where, `${seen.get(where) ?? ''}${typeof text === 'string' ? text : JSON.stringify(text)}\n`);
};
let server: Server;
let base: string;
const asked: string[] = [];

beforeAll(async () => {
  // Answers with all that it was asked, as a chatty receiver does.
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    // To a storage at once no, to the others perhaps later.
    response.writeHead(request.url?.startsWith('/bucket') === true ? 403 : 500).end(`you asked for ${request.url}`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test.app.useLogger(
    new AppLogger({ format: 'json', level: 'debug', colors: false, write: (line) => show('log', line) }),
  );
});
afterAll(() => {
  server.close();
});

/** One request; its answer counts as seen. */
async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await test.admin.call(method, path, body);
  show(`${method} ${path}`, [answer.body, [...answer.headers]]);
  return answer.body;
}

async function plantAll(): Promise<{ site: GatedSite; ids: Map<string, string> }> {
  const overrides = { DB_PASSWORD: plant('database password') };
  const site = await GatedSite.make(test, 'planted', { overrides, settings: { warnings: 2 } });
  const ids = new Map([['sites', site.id]]);
  const add = async (feature: string, path: string, body: unknown): Promise<string> => {
    const id = String((await call('POST', path, body))['id']);
    ids.set(feature, id);
    return id;
  };
  await call('POST', '/storage', {
    name: 'bucket',
    kind: 's3',
    settings: {
      endpoint: base,
      bucket: 'bucket',
      pathStyle: true,
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: plant('S3 secret'),
    },
  });
  await add('hooks', '/hooks', {
    name: 'told',
    moment: 'partial',
    url: `${base}/${plant('hook URL')}`,
    headers: { 'X-Token': plant('hook header') },
  });
  const mail = { host: '127.0.0.1', port: 1, from: 'a@example.com', to: 'b@example.com', user: 'someone' };
  const channels = [
    ['email', { ...mail, security: 'tls', password: plant('SMTP password') }],
    ['slack', { url: `${base}/${plant('Slack URL')}` }],
    [
      'webhook',
      { url: `${base}/${plant('webhook URL')}`, secret: plant('webhook secret'), token: plant('webhook token') },
    ],
    ['ntfy', { topic: plant('ntfy topic'), token: plant('ntfy token'), server: base }],
    ['telegram', { token: plant('Telegram token', '123456:'), chatId: '-1', server: base }],
  ] as const;
  const channelIds: string[] = [];
  for (const [kind, settings] of channels) {
    const id = await add('notifications/channels', '/notifications/channels', { name: kind, kind, settings });
    channelIds.push(id);
    await call('POST', `/notifications/channels/${id}/test`, {});
  }
  const rule = await add('notifications/rules', '/notifications/rules', { name: 'all', events: ['*'], channelIds });
  expect(rule).not.toBe('undefined');
  // From here on what happens is news.
  await test.app.get(NotificationsSchedule, { strict: false }).tick();
  await call('PUT', '/mirror', { accountId: 'a', databaseId: 'b', baseUrl: base, apiToken: plant('mirror token') });
  const token = await test.admin.post<{ token: string }>('/tokens', { name: 'made', role: 'viewer' });
  planted.set('API token', token.token);
  planted.set('admin token', test.admin.token ?? '');
  planted.set('secret key', readFileSync(test.config.paths.secretKey, 'utf8').trim());
  return { site, ids };
}

it('no planted secret is in anything that comes out: logs, events, rows, answers, metrics, audit, deliveries, files', async () => {
  const { site, ids } = await plantAll();
  const database = planted.get('database password') ?? '';
  // The tests' module tells it in warnings, in messages, and in what it fails with.
  const partial = await site.backUp();
  expect(partial).toMatchObject({ status: 'completed', warningCount: 2 });
  const message = `connecting with ${database} failed`;
  site.fail('create_bundle', { code: 'TEST_FAULT', kind: 'source', retry: 'never', message });
  expect(await site.backUp()).toMatchObject({ status: 'failed', error: { message: 'connecting with *** failed' } });
  const [backup] = await test.admin.backups(site.id);
  const password = plant('restore password');
  await test.admin.restore(backup?.id ?? '', { targetDatabase: { name: 'other', user: 'other', password } });
  ids.set('backups', backup?.id ?? '').set('jobs', partial.id);
  await until('the hook', () => asked.some((path) => path === `/${planted.get('hook URL')}`));
  // Else news of one time is gathered first.
  Object.assign(test.app.get(NotificationTimings, { strict: false }), { settleMs: 0, gatherMs: 0, intervalMs: 0 });
  await until('the news to be sent', async () => {
    await test.app.get(NotificationsSchedule, { strict: false }).tick();
    await test.app.get(DeliverySender, { strict: false }).idle();
    return asked.filter((path) => path === `/${planted.get('webhook URL')}`).length > 1;
  });

  // Who gives one in the wrong place.
  await call('GET', `/sites?token=${planted.get('API token')}`);
  await call('POST', '/sites', `{"path": "${database}`);
  await test.anyone.as(`${planted.get('API token')}x`).call('GET', '/sites');

  for (const [path, item] of Object.entries(describeApi(test.app).paths)) {
    if (item.get === undefined || /events|^\/scan|daemon\/scan|download|manifest|file$/.test(path)) continue;
    const feature = path.slice(1, path.indexOf('/{'));
    await call('GET', path.replace('{id}', ids.get(feature) ?? site.id));
  }
  for (const args of [
    ['sites', 'show', site.id],
    ['storage'],
    ['hooks'],
    ['audit'],
    ['jobs', 'show', partial.id],
    ['mirror'],
  ])
    show(`backupd ${args.join(' ')}`, await cliAs(test.admin, args));
  const sql = (text: string) => runSql(test.config.databaseUrl ?? '', text);
  const tables = await sql(
    `select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables)
    show(`table ${String(name)}`, await sql(`select t::text as row from ${String(name)} t`));
  for (const file of filesIn(test.config.dataDir)) show(`file ${file}`, readFileSync(file).toString('latin1'));

  // What was to be seen was.
  expect(seen.size).toBeGreaterThan(80);
  expect(seen.get('log')).toContain(`"jobId":"${partial.id}"`);
  expect(seen.get('log')?.split('\n').length).toBeGreaterThan(50);
  expect(seen.get('table public.job_event')).toContain('connecting with *** failed');
  expect(seen.get('table public.notification_delivery')).toContain('planted');
  expect(seen.get('GET /metrics')).toContain('backupd_');
  const leaks: string[] = [];
  for (const [what, secret] of planted)
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')])
      for (const [where, text] of seen) if (text.includes(form)) leaks.push(`${what} in ${where}`);
  expect([...new Set(leaks)]).toEqual([]);
});

/** Small files of the data dir; the first token and the key are where they must be. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !/(admin\.token|secret\.key|secret\.keys\/.*)$/.test(path))
    .filter((path) => statSync(path).isFile() && statSync(path).size < 1_000_000);
}
